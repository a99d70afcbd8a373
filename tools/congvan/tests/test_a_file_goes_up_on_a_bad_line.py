"""Whoever sends a file waits for a service that is away, and is told at once what waiting does not mend."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from congvan.demo import uploading, visit
from congvan.demo.visit import Refused, Visitor, pauses

UPLOAD = {"upload_id": "u", "media_id": "m", "part_bytes": 5, "part_count": 1, "byte_count": 5}
SESSION = {"access_token": "t", "person_id": "p", "posts": [], "expires_in": 3600}
WHOLE = {"parts": [{"number": 1, "etag": "e"}]}


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch) -> None:
    monkeypatch.setattr(visit, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(visit, "LONGEST_PAUSE_S", 0.002)


@asynccontextmanager
async def doors(*statuses: int) -> AsyncIterator[Visitor]:
    """Give a visitor to front doors that answer how far an upload has come like this, one time after the other."""
    left = iter(statuses)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET"):
            status, told = next(left), WHOLE
        else:
            status, told = 201, SESSION if head.startswith("POST /sessions") else {}
        body = json.dumps(told).encode()
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with Visitor({"directory": url, "submissions": url}, "a", "b") as visitor:
            yield visitor


async def test_a_service_that_is_away_for_long_is_waited_for(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(visit, "RETRIED", frozenset())  # as when the patience of one request is over
    monkeypatch.setattr(uploading, "RETRIED", frozenset({503}))
    async with doors(503, 503, 503, 200) as visitor:
        sent = await uploading.send(visitor, UPLOAD, tmp_path / "film", give_up_after_s=3600)

    assert sent.media_id == "m"


@pytest.mark.parametrize(("status", "patience_s"), [(404, 3600), (503, -1)])
async def test_what_waiting_does_not_mend_is_told_at_once(monkeypatch, tmp_path: Path, status, patience_s) -> None:
    monkeypatch.setattr(visit, "RETRIED", frozenset())
    async with doors(status) as visitor:
        with pytest.raises(Refused):
            await uploading.send(visitor, UPLOAD, tmp_path / "film", give_up_after_s=patience_s)


def test_pauses_grow_up_to_the_longest(monkeypatch) -> None:
    monkeypatch.setattr(visit, "FIRST_PAUSE_S", 0.25)
    monkeypatch.setattr(visit, "LONGEST_PAUSE_S", 4.0)
    given = list(itertools.islice(pauses(), 8))
    most = [0.25, 0.5, 1, 2, 4, 4, 4, 4]
    assert all(each / 2 <= pause <= each for pause, each in zip(given, most, strict=True))
