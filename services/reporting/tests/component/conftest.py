"""A subscriber's target for tests: a real HTTP server on loopback that notes what it is sent and answers as told."""

import asyncio
import base64
import hashlib
import hmac
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest


@dataclass
class Sent:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def position(self):
        return int(self.headers["congvan-position"])

    @property
    def told(self):
        return json.loads(self.body)["data"]

    def is_signed_with(self, secret):
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(digest).decode()}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Target:
    """Where webhooks go. `answer(sent)` returns a status; or, for what is no plain answer, who writes to the line."""

    answer: object = None
    sent: list[Sent] = field(default_factory=list)
    lines: int = 0
    port: int = 0
    written: int = 0
    taken: list[Sent] = field(default_factory=list)
    """What it has answered with 2xx, in this order."""
    _open: set = field(default_factory=set)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader, writer):
        self.lines += 1
        self._open.add(writer)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
                    sent = Sent(headers, await reader.readexactly(int(headers["content-length"])))
                    self.sent.append(sent)
                    status = self.answer(sent) if self.answer else 200
                    if not isinstance(status, int):
                        await status(self, writer)
                        return
                    if 200 <= status < 300:
                        self.taken.append(sent)
                    writer.write(b"HTTP/1.1 %d Told\r\ncontent-length: 2\r\n\r\nok" % status)
                    await writer.drain()
        finally:
            self._open.discard(writer)
            writer.close()

    def cut(self):
        for writer in list(self._open):
            writer.transport.abort()


@asynccontextmanager
async def serving(answer=None):
    """Serve until left."""
    served = Target(answer)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0, limit=1 << 20)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        served.cut()
        await server.wait_closed()


@pytest.fixture
def target():
    """Serve a target: `async with target(answer) as served`."""
    return serving
