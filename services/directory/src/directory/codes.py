"""One-time codes of a second factor (RFC 6238), the secrets they are made of, and codes to recover with."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

STEP_SECONDS = 30
STEPS_OFF = (0, -1, 1)
"""A code of the step before or after is taken as well: telephones are not set by our clock."""
RECOVERY_CODES = 10
_ISSUER = "Congvan"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Safe:
    """Keeps secrets that must be read again. The first key encrypts, all of them decrypt, so that keys can change."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys]) if keys else None

    @property
    def is_open(self) -> bool:
        """Say whether there is a key at all."""
        return self._fernet is not None

    def locked(self, secret: str) -> bytes:
        """Return a secret as it is kept."""
        assert self._fernet is not None  # noqa: S101  whoever asks has looked
        return self._fernet.encrypt(secret.encode())

    def unlocked(self, kept: bytes) -> str:
        """Return a secret that was kept; raise `LookupError` when no key fits any more."""
        assert self._fernet is not None  # noqa: S101  whoever asks has looked
        try:
            return self._fernet.decrypt(kept).decode()
        except InvalidToken as error:
            raise LookupError("no key fits what was kept") from error


def new_secret() -> str:
    """Return a fresh secret, as authenticator applications take it (base 32, 160 bits)."""
    return pyotp.random_base32()


def address_of(secret: str, account: str) -> str:
    """Return the address an authenticator application reads from a square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=_ISSUER)


def step_of(secret: str, code: str, now: datetime, *, after: int | None) -> int | None:
    """Return the step a code belongs to, or null: it is none of now, or of a step that was used already."""
    present = int(now.timestamp()) // STEP_SECONDS
    codes = pyotp.TOTP(secret)
    for off in STEPS_OFF:
        step = present + off
        if hmac.compare_digest(codes.generate_otp(step).encode(), code.encode()) and (after is None or step > after):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Return fresh codes to write down: 50 bits each."""
    halves = [["".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)] for _ in range(RECOVERY_CODES)]
    return ["-".join(each) for each in halves]


def recovery_hash(code: str) -> bytes:
    """Return how a recovery code is kept."""
    return hashlib.sha256(code.strip().lower().encode()).digest()
