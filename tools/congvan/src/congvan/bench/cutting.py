"""A bad line to the store, and what a file costs that goes up over it."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from congvan.demo import uploading
from congvan.demo.play import WrongOutcome
from congvan.demo.visit import Visitor


class CutLine:
    """A line to the store that can be cut: whoever is on it then loses what was under way."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._held: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.carried = 0
        """Bytes that went there."""
        self.cuts = 0
        self._cut_at: list[int] = []
        self._hold_at: int | None = None
        self._free = asyncio.Event()

    def hold_at(self, carried: int) -> None:
        """Carry no more than so many bytes, until `release`."""
        self._hold_at = carried

    def release(self) -> None:
        """Carry everything from now on."""
        self._hold_at = None
        self._free.set()

    def cut_at(self, *carried: int) -> None:
        """Cut the line whenever it has carried so many bytes."""
        self._cut_at = sorted(carried)

    async def open(self) -> None:
        """Take connections at `port`."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        """Take none any more, and cut those there are."""
        if self._server is None:
            return
        self._server.close()
        self.release()
        self._cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _cut(self) -> None:
        for writer in self._held:
            writer.transport.abort()
        self._held.clear()

    async def _carry(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._tasks.add(task)
        try:
            answers, there = await asyncio.open_connection(*self._there)
        except OSError:
            back.close()
            return
        self._held |= {back, there}
        try:
            await asyncio.gather(self._pump(here, there, counts=True), self._pump(answers, back, counts=False))
        except OSError:
            pass  # cut
        finally:
            for writer in (back, there):
                writer.transport.abort()
                self._held.discard(writer)
            if task is not None:
                self._tasks.discard(task)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, counts: bool) -> None:
        while piece := await source.read(1 << 16):
            target.write(piece)
            await target.drain()
            if counts:
                self.carried += len(piece)
                if self._cut_at and self.carried >= self._cut_at[0]:
                    self._cut_at.pop(0)
                    self.cuts += 1
                    self._cut()
                if self._hold_at is not None and self.carried >= self._hold_at:
                    await self._free.wait()
        target.close()


@dataclass(frozen=True)
class Survived:
    """A file that arrived over a line that was cut."""

    byte_count: int
    part_bytes: int
    cuts: int
    parts: int
    parts_acknowledged: int
    """As many as it has: what had arrived was never sent again."""
    carried: int
    """Bytes that went over the line, with the heads of requests."""

    @property
    def parts_again_per_cut(self) -> float:
        """Return how much each cut cost, in parts."""
        return (self.carried - self.byte_count) / self.part_bytes / self.cuts


async def survive(visitor: Visitor, obligation_id: str, file: Path, *, store: str, cuts: int) -> Survived:
    """Send a file with the client of `congvan upload` to the store at `host:port`, over a line cut so many times."""
    host, _, port = store.rpartition(":")
    byte_count = file.stat().st_size  # noqa: ASYNC240  a local file, asked once
    line = CutLine(host, int(port))
    await line.open()
    async with aclosing(line):
        line.cut_at(*(byte_count * (2 * cut + 1) // (2 * cuts) for cut in range(cuts)))
        upload = await uploading.begin(visitor, obligation_id, file, is_known=True)
        sent = await uploading.send(visitor, upload, file, by_way_of=f"127.0.0.1:{line.port}")
        if line.cuts != cuts:
            raise WrongOutcome(f"the line was cut {line.cuts} times, not {cuts}")
    return Survived(byte_count, upload["part_bytes"], cuts, upload["part_count"], sent.parts_sent, line.carried)
