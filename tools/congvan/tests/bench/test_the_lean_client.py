"""The lean HTTP client against a real server on a real connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from congvan.bench.wire import Line, LineLost, request

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _server(serve: Serve) -> AsyncIterator[Line]:
    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve_and_close, "127.0.0.1", 0)
    line = await Line.open(server.sockets[0].getsockname()[1])
    try:
        yield line
    finally:
        line.close()
        server.close()
        await server.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    [length] = [line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("content-length")]
    return head.split("\r\n")[0], await reader.readexactly(int(length))


async def test_answers_come_whole_however_they_are_cut_and_the_line_is_used_again() -> None:
    heard = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for status, body in ((201, b'{"ok": "\xc4\x90\xe1\xba\xa1t"}'), (409, b"")):
            heard.append(await _read_request(reader))
            head = f"HTTP/1.1 {status} X\r\nserver: y\r\nContent-Length: {len(body)}\r\n\r\n"
            for byte in head.encode() + body:
                writer.write(bytes([byte]))
                await writer.drain()

    async with _server(serve) as line:
        first = await line.send(request("POST", "/a", b"{}", {"idempotency-key": "k"}))
        second = await line.send(request("POST", "/b", b"", {}))

    assert (first.status, first.body.decode()) == (201, '{"ok": "Đạt"}')
    assert (second.status, second.body) == (409, b"")
    assert heard == [("POST /a HTTP/1.1", b"{}"), ("POST /b HTTP/1.1", b"")]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\n123",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000,
    ],
    ids=["nothing", "half", "without a length", "another protocol", "a head without end"],
)
async def test_a_lost_line_is_an_error_now_and_ever_after(said: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(said)

    async with _server(serve) as line:
        for _ in range(2):
            with pytest.raises(LineLost):
                await asyncio.wait_for(line.send(request("POST", "/", b"", {})), 10)
