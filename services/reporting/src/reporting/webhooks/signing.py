"""Signatures of the Standard Webhooks specification (1.0.0): HMAC-SHA256 over id, timestamp and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
SECRET_BYTES = 32
"""The specification asks for 24 to 64."""


def new_secret() -> str:
    """Return a secret nobody knows yet, as it is handed to a subscriber."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature_header(keys: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: one signature for each secret that is good now."""
    signed = b"%b.%d.%b" % (message_id.encode(), timestamp, body)
    return " ".join("v1," + _digest(key, signed) for key in keys)


def _digest(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    return base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
