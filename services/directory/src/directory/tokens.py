"""Tokens: who somebody is and which posts they hold today, signed so that every service can check it by itself."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.identity import ALGORITHM, AUDIENCE, ISSUER, LIFETIME_SECONDS, KeyRing
from chassis.transaction import new_id
from directory.domain.people import Post


class Mint:
    """Signs tokens with one key, and publishes what is needed to check them."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._jwk = public_jwk(key.public_key())
        self.kid: str = self._jwk["kid"]

    def token(
        self, person_id: UUID, *, kind: Literal["person", "machine"], posts: Sequence[Post], now: datetime
    ) -> str:
        """Return a token that is valid from `now` for `LIFETIME_SECONDS`."""
        issued_at = int(now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(person_id),
            "kind": kind,
            "posts": [{"unit_id": post.unit_id, "role": post.role} for post in posts],
            "iat": issued_at,
            "exp": issued_at + LIFETIME_SECONDS,
            "jti": str(new_id()),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self.kid})

    def published(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [self._jwk]}

    def key_ring(self) -> KeyRing:
        """Return what the directory itself checks tokens with."""
        return KeyRing({self.kid: self._key.public_key()})


def public_jwk(key: Ed25519PublicKey) -> dict[str, Any]:
    """Return a public key as a JSON Web Key (RFC 8037) whose `kid` is its thumbprint (RFC 7638)."""
    x = _base64url(key.public_bytes_raw())
    required = {"crv": "Ed25519", "kty": "OKP", "x": x}
    canonical = json.dumps(required, separators=(",", ":"), sort_keys=True).encode()
    return {**required, "kid": _base64url(hashlib.sha256(canonical).digest()), "use": "sig", "alg": ALGORITHM}


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
