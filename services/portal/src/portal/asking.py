"""Asking the other services, on behalf of somebody who is signed in: bounded, all at once, and never for long."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import httpx

from portal.problems import NobodyHere, Refused, ServiceAway
from portal.timing import asked

CONNECT_SECONDS = 2.0
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
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._client: httpx.AsyncClient | None = None
        self._following: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Let the connections go."""
        for client in (self._client, self._following):
            if client is not None:
                await client.aclose()
        self._client = self._following = None

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
        answer = await self._send(
            "POST", service, path, token=token, query=None, body=None, headers=None, files={"document": (name, content)}
        )
        _check(answer, service, is_known=True)
        return _decoded(answer)

    async def follow(self, service: str, path: str, *, token: str) -> AsyncGenerator[bytes, None]:
        """Yield what an address goes on telling, as it comes; ends when the service does, or says nothing for too long.

        On connections of its own: whoever listens keeps nobody waiting who asks.
        """
        if self._following is None:
            self._following = self._made(httpx.Limits(max_connections=None, max_keepalive_connections=0))
        headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": came_by.get()}
        with suppress(httpx.HTTPError):  # whoever listens comes again
            timeout = httpx.Timeout(CONNECT_SECONDS, read=QUIET_SECONDS)
            asked = self._following.stream("GET", f"{self._urls[service]}{path}", headers=headers, timeout=timeout)
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
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> httpx.Response:
        told = {**(headers or {}), "X-Forwarded-For": came_by.get()}
        if token is not None:
            told["Authorization"] = f"Bearer {token}"
        try:
            # The time of the whole answer; httpx counts each step alone.
            with asked():
                async with self._turns, asyncio.timeout(ANSWER_SECONDS):
                    return await self._opened().request(
                        method,
                        f"{self._urls[service]}{path}",
                        params=query or None,
                        json=body,
                        files=files,
                        headers=told,
                    )
        except (httpx.HTTPError, TimeoutError) as error:
            raise ServiceAway(service) from error

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=30)
            self._client = self._made(limits)
        return self._client

    def _made(self, limits: httpx.Limits) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=limits,
            trust_env=False,  # not through the proxy that is meant for the world outside
            # The list of authorities costs megabytes, and nobody asks for it on one machine.
            verify=any(url.startswith("https:") for url in self._urls.values()),
        )


def _check(answer: httpx.Response, service: str, *, is_known: bool) -> None:
    if answer.status_code == httpx.codes.UNAUTHORIZED and is_known:
        raise NobodyHere
    if answer.status_code >= httpx.codes.BAD_GATEWAY:
        raise ServiceAway(service)
    if not answer.is_success:
        told = _decoded(answer)
        raise Refused(answer.status_code, told if isinstance(told, dict) else {})


def _decoded(answer: httpx.Response) -> Json:
    if not answer.content or len(answer.content) > ANSWER_BYTES:
        return None
    try:
        return json.loads(answer.content)
    except ValueError:
        return None
