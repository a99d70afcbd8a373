"""A queue of films that a worker drains: all of them, and in no more memory than a few take."""

import asyncio
import struct
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil  # type: ignore[import-untyped]  # it ships no types

from congvan.bench.generated import Size
from congvan.bench.ground import SIZE, Ground
from congvan.bench.parts import Api, send
from congvan.bench.sender import Target
from congvan.demo import ledger
from congvan.demo.play import Told, WrongOutcome
from congvan.demo.province import VIDEO_TYPES
from congvan.demo.videos import make_video
from congvan.house import House

FILMS = 600
FIRST = 60
SECONDS = 4
MEGABYTES = 0.4
SENDERS = 4
WORKER = "submissions-worker"
LOOK_EVERY_S = 0.25
_LEFT = """
SELECT count(*) FILTER (WHERE state IN ('received', 'inspecting')) AS waiting,
       count(*) FILTER (WHERE rendition IN ('waiting', 'making')) AS rendering,
       count(*) FILTER (WHERE state = 'ready') AS ready,
       count(*) FILTER (WHERE rendition = 'made') AS made
FROM media WHERE obligation_id = ANY($1::uuid[])
"""


@dataclass
class Drained:
    """What became of the queue, and the largest memory of the worker while the first and while all were done."""

    films: int
    first: int
    ready: int = 0
    made: int = 0
    seconds: float = 0.0
    inspected_after_s: float = 0.0
    worker_peak_first: int = 0
    worker_peak: int = 0
    children_peak: int = 0
    """Of the confined children together: two who inspect, one who makes films playable."""

    @property
    def growth_mb(self) -> float:
        """Return how much more memory the worker took for all of them than for the first."""
        return (self.worker_peak - self.worker_peak_first) / 1e6


async def drain(
    house: House, told: Told, *, films: int = FILMS, first: int = FIRST, size: Size = SIZE, within_s: float = 1800.0
) -> Drained:
    """Send films while nobody looks at them, then let the worker drain the queue; on a house nobody else uses."""
    async with await Ground.lay(house, told, size=size) as ground:
        told.step(f"{films} phim chờ kiểm tra", f"{films} films wait for their inspection")
        film = house.home / "small.mp4"
        await asyncio.to_thread(make_video, film, seconds=SECONDS, megabytes=MEGABYTES, seed=3, width=640, height=360)
        _reports, videos = await ground.issue()
        targets = await ground.targets(videos, ground.province.due(VIDEO_TYPES[:1]))
        drained = Drained(films, first)
        house.pause(WORKER)
        try:
            await asyncio.to_thread(_send_all, house, targets, film, films)
        finally:
            house.resume(WORKER)
        await _watch(house, drained, [each.obligation_id for each in targets], within_s)
        told.done(f"{drained.ready} phim, {drained.seconds:.0f} s", f"{drained.ready} films, {drained.seconds:.0f} s")
        return drained


def _send_all(house: House, targets: Sequence[Target], film: Path, films: int) -> None:
    content = film.read_bytes()

    def send_one(number: int) -> None:
        target = targets[number % len(targets)]
        with closing(Api(house.addresses.ports["submissions-api"], target.token)) as api:
            send(api, target.obligation_id, film.name, content + free_box())

    with ThreadPoolExecutor(SENDERS) as senders:
        for _ in senders.map(send_one, range(films)):
            pass


def free_box() -> bytes:
    """Return what makes a film another one and changes nothing of it: a box that players skip."""
    return struct.pack(">I4s", 24, b"free") + uuid4().bytes


async def _watch(house: House, drained: Drained, obligations: Sequence[str], within_s: float) -> None:
    worker = psutil.Process(house.pid(WORKER))
    database = house.addresses.database("submissions", house.secrets)
    began = time.monotonic()
    while True:
        own, children = _memory(worker)
        [left] = await ledger.rows(database, _LEFT, obligations)
        drained.worker_peak = max(drained.worker_peak, own)
        drained.children_peak = max(drained.children_peak, children)
        if left["ready"] <= drained.first:
            drained.worker_peak_first = max(drained.worker_peak_first, own)
        if left["waiting"] and time.monotonic() - began > within_s:
            raise WrongOutcome(f"after {within_s} s the queue is not drained: {dict(left)}")
        if not left["waiting"] and not drained.inspected_after_s:
            drained.inspected_after_s = time.monotonic() - began
        if not left["waiting"] and not left["rendering"]:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    drained.seconds = time.monotonic() - began
    drained.ready, drained.made = left["ready"], left["made"]
    if drained.ready != drained.films:
        raise WrongOutcome(f"of {drained.films} films {drained.ready} passed: {dict(left)}")


def _memory(worker: psutil.Process) -> tuple[int, int]:
    children = 0
    for child in worker.children(recursive=True):
        try:
            children += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return worker.memory_info().rss, children
