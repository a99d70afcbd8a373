"""Transactions of one statement, for an address that pays for every round trip.

PostgreSQL commits a single statement by itself: no BEGIN, no COMMIT, and what it tells the others is a row of the same
statement. Everything else is written with `chassis.transaction`, which may hold as many statements as a verb needs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import CTE, Insert, bindparam, insert, select
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from chassis.tables import outbox
from chassis.transaction import IDLE_SECONDS, new_id, outbox_row, server_settings
from contracts.event import Event

ACQUIRE_SECONDS = 10.0

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this constructor untyped
_OUTBOX_COLUMNS = ("event_id", "about", "subject", "body", "traceparent")


class Stroke:
    """A statement of SQLAlchemy Core, rendered once for the driver.

    Values go to the driver as they are: JSON as text, arrays as sequences.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  what a statement compiles to
        self.text = str(compiled)
        # What a statement says itself (`state='submitted'`) has its value here, what a caller says is null.
        self._stated = [(name, compiled.params[name]) for name in compiled.positiontup or ()]

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """Return the driver's arguments, in order; raises `KeyError` for a value that is not given."""
        return [values[name] if stated is None else stated for name, stated in self._stated]


def leaving_event(written: CTE) -> Insert:
    """Return the statement that does what `written` does and leaves one event in the outbox for each row it returns.

    It changes nothing and tells nothing when `written` returns no row. Run it with `Strokes.tell`.
    """
    columns = [bindparam(name, type_=outbox.c[name].type) for name in _OUTBOX_COLUMNS]
    return insert(outbox).from_select(_OUTBOX_COLUMNS, select(*columns).select_from(written))


class Strokes:
    """Runs strokes on one database and wakes the relay after those that told something."""

    def __init__(self, database_url: str, *, name: str, pool_size: int, wake: Callable[[], None]) -> None:
        self._database_url = database_url
        self._name = name
        self._pool_size = pool_size
        self._wake = wake
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def row(self, stroke: Stroke, **values: Any) -> asyncpg.Record | None:
        """Return the first row a stroke gives."""
        async with self._line() as connection:
            return await connection.fetchrow(stroke.text, *stroke.arguments(values))

    async def rows(self, stroke: Stroke, **values: Any) -> Sequence[asyncpg.Record]:
        """Return every row a stroke gives."""
        async with self._line() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(stroke.text, *stroke.arguments(values))
            return rows

    async def tell(self, stroke: Stroke, event: Event, **values: Any) -> UUID | None:
        """Run a stroke made with `leaving_event`; return the id of the event, null when nothing was written.

        When it returns, both are committed.
        """
        event_id = new_id()
        arguments = stroke.arguments(values | outbox_row(event, event_id))
        async with self._line() as connection:
            done: str = await connection.execute(stroke.text, *arguments)
        if done == "INSERT 0 0":
            return None
        self._wake()
        return event_id

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[asyncpg.Connection]:
        pool = self._pool or await self._open()
        async with pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            try:
                yield connection
            except asyncpg.IntegrityConstraintViolationError:
                raise  # the statement was refused; the line is as good as before
            except BaseException:
                # Whatever else went wrong may have left the line halfway through an answer: nobody gets it after us.
                connection.terminate()
                raise

    async def close(self) -> None:
        """Give every connection back; a server that is away is not waited for."""
        if self._pool is not None:
            self._pool.terminate()

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._database_url,
                    min_size=0,  # PostgreSQL may be away, and whoever never strokes holds no connection
                    max_size=self._pool_size,
                    max_inactive_connection_lifetime=IDLE_SECONDS,
                    reset=_leave_as_it_is,
                    timeout=5,
                    server_settings=server_settings(self._name),
                )
            return self._pool


async def _leave_as_it_is(_connection: asyncpg.Connection) -> None:
    # A stroke leaves nothing behind in its session; resetting it would be a second round trip.
    return
