"""The province's OpenID provider: sending people there, and believing what it says of them.

Authorization code with PKCE (RFC 7636); the rules for ID tokens are Authlib's, their signatures joserfc's. Loaded only
where a provider is configured: what it stands on takes 7 MB.
"""

import base64
import ssl
import time
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from directory.identity import Identity, ProviderSettings, identity_of, refused, safe_address
from directory.problems import ProviderAway

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
"""Signatures only the provider can make. None with a shared secret, and not none."""
ANSWER_SECONDS = 5.0
ANSWER_BYTES = 1 << 20
KNOWN_SECONDS = 3600.0
LEEWAY_SECONDS = 60


class Provider:
    """The provider, as one process knows it."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: KeySet | None = None

    async def address(self, *, state: str, nonce: str, code_verifier: str) -> str:
        """Return where to send somebody. Raises `ProviderAway`."""
        metadata = await self._metadata()
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uri,
            "scope": self.settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(code_verifier),
            "code_challenge_method": "S256",
        }
        place = metadata["authorization_endpoint"]
        return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"

    async def identity(self, *, code: str, code_verifier: str, nonce: str) -> Identity:
        """Return who came back with a code. Raises `IdentityRefused` or `ProviderAway`."""
        metadata = await self._metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.redirect_uri,
            "client_id": self.settings.client_id,
            "code_verifier": code_verifier,
        }
        secret = self.settings.client_secret
        headers = {}
        if secret is not None:  # RFC 6749, 2.3.1: each half as in a form
            pair = ":".join(quote(half, safe="") for half in (self.settings.client_id, secret.get_secret_value()))
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        answer = await self._ask("POST", metadata["token_endpoint"], data=form, headers=headers)
        claims = await self._verified(answer, nonce=nonce)
        return identity_of(claims, self.settings)

    async def _verified(self, answer: dict[str, Any], *, nonce: str) -> dict[str, Any]:
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise refused()
        for attempt in ("with the keys we know", "with fresh ones"):
            try:
                decoded = jwt.decode(token, await self._key_set(fresh=attempt == "with fresh ones"), ALGORITHMS)
                break
            except (JoseError, ValueError, TypeError) as error:
                if attempt == "with fresh ones":
                    raise refused() from error
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            {"nonce": nonce, "client_id": self.settings.client_id, "access_token": answer.get("access_token")},
        )
        try:
            claims.validate(now=int(time.time()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise refused() from error
        return dict(claims)

    async def _metadata(self) -> dict[str, Any]:
        if self._known is None or self._known[0] < time.monotonic():
            place = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            metadata = await self._ask("GET", place)
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if metadata.get("issuer") != self.settings.issuer or not all(
                isinstance(metadata.get(name), str) for name in needed
            ):
                raise ProviderAway("Hệ thống xác thực của tỉnh trả lời sai.", "The provider describes somebody else.")
            self._known = (time.monotonic() + KNOWN_SECONDS, metadata)
        return self._known[1]

    async def _key_set(self, *, fresh: bool) -> KeySet:
        if self._keys is None or fresh:
            published: Any = await self._ask("GET", (await self._metadata())["jwks_uri"])
            self._keys = KeySet.import_key_set(published)
        return self._keys

    async def _ask(self, method: str, place: str, **more: Any) -> dict[str, Any]:
        # A line of its own: people come from there a few times a minute, and a kept one would mostly be found dead.
        try:
            async with httpx.AsyncClient(timeout=ANSWER_SECONDS, verify=ssl.create_default_context()) as client:
                answer = await client.request(method, safe_address(place), **more)
            found = answer.json() if len(answer.content) <= ANSWER_BYTES else None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderAway(
                "Hệ thống xác thực của tỉnh không trả lời.", "The province's provider does not answer."
            ) from error
        if answer.is_client_error and method == "POST":
            raise refused()
        if not answer.is_success or not isinstance(found, dict):
            raise ProviderAway("Hệ thống xác thực của tỉnh trả lời sai.", "The provider answers with something else.")
        return found
