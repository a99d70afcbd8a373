"""Asking the other services, on behalf of somebody who is signed in: bounded, all at once, and never for long."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic_core import from_json

from portal.lines import CONNECT_SECONDS, Answer, Lines
from portal.problems import NobodyHere, Refused, ServiceAway
from portal.timing import asked

ANSWER_SECONDS = 15.0
"""Somebody waits in front of a page."""
AT_ONCE = 64
"""Requests of all readers together to all services together; further ones wait their turn."""
ANSWER_BYTES = 32 << 20
QUIET_SECONDS = 60.0
"""A line on which nothing has come for so long is dead; services say every twenty seconds that they are there."""

came_by: ContextVar[str] = ContextVar("came_by", default="")
"""By which addresses the request we answer came, as `X-Forwarded-For` has it: the directory judges by the person's own
address whether they sit in an office, and writes it down; it must not take ours for theirs."""

Json = Any
"""What a service answers: its models are its own; the pages read the members they show."""


class Services:
    """The front doors of the other services, by name."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)
        self._lines = {service: Lines(url) for service, url in urls.items()}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Let the connections go."""
        for lines in self._lines.values():
            lines.close()
        if self._client is not None:
            await self._client.aclose()
            self._client = None
        await asyncio.sleep(0)  # a line that was hung up on leaves its loop in the loop's next round

    async def get(self, service: str, path: str, *, token: str | None = None, **query: str) -> Json:
        """Return what an address shows."""
        return await self.ask("GET", service, path, token=token, query=query)

    async def find(self, service: str, path: str, *, token: str, **query: str) -> Json | None:
        """Return what an address shows; null where the caller may see nothing."""
        try:
            return await self.get(service, path, token=token, **query)
        except Refused as refused:
            if refused.answered in (403, 404):
                return None
            raise

    async def ask(
        self,
        method: str,
        service: str,
        path: str,
        *,
        token: str | None = None,
        query: Mapping[str, str] | None = None,
        body: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Return the answer to a request, null when it has no body.

        Raises `Refused` with the service's own words, `ServiceAway`, and `NobodyHere` when the token is good no more.
        """
        answer = await self._send(method, service, path, token=token, query=query, body=body, headers=headers)
        _check(answer, service, is_known=token is not None)
        return _decoded(answer)

    async def fetch(self, service: str, path: str, *, token: str | None = None) -> bytes:
        """Return a file as it is; raises as `ask` does."""
        answer = await self._send("GET", service, path, token=token, query=None, body=None, headers=None)
        _check(answer, service, is_known=token is not None)
        return answer.content

    async def make(self, service: str, path: str, *, token: str, body: Json) -> bytes:
        """Return a file that a service makes of what it is told; raises as `ask` does."""
        answer = await self._send("POST", service, path, token=token, query=None, body=body, headers=None)
        _check(answer, service, is_known=True)
        return answer.content

    async def bring(self, service: str, path: str, *, token: str, name: str, content: bytes) -> Json:
        """Return what a service answers to a file; raises as `ask` does."""
        with _away_when_lost(service), asked():
            async with self._turns, asyncio.timeout(ANSWER_SECONDS):
                told = await self._opened().post(
                    f"{self._urls[service]}{path}", files={"document": (name, content)}, headers=_headers(token)
                )
        answer = Answer(told.status_code, told.content)
        _check(answer, service, is_known=True)
        return _decoded(answer)

    async def follow(self, service: str, path: str, *, token: str) -> AsyncGenerator[bytes, None]:
        """Yield what an address goes on telling, as it comes; ends when the service does, or is silent for too long."""
        with suppress(httpx.HTTPError):  # whoever listens comes again
            timeout = httpx.Timeout(CONNECT_SECONDS, read=QUIET_SECONDS)
            asked = self._opened().stream(
                "GET", f"{self._urls[service]}{path}", headers=_headers(token), timeout=timeout
            )
            async with asked as answer:
                if answer.is_success:
                    async for piece in answer.aiter_raw():
                        yield piece

    async def _send(
        self,
        method: str,
        service: str,
        path: str,
        *,
        token: str | None,
        query: Mapping[str, str] | None,
        body: Json,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        target = f"{path}{'&' if '?' in path else '?'}{urlencode(query)}" if query else path
        told = _headers(token) | dict(headers or {})
        written = None
        if body is not None:
            told["Content-Type"] = "application/json"
            written = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        with _away_when_lost(service), asked():
            async with self._turns, asyncio.timeout(ANSWER_SECONDS):
                return await self._lines[service].ask(method, target, told, written)

    def _opened(self) -> httpx.AsyncClient:
        """Return what asks where a line does not do: a file is sent in a form, an answer goes on for ever."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
                # On connections of their own: whoever listens keeps nobody waiting who asks.
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
                trust_env=False,  # not through the proxy that is meant for the world outside
                # The list of authorities costs megabytes, and nobody asks for it on one machine.
                verify=any(url.startswith("https:") for url in self._urls.values()),
            )
        return self._client


def _headers(token: str | None) -> dict[str, str]:
    return {"X-Forwarded-For": came_by.get()} | ({"Authorization": f"Bearer {token}"} if token is not None else {})


@contextmanager
def _away_when_lost(service: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, OSError) as error:  # a time that is over is one of the latter
        raise ServiceAway(service) from error


def _check(answer: Answer, service: str, *, is_known: bool) -> None:
    if answer.status == HTTPStatus.UNAUTHORIZED and is_known:
        raise NobodyHere
    if answer.status >= HTTPStatus.BAD_GATEWAY:
        raise ServiceAway(service)
    if not 200 <= answer.status < 300:
        told = _decoded(answer)
        raise Refused(answer.status, told if isinstance(told, dict) else {})


def _decoded(answer: Answer) -> Json:
    if not answer.content or len(answer.content) > ANSWER_BYTES:
        return None
    try:
        return from_json(answer.content)
    except ValueError:
        return None
