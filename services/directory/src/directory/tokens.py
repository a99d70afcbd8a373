"""Tokens: who somebody is and which posts they hold today, signed so that every service can check it by itself."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.caller import Scope
from chassis.identity import ALGORITHM, AUDIENCE, ISSUER
from chassis.transaction import new_id
from directory.domain.people import Post


class Mint:
    """Signs tokens with one key, and publishes what is needed to check them: that key, the next one, the last one."""

    def __init__(self, key: Ed25519PrivateKey, *, further: Sequence[Ed25519PublicKey] = ()) -> None:
        """Take the key to sign with, and keys others sign with now, will sign with, or did until a while ago."""
        self._key = key
        self._public = {public_jwk(each)["kid"]: each for each in (key.public_key(), *further)}
        self.kid: str = public_jwk(key.public_key())["kid"]

    def token(
        self,
        person_id: UUID,
        *,
        kind: Literal["person", "machine"],
        posts: Sequence[Post],
        now: datetime,
        version: int,
        expires_at: datetime,
        session_id: UUID | None = None,
        scopes: Sequence[Scope] | None = None,
    ) -> str:
        """Return a token that is valid from `now` until `expires_at`."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(person_id),
            "kind": kind,
            "posts": [{"unit_id": post.unit_id, "role": post.role} for post in posts],
            "ver": version,
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "jti": str(new_id()),
        }
        if session_id is not None:
            claims["sid"] = str(session_id)
        if scopes is not None:
            claims["scopes"] = [{"unit_id": each.unit_id, "purposes": sorted(each.purposes)} for each in scopes]
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self.kid})

    def published(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [public_jwk(key) for key in self._public.values()]}

    @property
    def public_keys(self) -> Mapping[str, Ed25519PublicKey]:
        """Return what tokens are checked with, by name."""
        return self._public


def public_jwk(key: Ed25519PublicKey) -> dict[str, Any]:
    """Return a public key as a JSON Web Key (RFC 8037) whose `kid` is its thumbprint (RFC 7638)."""
    x = _base64url(key.public_bytes_raw())
    required = {"crv": "Ed25519", "kty": "OKP", "x": x}
    canonical = json.dumps(required, separators=(",", ":"), sort_keys=True).encode()
    return {**required, "kid": _base64url(hashlib.sha256(canonical).digest()), "use": "sig", "alg": ALGORITHM}


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
