"""Lines to a service: HTTP/1.1 on connections that are kept from one request to the next.

A page asks some services a few small things each. A full client library took three quarters of the portal's processor
time for that when fifty people read at once (docs/decisions/0067): for each request it looks through all connections.
"""

import asyncio
import re
import ssl
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, urlsplit

from httptools import HttpParserError, HttpResponseParser

CONNECT_SECONDS = 2.0
REST_SECONDS = 30.0
"""Services keep a line for 75 s (`chassis.roles`): none is hung up on as it is taken up again."""
_NEVER_IN_A_HEAD = re.compile(r"[\r\n\0]")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class LineLost(ConnectionError):
    """A line broke before the answer was whole, or what came is no HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    status: int
    content: bytes


class Lines:
    """The lines to one service."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._is_safe = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._is_safe else 80)
        self._path = parts.path.rstrip("/")
        self._begins = f"HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nAccept: */*\r\n"
        self._tls: ssl.SSLContext | None = None
        self._resting: deque[_Line] = deque()
        self._all: set[_Line] = set()

    async def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Return the answer to one request; raises `OSError` when there is none. The caller bounds the time."""
        request = self._written(method, target, headers, body)
        line = self._rested() or await self._dialled()
        try:
            answer = await line.send(request)
        except BaseException:
            line.drop()  # what may still come is an answer nobody waits for
            raise
        if line.is_open:
            line.rests_since = time.monotonic()
            self._resting.append(line)
        return answer

    def close(self) -> None:
        """Let every line go."""
        for line in list(self._all):
            line.drop()

    def _written(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if _NEVER_IN_A_HEAD.search("".join(headers.values())):
            raise ValueError("a header has a line of its own")
        # What is allowed in an address stays; whoever builds one has quoted what stands for something else.
        head = f"{method} {self._path}{quote(target, safe=_PRINTABLE)} {self._begins}{told}"
        if body is None and method == "GET":
            return f"{head}\r\n".encode("latin-1")
        return f"{head}Content-Length: {len(body or b'')}\r\n\r\n".encode("latin-1") + (body or b"")

    def _rested(self) -> "_Line | None":
        """Return the line that was used last; those that rested too long are let go."""
        oldest = time.monotonic() - REST_SECONDS
        while self._resting and (not self._resting[0].is_open or self._resting[0].rests_since < oldest):
            self._resting.popleft().drop()
        while self._resting:
            line = self._resting.pop()
            if line.is_open:
                return line
        return None

    async def _dialled(self) -> "_Line":
        if self._is_safe and self._tls is None:
            self._tls = ssl.create_default_context()
        async with asyncio.timeout(CONNECT_SECONDS):
            _, line = await asyncio.get_running_loop().create_connection(
                lambda: _Line(self._all), self._host, self._port, ssl=self._tls
            )
        return line


class _Line(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self, among: "set[_Line]") -> None:
        self._among = among
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._awaited: asyncio.Future[Answer] | None = None
        self._pieces: list[bytes] = []
        self.is_open = False
        self.rests_since = 0.0

    async def send(self, request: bytes) -> Answer:
        """Send a whole request and return the answer; raises `LineLost`."""
        if self._transport is None or not self.is_open:
            raise LineLost("the line broke while it was taken up")
        self._awaited = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._awaited

    def drop(self) -> None:
        """Hang up, whatever is under way."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has it all and is none
        self.is_open = True
        self._among.add(self)

    def data_received(self, data: bytes) -> None:
        if self._awaited is None or self._awaited.done():
            self.drop()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._lost(LineLost(str(error)))

    def connection_lost(self, exc: Exception | None) -> None:
        self._among.discard(self)
        self._lost(LineLost(str(exc or "the service hung up")))

    def _lost(self, why: LineLost) -> None:
        self.drop()
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(why)

    # httptools

    def on_message_begin(self) -> None:
        self._pieces.clear()
        if self._awaited is None or self._awaited.done():
            self.drop()  # more came than was asked for

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200 or self._awaited is None or self._awaited.done():
            return  # a word on the way to the answer
        if not self._parser.should_keep_alive():
            self.drop()
        self._awaited.set_result(Answer(status, b"".join(self._pieces)))
        self._pieces.clear()
