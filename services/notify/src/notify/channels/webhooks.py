"""Letters to a program: the Standard Webhooks specification (1.0.0), to hosts the operator has named."""

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import httpx

from notify.channels.gateways import GATEWAY_SECONDS, post
from notify.channels.port import NoAddress, Refused, TryLater
from notify.domain import Letter

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a secret nobody knows yet."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = b"%b.%d.%b" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Posts letters to people's own programs."""

    secret_of: Callable[[UUID], Awaitable[str | None]]
    ca_file: Path | None = None

    @asynccontextmanager
    async def line(self) -> AsyncIterator["WebhookLine"]:
        """Open a line."""
        trust = ssl.create_default_context()
        if self.ca_file is not None:
            trust.load_verify_locations(self.ca_file)
        # A host that is named is meant; where it would send us on to was not.
        async with httpx.AsyncClient(
            timeout=GATEWAY_SECONDS, trust_env=False, verify=trust, follow_redirects=False
        ) as client:
            yield WebhookLine(client, self.secret_of)


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """An open line to programs."""

    client: httpx.AsyncClient
    secret_of: Callable[[UUID], Awaitable[str | None]]

    async def hand_over(self, letter: Letter, address: str) -> None:
        """Post a letter, signed, under its own id; anything but 2xx is a refusal or comes again."""
        secret = await self.secret_of(letter.person_id)
        if secret is None:
            raise NoAddress("no webhook any more")
        body, now = payload(letter), int(time.time())
        headers = {
            "content-type": "application/json",
            "user-agent": "Congvan",
            "webhook-id": str(letter.letter_id),
            "webhook-timestamp": str(now),
            "webhook-signature": signature(secret, str(letter.letter_id), now, body),
        }
        answer = await post(self.client, address, content=body, headers=headers)
        if answer.is_success:
            return
        said = f"the webhook answers {answer.status_code}"
        if answer.status_code == HTTPStatus.GONE:
            raise Refused(said)
        raise TryLater(said)


def payload(letter: Letter) -> bytes:
    """Return what a program is told: what and about what, and neither whom nor by whom."""
    told = {
        "type": f"letter.{letter.kind}",
        "timestamp": letter.created_at.isoformat(),
        "data": {
            "letter_id": str(letter.letter_id),
            "directive_id": str(letter.directive_id) if letter.directive_id else None,
            "obligation_id": str(letter.obligation_id) if letter.obligation_id else None,
            "subject_vi": letter.text.subject_vi,
            "subject_en": letter.text.subject_en,
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
