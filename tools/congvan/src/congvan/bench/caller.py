"""Somebody on a line that is cut now and then: every request on a connection of its own, asked again until answered."""

import asyncio
import base64
import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from congvan.bench.parts import PART_BYTES
from congvan.bench.wire import Answer, Line, LineLost, request
from congvan.demo.play import WrongOutcome

AGAIN_AFTER_S = 0.3
MOST_ATTEMPTS = 40
LONGEST_DEAF_S = 0.1
"""How long a request is under way at most before its line is cut."""
_AGAIN = frozenset({429, 502, 503, 504})


@dataclass
class Counted:
    """Connections that were made, and those that were cut."""

    connections: int = 0
    cut_halfway: int = 0
    """Before the request was whole."""
    cut_unheard: int = 0
    """After the request was sent and before the answer was read: it may have been done."""
    refused_for_now: int = 0


@dataclass
class Cuts:
    """Decides which connections are cut, and how."""

    chance: random.Random
    share: float
    counted: Counted = field(default_factory=Counted)

    @property
    def made(self) -> int:
        """Return how many connections were cut."""
        return self.counted.cut_halfway + self.counted.cut_unheard


@dataclass(frozen=True)
class Caller:
    """Asks the front door at `port`."""

    port: int
    token: str
    cuts: Cuts

    async def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """Return what is answered in the end; raises `WrongOutcome` on a problem."""
        said = b"" if body is None else json.dumps(body).encode()
        whole = request(method, path, said, {"authorization": f"Bearer {self.token}", **(headers or {})})
        answer = await self._until_answered("127.0.0.1", self.port, whole)
        if answer.status >= 300:
            raise WrongOutcome(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
        return json.loads(answer.body)

    async def upload(self, obligation_id: str, name: str, content: bytes) -> str:
        """Send a file in parts; what arrived is asked of the store, not remembered. Return its media id."""
        parts = [content[at : at + PART_BYTES] for at in range(0, len(content), PART_BYTES)]
        digests = [base64.b64encode(hashlib.sha256(part).digest()).decode() for part in parts]
        wanted = {
            "obligation_id": obligation_id,
            "file_name": name,
            "byte_count": len(content),
            "content_type": "video/mp4",
            "digest": {"part_bytes": PART_BYTES, "parts": digests},
        }
        path = f"/uploads/{(await self.ask('POST', '/uploads', wanted))['upload_id']}"
        told = [{"number": number, "sha256": digest} for number, digest in enumerate(digests, 1)]
        for signed in (await self.ask("POST", f"{path}/parts", {"parts": told}))["parts"]:
            await self._put(signed["url"], parts[signed["number"] - 1])
        held = (await self.ask("GET", path))["parts"]
        stated = [{"number": part["number"], "etag": part["etag"]} for part in held]
        completed = await self.ask("POST", f"{path}/complete", {"parts": stated})
        return str(completed["media_id"])

    async def _put(self, url: str, part: bytes) -> None:
        place = urlsplit(url)
        head = f"PUT {place.path}?{place.query} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-length: {len(part)}\r\n\r\n"
        answer = await self._until_answered(place.hostname or "", place.port or 80, head.encode() + part)
        if answer.status != 200:
            raise WrongOutcome(f"the store answers {answer.status}: {answer.body[:300]!r}")

    async def _until_answered(self, host: str, port: int, whole: bytes) -> Answer:
        for _ in range(MOST_ATTEMPTS):
            self.cuts.counted.connections += 1
            if self.cuts.chance.random() < self.cuts.share:
                await self._cut(host, port, whole)
            else:
                try:
                    line = await Line.open(port)
                    try:
                        answer = await line.send(whole)
                    finally:
                        line.close()
                except (LineLost, OSError):
                    answer = None
                if answer is not None and answer.status not in _AGAIN:
                    return answer
                self.cuts.counted.refused_for_now += 1
            await asyncio.sleep(AGAIN_AFTER_S * (1 + self.cuts.chance.random()))
        raise WrongOutcome(f"no answer after {MOST_ATTEMPTS} attempts")

    async def _cut(self, host: str, port: int, whole: bytes) -> None:
        """Send some of a request, or all of it, and hang up before the answer is heard."""
        chance = self.cuts.chance
        halfway = chance.random() < 0.5
        try:
            _, line = await asyncio.open_connection(host, port)
        except OSError:
            return
        try:
            line.write(whole[: chance.randrange(1, len(whole))] if halfway else whole)
            await asyncio.sleep(LONGEST_DEAF_S * chance.random())
        finally:
            line.transport.abort()
        if halfway:
            self.cuts.counted.cut_halfway += 1
        else:
            self.cuts.counted.cut_unheard += 1
