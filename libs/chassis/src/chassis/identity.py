"""Who is calling: signed short-lived tokens, verified without asking anyone."""

import asyncio
import json
import logging
import time
import urllib.request
from collections import OrderedDict
from typing import Annotated, Any, Literal
from uuid import UUID

import jwt
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.caller import Caller, HeldPost
from chassis.problems import NotSignedIn, Unavailable

log = logging.getLogger(__name__)

ISSUER = "congvan-directory"
AUDIENCE = "congvan"
ALGORITHM = "EdDSA"
LIFETIME_SECONDS = 900
"""A token cannot be taken back, so it does not live long."""
REFRESH_SECONDS = 10.0
"""An unknown key makes us ask the directory again, but not more often than this."""
REMEMBERED_TOKENS = 4096
KEYS_BYTES = 1 << 16


class Claims(BaseModel):
    """What a token says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: UUID
    kind: Literal["person", "machine"]
    posts: tuple[HeldPost, ...]
    exp: int


class KeyRing:
    """The public keys tokens are signed with."""

    def __init__(self, keys: dict[str, Any] | None = None, *, directory_url: str | None = None) -> None:
        self._keys: dict[str, Any] = dict(keys or {})
        self._directory_url = directory_url
        self._asked_at = -REFRESH_SECONDS
        self._seen: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    @property
    def is_known(self) -> bool:
        """Say whether there is any key to verify with."""
        return bool(self._keys)

    async def refresh(self) -> None:
        """Fetch the published keys of the directory; keep the known ones when it does not answer."""
        if self._directory_url is None or time.monotonic() - self._asked_at < REFRESH_SECONDS:
            return
        self._asked_at = time.monotonic()
        try:
            published = await asyncio.to_thread(_fetch, f"{self._directory_url}/.well-known/jwks.json")
            self._keys = {key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM).key for key in published["keys"]}
        except (OSError, ValueError, KeyError, jwt.PyJWTError) as error:
            self._asked_at = time.monotonic() - REFRESH_SECONDS + 1  # ask again in a second
            log.warning("no keys from the directory: %r", error)

    async def caller(self, token: str) -> Caller:
        """Return who a token stands for; raise `NotSignedIn` for any token that is not valid now."""
        remembered = self._seen.get(token)
        if remembered is not None and remembered[0] > time.time():
            return remembered[1]
        key = await self._key_of(token)
        try:
            payload = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                leeway=5,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
            claims = Claims.model_validate(payload)
        except (jwt.PyJWTError, ValidationError) as error:
            raise _not_signed_in() from error
        caller = Caller(id=claims.sub, kind=claims.kind, posts=claims.posts)
        self._remember(token, claims.exp, caller)
        return caller

    async def _key_of(self, token: str) -> Any:
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
        except (jwt.PyJWTError, ValueError) as error:
            raise _not_signed_in() from error
        if kid not in self._keys:
            await self.refresh()
        if not self._keys:
            raise Unavailable(
                "Chưa nhận được khóa xác thực; vui lòng thử lại sau ít giây.",
                "The keys to verify tokens have not arrived yet; try again in a few seconds.",
            )
        if kid not in self._keys:
            raise _not_signed_in()
        return self._keys[kid]

    def _remember(self, token: str, expires: float, caller: Caller) -> None:
        self._seen[token] = (expires, caller)
        if len(self._seen) > REMEMBERED_TOKENS:
            self._seen.popitem(last=False)


def _fetch(url: str) -> Any:
    # The standard library's client: once an hour per process, an HTTP library would only be carried along.
    with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310  the address is a setting, not a caller's
        return json.loads(answer.read(KEYS_BYTES))


def _not_signed_in() -> NotSignedIn:
    return NotSignedIn(
        "Phiên đăng nhập không hợp lệ hoặc đã hết hạn; vui lòng đăng nhập lại.",
        "The token is missing, not valid or expired; sign in again.",
    )


async def _calling(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _not_signed_in()
    keys: KeyRing = request.app.state.frame.keys
    return await keys.caller(token)


Calling = Annotated[Caller, Depends(_calling)]
"""The verified caller of a request."""
