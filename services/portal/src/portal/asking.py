"""Asking the other services, on behalf of somebody who is signed in: bounded, all at once, and never for long."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from pydantic_core import from_json
from yarl import URL

from portal.problems import NobodyHere, Refused, ServiceAway
from portal.timing import asked

CONNECT_SECONDS = 2.0
REST_SECONDS = 30.0
"""Services keep a connection for 75 s (`chassis.roles`): none is hung up on as it is taken up again."""
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
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    status: int
    content: bytes


class Services:
    """The front doors of the other services, by name."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None
            await asyncio.sleep(0)  # a connection that was hung up on leaves its loop in the loop's next round

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
        form = aiohttp.FormData(quote_fields=False)  # as browsers write a name: as it is
        form.add_field("document", content, filename="".join(each for each in name if each.isprintable()))
        answer = await self._exchange("POST", service, path, headers=_headers(token), data=form)
        _check(answer, service, is_known=True)
        return _decoded(answer)

    async def follow(self, service: str, path: str, *, token: str) -> AsyncGenerator[bytes, None]:
        """Yield what an address goes on telling, as it comes; ends when the service does, or is silent for too long."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=QUIET_SECONDS)
        with suppress(aiohttp.ClientError, OSError):  # whoever listens comes again
            listening = self._opened().get(
                self._address(service, path), headers=_headers(token), timeout=timeout, allow_redirects=False
            )
            async with listening as answer:
                if answer.ok:
                    async for piece in answer.content.iter_any():
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
        return await self._exchange(method, service, target, headers=told, data=written)

    async def _exchange(
        self,
        method: str,
        service: str,
        target: str,
        *,
        headers: Mapping[str, str],
        data: bytes | aiohttp.FormData | None,
    ) -> Answer:
        with _away_when_lost(service), asked():
            async with self._turns:
                asking = self._opened().request(
                    method, self._address(service, target), headers=headers, data=data, allow_redirects=False
                )
                async with asking as answer:
                    return Answer(answer.status, await answer.read())

    def _address(self, service: str, target: str) -> URL:
        # What is allowed in an address stays; whoever builds one has quoted what stands for something else.
        return URL(f"{self._urls[service].rstrip('/')}{quote(target, safe=_PRINTABLE)}", encoded=True)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # `AT_ONCE` bounds who asks, and who listens keeps nobody waiting.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=REST_SECONDS),
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),  # what a service answers one person is nothing for the next
                auto_decompress=False,
                skip_auto_headers=("Accept-Encoding", "User-Agent"),
            )
        return self._session


def _headers(token: str | None) -> dict[str, str]:
    return {"X-Forwarded-For": came_by.get()} | ({"Authorization": f"Bearer {token}"} if token is not None else {})


@contextmanager
def _away_when_lost(service: str) -> Iterator[None]:
    try:
        yield
    except (aiohttp.ClientError, OSError) as error:  # a time that is over is one of the latter
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
