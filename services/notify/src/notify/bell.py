"""A bell that rings for whoever has a new letter, whichever process has written it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg

from chassis.problems import Problem
from notify.store.inboxes import CHANNEL

log = logging.getLogger(__name__)

EARS = 2_000
"""How many may wait in one process: an event and a few kilobytes each, on one line to PostgreSQL together."""
LOOKS = 8
"""How many look into their inbox at once, when thousands are written to in one transaction."""


class TooManyListeners(Problem):
    """As many people wait for letters as one process serves."""

    code = "too-many-listeners"
    status = 429


class Bell:
    """Listens to PostgreSQL on one line of its own, for as long as somebody waits."""

    def __init__(self, database_url: str, *, room: int = EARS) -> None:
        self._database_url = database_url
        self._room = room
        self._ears: dict[UUID, set[asyncio.Event]] = {}
        self._listening: asyncio.Task[None] | None = None
        self.is_closed = False
        """The process stops: nobody waits any more."""
        self.looking = asyncio.Semaphore(LOOKS)

    @asynccontextmanager
    async def listening(self, person_id: UUID) -> AsyncIterator[asyncio.Event]:
        """Lend an ear for the letters of one person; raise `TooManyListeners` when all are taken."""
        self.check_has_room()
        ear = asyncio.Event()
        self._ears.setdefault(person_id, set()).add(ear)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="bell")
        try:
            yield ear
        finally:
            self._ears[person_id].discard(ear)
            if not self._ears[person_id]:
                del self._ears[person_id]
            if not self._ears and self._listening is not None:
                listening, self._listening = self._listening, None
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    def check_has_room(self) -> None:
        """Raise `TooManyListeners` when as many wait as may."""
        if sum(map(len, self._ears.values())) >= self._room:
            raise TooManyListeners(
                "Hệ thống đang có quá nhiều kết nối chờ thư; vui lòng thử lại sau.",
                "Too many wait for letters already; try again later.",
            )

    def ring_all(self) -> None:
        """Let everybody look: something may have come while nobody listened."""
        for ears in self._ears.values():
            for ear in ears:
                ear.set()

    def close(self) -> None:
        """Let everybody go: streams that never end would hold up the stop of the process."""
        self.is_closed = True
        self.ring_all()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_cut_off()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the bell of the inboxes does not hear PostgreSQL: %r", error)
            await asyncio.sleep(1)

    async def _listen_until_cut_off(self) -> None:
        cut_off = asyncio.Event()
        line = await asyncpg.connect(self._database_url, timeout=5)
        try:
            line.add_termination_listener(lambda _line: cut_off.set())
            await line.add_listener(CHANNEL, lambda _line, _pid, _channel, told: self._ring(str(told)))
            self.ring_all()  # what came while nobody listened
            await cut_off.wait()
        finally:
            line.terminate()

    def _ring(self, told: str) -> None:
        for each in told.split(","):
            with suppress(ValueError):  # whoever may write to this database may ring this bell
                for ear in self._ears.get(UUID(each), ()):
                    ear.set()
