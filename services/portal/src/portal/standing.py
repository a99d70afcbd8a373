"""What the portal asks the other services: whether they are ready, and what can be asked of them."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, ValidationError

ANSWER_SECONDS = 2.0
"""A page does not wait longer for anybody."""
LOOK_AGAIN_SECONDS = 1.0
"""However many people read the page, the services are asked no more often than this."""
METHODS = ("get", "post", "put", "patch", "delete")


class State(StrEnum):
    """How a service stands."""

    READY = "ready"
    NOT_READY = "not_ready"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one service stands, and which of its checks fail."""

    service: str
    state: State
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flowing:
    """What is on its way through one service."""

    service: str
    outbox: int
    """Events that have not left it."""
    parked: int
    """Messages it gave up on."""
    unread: int
    """Messages it has not read, or not finished with; of the process that answers."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something a service can be asked over HTTP."""

    method: str
    path: str
    meaning: str


class _Readiness(BaseModel):
    model_config = ConfigDict(extra="ignore")

    ready: bool
    checks: dict[str, str]


class _Durable(BaseModel):
    model_config = ConfigDict(extra="ignore")

    pending: int = 0
    unacked: int = 0


class _Flow(BaseModel):
    model_config = ConfigDict(extra="ignore")

    outbox: int
    parked: int
    durables: dict[str, _Durable | None]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore")

    summary: str = ""
    description: str = ""


class _Described(BaseModel):
    model_config = ConfigDict(extra="ignore")

    paths: dict[str, dict[str, Any]]


class Neighbours:
    """The other services, by name."""

    def __init__(self, urls: Mapping[str, str], *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._urls = dict(urls)
        self._answer_seconds = answer_seconds
        self._looking = asyncio.Lock()
        self._looked_at = -LOOK_AGAIN_SECONDS
        self._standings: Sequence[Standing] = ()

    def __contains__(self, service: object) -> bool:
        return service in self._urls

    async def standings(self) -> Sequence[Standing]:
        """Return how each service stands, all asked at once; takes two seconds at most."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._standings = await asyncio.gather(*(self._standing(service) for service in self._urls))
                self._looked_at = time.monotonic()
            return self._standings

    async def flows(self) -> Mapping[str, Flowing]:
        """Return what is on its way through each service that says so, all asked at once; takes two seconds at most."""
        found = await asyncio.gather(*(self._flowing(service) for service in self._urls))
        return {each.service: each for each in found if each is not None}

    async def questions(self, service: str) -> Sequence[Question] | None:
        """Return what a service can be asked, in the order it tells; null when it does not answer."""
        answer = await self._ask(service, "/openapi.json")
        try:
            paths = _Described.model_validate_json(answer).paths if answer else None
            return None if paths is None else [*_questions(paths)]
        except ValidationError:
            return None

    async def _standing(self, service: str) -> Standing:
        answer = await self._ask(service, "/health/ready")
        if answer is None:
            return Standing(service, State.NO_ANSWER)
        try:
            told = _Readiness.model_validate_json(answer)
        except ValidationError:
            return Standing(service, State.NO_ANSWER)
        # Only the names: why a check fails may name hosts, and this page is for everybody.
        failing = tuple(name for name, outcome in told.checks.items() if outcome != "ok")
        return Standing(service, State.READY if told.ready else State.NOT_READY, failing)

    async def _flowing(self, service: str) -> Flowing | None:
        answer = await self._ask(service, "/health/flow")
        try:
            told = _Flow.model_validate_json(answer) if answer else None
        except ValidationError:
            return None
        if told is None:
            return None
        unread = sum(each.pending + each.unacked for each in told.durables.values() if each is not None)
        return Flowing(service, told.outbox, told.parked, unread)

    async def _ask(self, service: str, path: str) -> bytes | None:
        timeout = aiohttp.ClientTimeout(total=self._answer_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"{self._urls[service]}{path}", allow_redirects=False) as answer,
            ):
                return await answer.read()
        except (aiohttp.ClientError, OSError):
            return None


def _questions(paths: Mapping[str, Mapping[str, Any]]) -> list[Question]:
    found = []
    for path, methods in paths.items():
        for method in METHODS:
            if method in methods:
                asked = _Asked.model_validate(methods[method])
                found.append(Question(method.upper(), path, (asked.description or asked.summary).split("\n")[0]))
    return found
