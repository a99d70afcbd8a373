"""The courier: takes letters that wait, carries them with no transaction open, notes what became of them."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Counter

from chassis.outages import is_outage
from chassis.telemetry import Metrics
from chassis.transaction import Transactions
from notify.channels.choosing import SWITCH_AFTER, Channel
from notify.channels.port import Away, Book, Line, LineBroke, NoAddress, PersonUnknown, Refused, TryLater, Way
from notify.domain import GIVE_UP_AFTER, REMINDERS, Delivery, Letter, delay_before_retry
from notify.reminding.writing import as_it_stands
from notify.store import deliveries

log = logging.getLogger(__name__)

RETRY_DELAYS = (30.0, 120.0, 600.0, 3600.0)
"""Seconds before each new attempt; the last one repeats until `GIVE_UP_AFTER`."""
COURIERS = 3
"""Each keeps one line to the mail server; more would only make a small school server queue."""
BATCH = 100
"""Letters on one line: so many that opening it costs little, so few that no mail server minds."""
NOTE_TOGETHER_SECONDS = 0.05
"""What leaves within this time is noted at once: each commit waits for the disk the mail server writes to as well."""
LEASE = timedelta(minutes=5)
"""How long a courier may hold letters; those of one that died are taken up again after this."""
IDLE_SECONDS = 1.0
REST_SECONDS = 5.0
"""A pause while the mail server, the directory or PostgreSQL is away."""


def count_deliveries(metrics: Metrics) -> Counter:
    """Register what becomes of deliveries among the figures of a process."""
    return Counter(
        "congvan_deliveries", "deliveries by what became of them", ["channel", "outcome"], registry=metrics.registry
    )


class Gone:
    """Notes which letters have left while the next are handed over: together those that left in the meantime.

    If the process dies, the few that were not noted go out again, the same bytes under the same id.
    """

    def __init__(self, transactions: Transactions, count: Callable[[str], None]) -> None:
        self._transactions = transactions
        self._count = count
        self._waiting: list[Delivery] = []
        self._is_last = asyncio.Event()
        self._noting: asyncio.Task[None] | None = None

    def add(self, delivery: Delivery) -> None:
        """Have it noted that a letter has left; raise what kept the ones before it from being noted."""
        self._waiting.append(delivery)
        if self._noting is not None and self._noting.done():
            self._noting.result()
            self._noting = None
        if self._noting is None:
            self._noting = asyncio.create_task(self._note(), name="noting what has left")

    async def noted(self) -> None:
        """Wait until everything is noted; raise what kept it from being. Nothing more is added."""
        self._is_last.set()
        if self._noting is not None:
            await asyncio.shield(self._noting)

    async def ended(self) -> None:
        """Wait until nothing is being noted, whatever came of it; whoever left in haste had a better reason."""
        self._is_last.set()
        if self._noting is not None:
            await asyncio.gather(self._noting, return_exceptions=True)

    async def _note(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_last.wait(), NOTE_TOGETHER_SECONDS)
            gone, self._waiting = self._waiting, []
            async with self._transactions.begin() as tx:
                await deliveries.mark_sent(tx.connection, gone, now=tx.now)
            for _ in gone:
                self._count("sent")


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries letters by one way. Any number may work at once, in any number of processes."""

    transactions: Transactions
    server: Way
    book: Book
    outcomes: Counter
    channel: Channel = Channel.EMAIL
    lines: int = COURIERS
    retry_delays: tuple[float, ...] = RETRY_DELAYS
    lease: timedelta = LEASE
    batch: int = BATCH
    idle_seconds: float = IDLE_SECONDS
    rest_seconds: float = REST_SECONDS

    async def work(self) -> None:
        """Open the address book and carry letters, on a few lines at once, for ever."""
        async with self.book.opened(), asyncio.TaskGroup() as group:
            for _ in range(self.lines):
                group.create_task(self.walk())

    async def walk(self) -> None:
        """Carry batch after batch, for ever."""
        while True:
            if (walker := asyncio.current_task()) is not None and walker.cancelling():
                # Told to stop, in the very moment something arrived: `asyncio.wait_for`, which the mail library waits
                # with, forgets the one over the other before Python 3.12.
                raise asyncio.CancelledError
            pause = self.idle_seconds
            try:
                if await self.carry_batch():
                    continue
            except Away as error:
                log.warning("letters wait: %s", error)
                pause = self.rest_seconds
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("letters wait, a server is away: %r", error)
                pause = self.rest_seconds
            # Not in step with the other lines: each would keep a connection of its own while nothing waits.
            await asyncio.sleep(pause * random.uniform(0.7, 1.0))  # noqa: S311  a pause, not a secret

    async def carry_batch(self) -> int:
        """Carry what waits, at most one batch of it, and return how many letters were taken up.

        Raises `Away` when nothing can be carried now; the letters are then postponed.
        """
        async with self.transactions.begin() as tx:
            taken = await deliveries.claim(
                tx.connection, channel=self.channel, now=tx.now, until=tx.now + self.lease, limit=self.batch
            )
        if not taken:
            return 0
        gone = Gone(self.transactions, self._count)
        try:
            await self._carry_all(taken, gone)
        finally:
            await gone.ended()
        return len(taken)

    async def _carry_all(self, taken: Sequence[Delivery], gone: Gone) -> None:
        done = 0
        try:
            # Within the lease, so that no letter of ours is taken up by another while we still hold it.
            async with asyncio.timeout(self.lease.total_seconds() * 0.8), self.server.line() as line:
                # Of all together; why one has none matters when it is its turn.
                addresses = await self.book.addresses_of({each.letter.person_id for each in taken})
                for delivery in taken:
                    await self._carry(line, delivery, addresses[delivery.letter.person_id], gone)
                    done += 1
            await gone.noted()
        except (LineBroke, TimeoutError) as error:
            await gone.noted()
            # The letter under way may be the cause: it waits, and does not hold up those behind it.
            await self._postpone(taken[done : done + 1], f"the line broke: {error}")
            await self._give_back(taken[done + 1 :])
        except Away as error:
            await gone.noted()
            await self._postpone(taken[done:], str(error))
            raise
        except asyncio.CancelledError:
            # Leaving: what was not begun is for others. Of the letter under way nobody knows; its lease decides.
            with suppress(Exception):  # a database that is away must not keep us from leaving
                await gone.noted()
                await self._give_back(taken[done + 1 :])
            raise

    async def _carry(self, line: Line, delivery: Delivery, address: str | Exception, gone: Gone) -> None:
        try:
            if isinstance(address, Exception):
                raise address
            letter = await self._as_it_stands(delivery)
            if letter is None:
                return
            await line.hand_over(letter, address)
        except (Refused, NoAddress) as error:
            await self._fail(delivery, str(error))
        except (TryLater, PersonUnknown) as error:
            await self._postpone([delivery], str(error))
        else:
            gone.add(delivery)

    async def _as_it_stands(self, delivery: Delivery) -> Letter | None:
        """Return the letter as it may leave now: a reminder only of what is owed still, however long it has waited."""
        if delivery.letter.kind not in REMINDERS:
            return delivery.letter
        async with self.transactions.begin() as tx:
            letter = await as_it_stands(tx, delivery.letter)
            if letter is None:
                await deliveries.mark_overtaken(tx.connection, delivery)
        if letter is None:
            self._count("overtaken")
        return letter

    async def _fail(self, delivery: Delivery, reason: str) -> None:
        log.warning("letter %s cannot be sent: %s", delivery.letter.letter_id, reason)
        async with self.transactions.begin() as tx:
            await deliveries.mark_failed(tx.connection, delivery, error=reason)
            await deliveries.take_another_way(tx.connection, delivery.letter, after=self.channel, now=tx.now)
        self._count("failed")

    async def _postpone(self, postponed: Sequence[Delivery], reason: str) -> None:
        async with self.transactions.begin() as tx:
            for delivery in postponed:
                if delivery.attempts >= SWITCH_AFTER and await deliveries.take_another_way(
                    tx.connection, delivery.letter, after=self.channel, now=tx.now
                ):
                    await deliveries.mark_failed(tx.connection, delivery, error=f"goes another way: {reason}")
                    self._count("failed")
                    continue
                if tx.now - delivery.letter.created_at > GIVE_UP_AFTER:
                    log.warning("letter %s is given up: %s", delivery.letter.letter_id, reason)
                    await deliveries.mark_failed(tx.connection, delivery, error=f"given up: {reason}")
                    self._count("failed")
                    continue
                until = tx.now + delay_before_retry(delivery.attempts, self.retry_delays)
                await deliveries.postpone(tx.connection, delivery, until=until, error=reason)
                self._count("postponed")

    async def _give_back(self, untouched: Sequence[Delivery]) -> None:
        async with self.transactions.begin() as tx:
            await deliveries.release(tx.connection, untouched, now=tx.now)

    def _count(self, outcome: str) -> None:
        self.outcomes.labels(self.channel, outcome).inc()
