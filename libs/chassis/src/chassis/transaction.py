"""One request or one batch of messages is one transaction; what it tells the others leaves with its commit."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Request
from opentelemetry import propagate
from pydantic_core import from_json
from sqlalchemy import ARRAY, AsyncAdaptedQueuePool, bindparam, column, event, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn
from uuid_utils.compat import uuid7

from chassis.rendered import Rendered
from chassis.tables import outbox
from contracts.event import Event, Written, nats_subject, seal

STATEMENT_TIMEOUT_MS = 30_000
"""No statement of ours is meant to take a second; one that takes thirty holds locks others wait for."""

IDLE_SECONDS = 5.0
"""Connections that were not needed together within this time are given back."""
OFTEN = 5
"""How many times within it is more than chance."""

_OUTBOX = ("event_id", "about", "subject", "body", "traceparent")
_WAITING = (
    func.unnest(*(bindparam(name, type_=ARRAY(outbox.c[name].type)) for name in _OUTBOX))
    .table_valued(*(column(name, outbox.c[name].type) for name in _OUTBOX), with_ordinality="place", name="waiting")
    .render_derived()
)
_INSERT_OUTBOX = Rendered(
    insert(outbox).from_select(_OUTBOX, select(*(_WAITING.c[name] for name in _OUTBOX)).order_by(_WAITING.c.place))
)
"""One text for however many events, in the order they are given."""


def new_id() -> UUID:
    """Return a fresh id that sorts by the time it was made (UUIDv7)."""
    return uuid7()


def utc_now() -> datetime:
    """Return what the clock of this machine says."""
    return datetime.now(UTC)


def open_engine(database_url: str, *, name: str, pool_size: int) -> AsyncEngine:
    """Open a pool on `postgresql://…`; connections that died are noticed before they are used."""
    return create_async_engine(
        database_url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        pool_reset_on_return=None,  # `begin()` always ends its transaction; a second rollback is a wasted round trip
        json_deserializer=from_json,  # a third of the time of `json.loads`, and whole numbers of any length as well
        connect_args={
            "timeout": 5,
            "server_settings": server_settings(name),
        },
    )


def server_settings(name: str) -> dict[str, str]:
    """Return what every session of ours tells PostgreSQL when it begins."""
    return {"application_name": name, "statement_timeout": str(STATEMENT_TIMEOUT_MS), "jit": "off"}


async def release_idle(engine: AsyncEngine) -> None:
    """Give back connections nobody needs any more, until cancelled: each costs PostgreSQL a process of 13 MB."""
    taken = Counter[int]()

    def count(*_checked_out: object) -> None:
        taken[pool_of(engine).checkedout()] += 1

    event.listen(engine.sync_engine, "checkout", count)
    while True:
        await asyncio.sleep(IDLE_SECONDS)
        pool = pool_of(engine)
        await greenlet_spawn(_give_back, pool, pool.checkedin() + pool.checkedout() - needed_together(taken))
        taken.clear()


def needed_together(taken: Mapping[int, int]) -> int:
    """Return how many connections to keep, from how often the one that was taken made so many at once.

    One where any was needed; a further one where as many were in use at least `OFTEN` times: those who look into a
    table now and then meet by chance, and can as well connect anew.
    """
    times = 0
    for at_once in sorted(taken, reverse=True):
        times += taken[at_once]
        if times >= OFTEN:
            return at_once
    return min(times, 1)


def pool_of(engine: AsyncEngine) -> AsyncAdaptedQueuePool:
    """Return the pool of an engine; it gets a new one whenever the old one is disposed of."""
    pool = engine.pool
    assert isinstance(pool, AsyncAdaptedQueuePool)  # noqa: S101  what SQLAlchemy makes for an asynchronous engine
    return pool


def _give_back(pool: AsyncAdaptedQueuePool, count: int) -> None:
    """Close so many of the connections nobody uses, or as many as there are; within SQLAlchemy's greenlet.

    SQLAlchemy offers to give back all of them: those who look next would meet while they connect anew.
    """
    for _ in range(count):
        if not pool.checkedin():
            return
        pool._pool.get(block=False).close()  # noqa: SLF001  where the pool keeps them
        pool._dec_overflow()  # noqa: SLF001  its count of those there are


@asynccontextmanager
async def lent_line(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """Lend the driver's own connection out of a pool, outside of any transaction.

    One on which anything went wrong is not given to others: nobody knows what it holds.
    """
    async with engine.connect() as connection:
        line: asyncpg.Connection = (await connection.get_raw_connection()).driver_connection
        try:
            yield line
        except BaseException:
            line.terminate()  # not `close()`: a server that is away would keep us waiting for its goodbye
            await connection.invalidate()
            raise


def outbox_row(event: Event | Written, event_id: UUID) -> dict[str, Any]:
    """Return an event as it waits in the outbox, sealed and with the trace it belongs to."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    traceparent = carrier.get("traceparent")
    return {
        "event_id": event_id,
        "about": event.about,
        "subject": nats_subject(event.type, event.about),
        "body": seal(event, event_id=event_id, traceparent=traceparent),
        "traceparent": traceparent,
    }


@dataclass(slots=True)
class Transaction:
    """A transaction in progress: its connection, its moment, and the events it will leave behind."""

    connection: AsyncConnection
    now: datetime
    _emitted: list[dict[str, Any]] = field(default_factory=list)
    _driver: asyncpg.Connection | None = None

    async def rows(self, statement: Rendered, **values: Any) -> list[asyncpg.Record]:
        """Return every row the driver has for a statement, in this transaction; raises the errors of the driver."""
        driver = self._driver
        if driver is None:
            driver = self._driver = (await self.connection.get_raw_connection()).driver_connection
            assert driver is not None  # noqa: S101  asyncpg's, which every connection of ours has
        if not driver.is_in_transaction():
            await self.connection.exec_driver_sql("SELECT")  # SQLAlchemy begins with the first statement it is given
        rows: list[asyncpg.Record] = await driver.fetch(statement.text, *statement.arguments(values))
        return rows

    def emit(self, event: Event | Written) -> UUID:
        """Publish `event` if, and only if, this transaction commits; return the id it will have."""
        event_id = new_id()
        self._emitted.append(outbox_row(event, event_id))
        return event_id

    async def make_room(self) -> None:
        """Write down what was emitted so far, in a verb that tells of more things than memory should hold.

        Call it when every row those events speak of is written. The last one stays, so that the relay will be woken.
        """
        early = self._emitted[:-1]
        if early:
            await self.rows(_INSERT_OUTBOX, **_columns(early))
            del self._emitted[:-1]

    async def _leave_events(self) -> bool:
        # Last, when every row they speak of is written and locked: so the order of the outbox
        # is the order of the commits, thing by thing.
        if self._emitted:
            await self.rows(_INSERT_OUTBOX, **_columns(self._emitted))
        return bool(self._emitted)


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in _OUTBOX}


class Transactions:
    """Opens transactions on one database and wakes the relay after those that told something."""

    def __init__(self, engine: AsyncEngine, *, wake: Callable[[], None] = lambda: None) -> None:
        self.engine = engine
        self.clock: Callable[[], datetime] = utc_now
        """Which moment a transaction is of. One place, so that a school year can be played in a test."""
        self._wake = wake

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Open a transaction; commit on leaving, with the emitted events; roll all of it back on an error."""
        async with self.engine.begin() as connection:
            transaction = Transaction(connection, now=self.clock())
            yield transaction
            told = await transaction._leave_events()  # noqa: SLF001  the two classes are one mechanism
        if told:
            self._wake()


@asynccontextmanager
async def under_way(asking: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Have PostgreSQL asked, and do meanwhile what needs no answer of it; on leaving, the answer has come.

    Until then nothing else may be asked in the same transaction.
    """
    asked = asyncio.create_task(asking)
    await asyncio.sleep(0)  # the task has its turn: what it asks is on its way
    try:
        yield
    finally:
        await asked


async def _open_transaction(request: Request) -> AsyncIterator[Transaction]:
    async with request.app.state.frame.transactions.begin() as transaction:
        yield transaction


# FastAPI's default scope leaves the dependency after the response has gone out,
# so a caller would hold a receipt for something that may still fail to commit.
OpenTransaction = Annotated[Transaction, Depends(_open_transaction, scope="function")]
