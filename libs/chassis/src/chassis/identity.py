"""Who is calling: signed short-lived tokens, verified without asking anyone."""

import asyncio
import json
import logging
import math
import time
import urllib.request
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

import jwt
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.caller import Caller, HeldPost, Scope
from chassis.problems import NotSignedIn, Unavailable

log = logging.getLogger(__name__)

ISSUER = "congvan-directory"
AUDIENCE = "congvan"
ALGORITHM = "EdDSA"
LIFETIME_SECONDS = 900
"""A token that is taken back is refused by those who have heard of it; so it does not live long either."""
REFRESH_SECONDS = 10.0
"""An unknown key makes us ask the directory again, but not more often than this."""
FRESH_SECONDS = 20.0
"""How often we ask for keys and revocations anyway: what was taken back is refused everywhere within half a minute."""
LATE_SECONDS = 5.0
"""An answer this late is asked for by the next request: a process may have no background, or a stalled one."""
FAILED_SECONDS = 5.0
"""A directory that did not answer keeps at most one request in this time waiting."""
REMEMBERED_TOKENS = 4096
PUBLISHED_BYTES = 4 << 20
"""Fifty thousand people whose posts all change in one quarter of an hour need as much."""


class Claims(BaseModel):
    """What a token says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: UUID
    kind: Literal["person", "machine"]
    posts: tuple[HeldPost, ...]
    exp: int
    sid: UUID | None = None
    ver: int = 0
    """The version of the person it was made of."""
    scopes: tuple[Scope, ...] | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What the directory publishes for those who check tokens."""

    keys: Mapping[str, Any]
    """Public keys by name."""
    ended_sessions: Collection[UUID] = ()
    """Sessions that were ended while tokens of theirs may still live."""
    least_versions: Mapping[UUID, int] = field(default_factory=dict)
    """Of people who were changed lately: tokens made of an earlier version of them say what no longer holds."""


Ask = Callable[[], Awaitable[Published]]
"""Asks for what is published now; raises one of `NO_ANSWER` when there is no answer."""
NO_ANSWER = (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError)


class KeyRing:
    """The public keys tokens are signed with, and which tokens were taken back."""

    def __init__(
        self,
        keys: Mapping[str, Any] | None = None,
        *,
        directory_url: str | None = None,
        ask: Ask | None = None,
        fresh_seconds: float = FRESH_SECONDS,
    ) -> None:
        """Take fixed keys, or where to ask for them: a directory's address, or something else that answers."""
        self._published = Published(dict(keys or {}))
        self._ask = partial(_ask_directory, directory_url) if directory_url is not None else ask
        self._fresh_seconds = fresh_seconds
        self._known_at = -math.inf
        self._asked_at = -math.inf
        self._asking = False
        self._seen: OrderedDict[str, tuple[Claims, Caller]] = OrderedDict()

    @property
    def is_known(self) -> bool:
        """Say whether there is any key to verify with."""
        return bool(self._published.keys)

    async def keep_current(self) -> None:
        """Ask again and again, while the process lives, so that no request has to; return if there is nobody to ask."""
        while self._ask is not None:
            await self._refresh()
            await asyncio.sleep(self._fresh_seconds if self.is_known else 0.5)

    async def caller(self, token: str) -> Caller:
        """Return who a token stands for; raise `NotSignedIn` for any token that is not valid now."""
        if self._ask is not None and time.monotonic() - self._known_at > self._fresh_seconds + LATE_SECONDS:
            await self._refresh_unless_asked_within(FAILED_SECONDS)
        claims, caller = self._seen.get(token) or await self._checked(token)
        if claims.exp <= time.time():
            self._seen.pop(token, None)
            raise _not_signed_in()
        if (claims.sid is not None and claims.sid in self._published.ended_sessions) or (
            claims.ver < self._published.least_versions.get(claims.sub, 0)
        ):
            raise _not_signed_in()
        return caller

    async def _checked(self, token: str) -> tuple[Claims, Caller]:
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
        caller = Caller(id=claims.sub, kind=claims.kind, posts=claims.posts, session=claims.sid, scopes=claims.scopes)
        self._seen[token] = (claims, caller)
        if len(self._seen) > REMEMBERED_TOKENS:
            self._seen.popitem(last=False)
        return claims, caller

    async def _key_of(self, token: str) -> Any:
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
        except (jwt.PyJWTError, ValueError) as error:
            raise _not_signed_in() from error
        if kid not in self._published.keys:
            await self._refresh_unless_asked_within(REFRESH_SECONDS if self.is_known else 1)
        if not self.is_known:
            raise Unavailable(
                "Chưa nhận được khóa xác thực; vui lòng thử lại sau ít giây.",
                "The keys to verify tokens have not arrived yet; try again in a few seconds.",
            )
        if kid not in self._published.keys:
            raise _not_signed_in()
        return self._published.keys[kid]

    async def _refresh_unless_asked_within(self, seconds: float) -> None:
        if self._ask is not None and time.monotonic() - self._asked_at > seconds:
            await self._refresh()

    async def _refresh(self) -> None:
        # Whoever comes while somebody is asking goes on with what is known: a directory that does not answer must not
        # keep every request waiting.
        if self._ask is None or self._asking:
            return
        self._asking, self._asked_at = True, time.monotonic()
        try:
            self._published = await self._ask()
            self._known_at = self._asked_at
        except NO_ANSWER as error:
            log.warning("no keys from the directory: %r", error)
        finally:
            self._asking = False


async def _ask_directory(url: str) -> Published:
    keys = await asyncio.to_thread(_fetch, f"{url}/.well-known/jwks.json")
    revoked = await asyncio.to_thread(_fetch, f"{url}/.well-known/revocations.json")
    return Published(
        keys={key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM).key for key in keys["keys"]},
        ended_sessions=frozenset(UUID(each) for each in revoked["sessions"]),
        least_versions={UUID(each["person_id"]): int(each["version"]) for each in revoked["people"]},
    )


def _fetch(url: str) -> Any:
    # The standard library's client: for three requests a minute, an HTTP library would only be carried along.
    with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310  the address is a setting, not a caller's
        return json.loads(answer.read(PUBLISHED_BYTES))


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
