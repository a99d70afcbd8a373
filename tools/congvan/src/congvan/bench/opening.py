"""What PostgreSQL takes at least to open obligations, and to number: the rows and the commits, and nothing else."""

import asyncio
import time
from uuid import uuid4

import asyncpg
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from chassis.tables import outbox
from chassis.transaction import new_id

DATABASE = "bench_opening"
TABLES = """
CREATE TABLE obligations (obligation_id uuid PRIMARY KEY, directive_id uuid NOT NULL, requirement_id uuid NOT NULL,
    unit_id text NOT NULL, answering_unit_id text NOT NULL, answers_as text NOT NULL, due_at timestamptz NOT NULL,
    UNIQUE (requirement_id, unit_id));
CREATE INDEX ON obligations (directive_id);
CREATE INDEX ON obligations (unit_id);
CREATE INDEX ON obligations (answering_unit_id);
CREATE TABLE registers (register text PRIMARY KEY, next_number integer NOT NULL);
INSERT INTO registers VALUES ('all', 1);
"""
OPEN = """
INSERT INTO obligations
SELECT o, $2, $3, u, u, 'itself', now() FROM unnest($1::uuid[], $4::text[]) AS given (o, u)
"""
TELL = """
INSERT INTO outbox (event_id, about, subject, body, traceparent)
SELECT e, a, 'directives.obligation.opened.v1.' || a, convert_to($3, 'UTF8'), NULL
FROM unnest($1::uuid[], $2::text[]) AS given (e, a)
"""
DRAW = "UPDATE registers SET next_number = next_number + 1 WHERE register = 'all' RETURNING next_number - 1"
EVENT = "x" * 700
"""As long as the event that tells of one obligation."""


async def make_database(superuser_url: str) -> str:
    """Make the empty database anew; return its URL."""
    admin = await asyncpg.connect(superuser_url)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await admin.close()
    url = f"{superuser_url.rpartition('/')[0]}/{DATABASE}"
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(TABLES)
        dialect = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
        await connection.execute(str(CreateTable(outbox).compile(dialect=dialect)))
    finally:
        await connection.close()
    return url


async def open_obligations(url: str, count: int) -> float:
    """Return the seconds one transaction takes that writes so many obligations and an event for each."""
    connection = await asyncpg.connect(url)
    try:
        units = [f"U-{number:06}" for number in range(count)]
        begun = time.perf_counter()
        async with connection.transaction():
            ids = [new_id() for _ in units]
            await connection.execute(OPEN, ids, uuid4(), uuid4(), units)
            await connection.execute(TELL, [new_id() for _ in units], [str(each) for each in ids], EVENT)
        return time.perf_counter() - begun
    finally:
        await connection.close()


async def draw_numbers(url: str, count: int) -> float:
    """Return the seconds so many connections take to draw a number each, all at once, a commit for each."""
    opened = [await asyncpg.connect(url) for _ in range(count)]
    try:
        begun = time.perf_counter()
        await asyncio.gather(*(each.fetchval(DRAW) for each in opened))
        return time.perf_counter() - begun
    finally:
        for each in opened:
            await each.close()
