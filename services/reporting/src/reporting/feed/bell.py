"""A bell that rings in every process when the feed has grown, whichever process has written to it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from chassis.problems import Problem
from reporting.feed.store import CHANNEL

log = logging.getLogger(__name__)

LOOK_ANYWAY_SECONDS = 5.0
"""A line that died without a word costs a waiting reader this much, and no event."""
EARS = 64
"""How many may wait in one process."""


class TooManyListeners(Problem):
    """As many readers wait for events as one process serves."""

    code = "too-many-listeners"
    status = 429


class Ear:
    """One reader's ear: `clear` it, look into the feed, and `wait` when there was nothing."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Say that there may be something new."""
        self._rung.set()

    def clear(self) -> None:
        """Forget what was rung before; call it before looking."""
        self._rung.clear()

    async def wait(self, seconds: float) -> None:
        """Wait until the bell rings, `seconds` at most; look again afterwards in either case."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), min(seconds, LOOK_ANYWAY_SECONDS))


class Bell:
    """Listens to PostgreSQL on one line of its own, for as long as somebody waits."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._ears: set[Ear] = set()
        self._listening: asyncio.Task[None] | None = None
        self.is_closing = False
        """Whoever waits is to end: the process stops."""

    def close(self) -> None:
        """Wake everybody for the last time."""
        self.is_closing = True
        self._ring()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Ear]:
        """Lend an ear; raise `TooManyListeners` when all are taken."""
        self.check_has_room()
        ear = Ear()
        self._ears.add(ear)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="bell")
        try:
            yield ear
        finally:
            self._ears.discard(ear)
            if not self._ears and self._listening is not None:
                listening, self._listening = self._listening, None
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    def check_has_room(self) -> None:
        """Raise `TooManyListeners` when as many readers wait as may."""
        if len(self._ears) >= EARS:
            raise TooManyListeners(
                f"Đã có {EARS} kết nối đang chờ; vui lòng đóng bớt hoặc thử lại sau.",
                f"{EARS} readers are waiting already; close some, or try again later.",
            )

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_cut_off()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the bell of the feed does not hear PostgreSQL: %r", error)
            await asyncio.sleep(1)

    async def _listen_until_cut_off(self) -> None:
        cut_off = asyncio.Event()
        line = await asyncpg.connect(self._database_url, timeout=5)
        try:
            line.add_termination_listener(lambda _line: cut_off.set())
            await line.add_listener(CHANNEL, lambda *_told: self._ring())
            self._ring()  # what came while nobody listened
            await cut_off.wait()
        finally:
            line.terminate()

    def _ring(self) -> None:
        for ear in self._ears:
            ear.ring()
