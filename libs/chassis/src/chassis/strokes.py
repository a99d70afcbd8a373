"""Transactions of one statement, for an address that pays for every round trip.

PostgreSQL commits a single statement by itself: no BEGIN, no COMMIT, and what it tells the others is a row of the same
statement. Whoever asks while such a statement is under way goes with the next one, together with all others who wait:
the more people answer at once, the less each of them costs. Everything else is written with `chassis.transaction`,
which may hold as many statements as a verb needs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, CTE, ColumnElement, Select, bindparam, column, func, insert, select
from sqlalchemy.types import TypeEngine

from chassis.gathering import Gathering
from chassis.rendered import Rendered
from chassis.tables import outbox
from chassis.transaction import IDLE_SECONDS, new_id, outbox_row, server_settings
from contracts.event import Event

ACQUIRE_SECONDS = 10.0

_BY_KEY = {"enable_hashjoin": "off", "enable_mergejoin": "off", "enable_seqscan": "off"}
"""A stroke looks up a few rows by their keys: a plan made while a table was small must not stay when it has grown."""
_NOTHING_HAPPENED = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
"""What undoes a statement for the sake of one who asks. After a lost line nobody knows what was done, and only whoever
asked may ask again; a statement that took too long would take as long for each."""
PLACE = "place"
_OUTBOX_COLUMNS = ("event_id", "about", "subject", "body", "traceparent")


class Stroke(Rendered):
    """A statement that is a transaction by itself."""


class CommonStroke(Stroke):
    """A stroke many may ask at once, each with a row of values: made of `asked_together` or `telling_together`."""

    def arguments_of(self, asked: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return the driver's arguments where each value is the list of what everybody gave."""
        return [[values[name] for values in asked] if stated is None else stated for name, stated in self.stated]


def asked_together(**types: TypeEngine[Any]) -> CTE:
    """Return the rows many people ask a stroke with: a column for each value, and `place`, whose row it is.

    An array has no type here, for those of several people are no rectangle: give it as text and cast it.
    """
    given = [bindparam(name, type_=ARRAY(each, dimensions=1)) for name, each in types.items()]
    columns: list[ColumnElement[Any]] = [column(name, each) for name, each in types.items()]
    rows = func.unnest(*given).table_valued(*columns, with_ordinality=PLACE).render_derived()
    return select(rows).cte("asked")


def telling_together(**types: TypeEngine[Any]) -> CTE:
    """Return the rows of `asked_together`, each with the event it will tell."""
    return asked_together(**types, **{name: outbox.c[name].type for name in _OUTBOX_COLUMNS})


def leaving_events(written: CTE, asked: CTE, *, by: str) -> Select[Any]:
    """Return the statement that does what `written` does and leaves the event of each row it returns in the outbox.

    `by` is the column of both that says which row was asked for. Run it with `Strokes.tell`.
    """
    told = (
        insert(outbox)
        .from_select(
            _OUTBOX_COLUMNS,
            select(*(asked.c[name] for name in _OUTBOX_COLUMNS))
            .join_from(asked, written, asked.c[by] == written.c[by])
            .order_by(asked.c[PLACE]),
        )
        .returning(outbox.c.event_id)
        .cte("told")
    )
    return select(asked.c[PLACE]).join_from(asked, told, asked.c.event_id == told.c.event_id)


class Strokes:
    """Runs strokes on one database and wakes the relay after those that told something."""

    def __init__(self, database_url: str, *, name: str, pool_size: int, wake: Callable[[], None]) -> None:
        self._database_url = database_url
        self._name = name
        self._pool_size = pool_size
        self._wake = wake
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._gatherings: dict[CommonStroke, Gathering] = {}

    async def rows(self, stroke: Stroke, **values: Any) -> Sequence[asyncpg.Record]:
        """Return every row a stroke gives."""
        async with self._line() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(stroke.text, *stroke.arguments(values))
            return rows

    async def row(self, stroke: CommonStroke, **values: Any) -> asyncpg.Record | None:
        """Return the row a stroke gives for these values, null when it gives none.

        It is asked with whoever else asks now, and reads what was committed when it was asked.
        """
        return await self._together(stroke, values, apart=None)

    async def tell(self, stroke: CommonStroke, event: Event, *, apart: Hashable, **values: Any) -> UUID | None:
        """Run a stroke made with `leaving_events`; return the id of the event, null when nothing was written.

        When it returns, both are committed. Of those who would write the same row, named by `apart`, one goes after
        the other. A refusal of the database is that of these values: nobody suffers for somebody else's.
        """
        event_id = new_id()
        done = await self._together(stroke, values | outbox_row(event, event_id), apart=apart)
        if done is None:
            return None
        self._wake()
        return event_id

    async def _together(
        self, stroke: CommonStroke, values: Mapping[str, Any], *, apart: Hashable
    ) -> asyncpg.Record | None:
        stroke.arguments(values)  # a value that is not given is the fault of this one alone
        gathering = self._gatherings.get(stroke)
        if gathering is None:

            async def ask(asked: Sequence[Mapping[str, Any]]) -> Mapping[int, asyncpg.Record]:
                async with self._line() as connection:
                    rows = await connection.fetch(stroke.text, *stroke.arguments_of(asked))
                return {row[PLACE] - 1: row for row in rows}

            gathering = self._gatherings[stroke] = Gathering(ask, refusal=_NOTHING_HAPPENED)
        row: asyncpg.Record | None = await gathering.ask(values, apart=apart)
        return row

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
                with suppress(asyncpg.InterfaceError):  # a line that broke has left the pool by itself
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
                    server_settings=server_settings(self._name) | _BY_KEY,
                )
            return self._pool


async def _leave_as_it_is(_connection: asyncpg.Connection) -> None:
    # A stroke leaves nothing behind in its session; resetting it would be a second round trip.
    return
