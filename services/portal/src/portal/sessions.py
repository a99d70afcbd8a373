"""Who is here: the session of the directory behind each cookie, renewed before it is over, once for all who ask."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from portal.asking import Services
from portal.problems import Refused, ServiceAway

RENEW_WITH_SECONDS_LEFT = 450.0
"""A token of fifteen minutes is renewed in its second half, so whoever works is never signed out for being idle."""
REMEMBERED = 20_000
FORMER_SECONDS = 60.0
"""A page and what it loads are asked for at once, with the cookie from before the renewal; so long that one counts."""
IDLE_SECONDS = 900.0
"""Officers who have not been heard of for so long sign in again: their screens show what is not everybody's."""
WATCHED_ROLES = ("desk_officer", "leader", "clerk", "commune_officer", "administrator", "auditor")
ANSWERING_ROLES = frozenset({"reporter", "unit_head", "commune_officer"})


@dataclass(slots=True)
class Presence:
    """When somebody was heard of last, on the monotonic clock; goes with their session from renewal to renewal."""

    at: float


class Idle(Exception):
    """Whoever this cookie stands for has not been heard of for too long; their session was ended."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in, and what their requests to the services carry."""

    person_id: str
    access_token: str
    refresh_token: str
    good_until: float
    """On the monotonic clock."""
    posts: tuple[tuple[str, str], ...]
    """Units and roles."""
    needs: tuple[str, ...] = ()
    """What the directory wants first; until then there are no posts."""
    names: dict[str, str] = field(default_factory=dict, compare=False)
    """What was asked of the directory about this person once."""
    presence: Presence = field(default_factory=lambda: Presence(0.0), compare=False)

    @property
    def answers_for(self) -> tuple[str, ...]:
        """The units this person answers for, in the order of their posts."""
        return tuple(dict.fromkeys(unit for unit, role in self.posts if role in ANSWERING_ROLES))

    def has_role(self, *roles: str) -> bool:
        """Say whether any post has one of these roles."""
        return any(role in roles for _unit, role in self.posts)

    @property
    def is_watched(self) -> bool:
        """Say whether the session ends when nobody has been heard of for a while."""
        return self.has_role(*WATCHED_ROLES)

    def units_as(self, *roles: str) -> tuple[str, ...]:
        """Return the units at which a role of these is held."""
        return tuple(dict.fromkeys(unit for unit, role in self.posts if role in roles))


class Sessions:
    """The sessions behind the cookies that were given out.

    The cookie is the directory's refresh token, good once; nothing is kept but in memory, and a portal that was
    restarted renews at the first request. Two portals behind one address need each person to come back to the same one.
    """

    def __init__(self, services: Services, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._clock = clock
        self._visits: OrderedDict[bytes, Visit] = OrderedDict()
        self._former: OrderedDict[bytes, tuple[Visit, float]] = OrderedDict()
        self._renewing: dict[bytes, asyncio.Task[Visit | None]] = {}

    async def sign_in(self, *, account: str, password: str, code: str | None) -> Visit:
        """Open a session; raises what the directory says of account, password and code."""
        body = {"account": account, "password": password} | ({"code": code} if code else {})
        return self._kept(await self._services.ask("POST", "directory", "/sessions", body=body))

    async def find(self, cookie: str, *, is_work: bool = True) -> Visit | None:
        """Return who this cookie stands for; null when its session is over. Raises `ServiceAway`, `Idle`.

        What it returns may have another cookie: the session was renewed, and the browser has to be told. `is_work`
        says whether it is a sign that somebody sits there.
        """
        visit = await self._find(cookie)
        if visit is None:
            return None
        now = self._clock()
        if visit.is_watched and now - visit.presence.at > IDLE_SECONDS:
            with suppress(ServiceAway):  # the browser loses its cookie all the same
                await self.sign_out(visit)
            raise Idle
        if is_work:
            visit.presence.at = now
        return visit

    async def _find(self, cookie: str) -> Visit | None:
        key = _key(cookie)
        visit = self._visits.get(key)
        if visit is not None and visit.good_until - self._clock() > RENEW_WITH_SECONDS_LEFT:
            self._visits.move_to_end(key)
            return visit
        former = self._former.get(key)
        if former is not None:
            return former[0] if self._clock() < former[1] else await self._renewed_once(key, cookie)
        return await self._renewed_once(key, cookie)

    async def sign_out(self, visit: Visit) -> None:
        """End a session, here and at the directory; raises `ServiceAway` when it cannot be told."""
        self._visits.pop(_key(visit.refresh_token), None)
        for key in [key for key, (now, _) in self._former.items() if now.refresh_token == visit.refresh_token]:
            del self._former[key]
        try:
            await self._services.ask("DELETE", "directory", "/sessions/current", token=visit.access_token)
        except Refused as refused:
            if refused.answered != 404:
                raise

    async def renew(self, visit: Visit) -> Visit | None:
        """Renew now, because what the person may do has just changed."""
        return await self._renewed_once(_key(visit.refresh_token), visit.refresh_token)

    def forget(self, cookie: str) -> None:
        """Forget a session whose token is not taken any more; the next request asks the directory."""
        self._visits.pop(_key(cookie), None)

    async def _renewed_once(self, key: bytes, cookie: str) -> Visit | None:
        task = self._renewing.get(key)
        if task is None:
            # A task of its own: whoever goes away meanwhile must not take the only renewal with them.
            task = asyncio.create_task(self._renewed(key, cookie))
            self._renewing[key] = task
            task.add_done_callback(lambda _done: self._renewing.pop(key, None))
        return await asyncio.shield(task)

    async def _renewed(self, key: bytes, cookie: str) -> Visit | None:
        try:
            session = await self._services.ask("POST", "directory", "/sessions/refresh", body={"refresh_token": cookie})
        except Refused as refused:
            if refused.answered in (401, 422):
                self._visits.pop(key, None)
                return None
            raise
        before = self._visits.pop(key, None)
        visit = self._kept(session, before)
        self._former[key] = (visit, self._clock() + FORMER_SECONDS)
        while len(self._former) > REMEMBERED:
            self._former.popitem(last=False)
        return visit

    def _kept(self, session: Mapping[str, Any], before: Visit | None = None) -> Visit:
        visit = Visit(
            person_id=session["person_id"],
            access_token=session["access_token"],
            refresh_token=session["refresh_token"],
            good_until=self._clock() + session["expires_in"],
            posts=tuple((post["unit_id"], post["role"]) for post in session["posts"]),
            needs=tuple(session["needs"]),
            names=before.names if before else {},
            presence=before.presence if before else Presence(self._clock()),
        )
        self._visits[_key(visit.refresh_token)] = visit
        while len(self._visits) > REMEMBERED:
            self._visits.popitem(last=False)
        return visit


def _key(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
