"""Passwords, kept as Argon2id hashes. Hashing is slow on purpose and runs beside the event loop."""

import asyncio
import secrets
import unicodedata
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import Type

from directory.domain.passwords import missing

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""Least costs for Argon2id in the OWASP Password Storage Cheat Sheet."""
SALT_BYTES, HASH_BYTES = 16, 32
AT_ONCE = 4
"""Hashes computed at the same time: each holds 19 MiB, however many people sign in."""

_READABLE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Passwords:
    """Hashes and compares passwords."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(PASSES, MEMORY_KIB, LANES, HASH_BYTES, SALT_BYTES, type=Type.ID)
        self._places = asyncio.Semaphore(AT_ONCE)
        salt, digest = (b64encode(bytes(size)).rstrip(b"=").decode() for size in (SALT_BYTES, HASH_BYTES))
        self._nobodys_hash = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${digest}"

    async def hash(self, password: str) -> str:
        """Return the hash to keep of a password."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, _composed(password))

    async def match(self, kept: str | None, password: str) -> bool:
        """Say whether a password is the one a hash was kept of; takes as long when there is none, and says no."""
        async with self._places:
            fits = await asyncio.to_thread(self._fits, kept or self._nobodys_hash, _composed(password))
        return fits and kept is not None

    def _fits(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def one_time() -> str:
    """Return a fresh password to be read from paper and typed once: 57 bits, without letters that look alike."""
    while True:
        letters = [secrets.choice(_READABLE) for _ in range(10)]
        password = f"{''.join(letters[:5])}-{''.join(letters[5:])}"
        if not missing(password):
            return password


def _composed(password: str) -> str:
    # Vietnamese keyboards send the same letter as one or as two code points (RFC 8265, 4.2.2: NFC).
    return unicodedata.normalize("NFC", password)
