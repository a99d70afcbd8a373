"""A lean HTTP/1.1 client on one keep-alive connection: a full client library would be slower than what it measures."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

LARGEST_HEAD = 65_536


class LineLost(Exception):
    """The server closed the connection, or answered something that is no HTTP/1.1 with a length."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


class Line(asyncio.Protocol):
    """One connection; one request at a time. Make it with `Line.open`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._awaited: asyncio.Future[Answer] | None = None
        self._problem: Exception | None = None

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a port of this machine."""
        _, line = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return line

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    async def send(self, request: bytes) -> Answer:
        """Send a whole request as it is on the wire and return the answer; raises `LineLost`."""
        if self._problem is not None:
            raise LineLost from self._problem
        assert self._transport is not None  # noqa: S101  set before anybody holds the line
        self._awaited = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._awaited

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  what a TCP connection is given
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            if len(self._received) > LARGEST_HEAD:
                self._give_up(LineLost("the head of the answer has no end"))
            return
        try:
            status, length = _read_head(bytes(self._received[:end]))
        except ValueError as error:
            self._give_up(LineLost(f"this is no answer with a length: {error}"))
            return
        whole = end + 4 + length
        if len(self._received) < whole:
            return
        answer = Answer(status, bytes(self._received[end + 4 : whole]))
        del self._received[:whole]
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._give_up(exc or LineLost("the server closed the connection"))

    def _give_up(self, problem: Exception) -> None:
        self._problem = problem
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(LineLost(str(problem)))
        if self._transport is not None:
            self._transport.abort()


def _read_head(head: bytes) -> tuple[int, int]:
    first, *lines = head.split(b"\r\n")
    version, status, *_ = first.split(b" ")
    if version != b"HTTP/1.1":
        raise ValueError(f"{version!r}")
    length = None
    for line in lines:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if length is None:
        raise ValueError("no content-length")
    return int(status), length


def request(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a request with a JSON body as it is on the wire."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "host: 127.0.0.1",
        "content-type: application/json",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
