"""What PostgreSQL takes at most from one Python program: a row and an event per commit, and nothing else.

`python -m congvan.bench.ceiling` with a plan as a line of JSON on its standard input: so many connections, each in a
loop of `BEGIN`, one insert of a row as large as an answer, one insert into an outbox as large as its event, `COMMIT`.
No HTTP, no validation, no reading. It says `begin`, `end` and, once its input ends, the outcome, as `sender` does.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from chassis.tables import outbox
from chassis.transaction import new_id

CONNECTIONS = 8
DATABASE = "bench_ceiling"
ROW = """CREATE TABLE answers (
    submission_id uuid NOT NULL, number integer NOT NULL, version bigint NOT NULL, submitted_by uuid NOT NULL,
    submitted_at timestamptz NOT NULL, idempotency_key text NOT NULL, request_digest bytea NOT NULL,
    is_late boolean NOT NULL, is_nil boolean NOT NULL, stated jsonb NOT NULL, narrative jsonb NOT NULL,
    PRIMARY KEY (submission_id, number))"""
INSERT_ROW = "INSERT INTO answers VALUES ($1, 1, 1, $2, $3, $4, $5, false, false, $6, $7)"
INSERT_EVENT = "INSERT INTO outbox (event_id, about, subject, body, traceparent) VALUES ($1, $2, $3, $4, $5)"


@dataclass(frozen=True)
class Written:
    """The bytes of one answer, as the platform writes them."""

    stated: str
    narrative: str
    subject: str
    event: str


@dataclass
class Reached:
    """What was reached: commits in the measured time and in all, the milliseconds of each, processor seconds."""

    commits: int = 0
    commits_in_all: int = 0
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0


async def make_database(superuser_url: str, url: str) -> None:
    """Make the empty database anew, at `url`."""
    admin = await asyncpg.connect(superuser_url)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await admin.close()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(ROW)
        dialect = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
        await connection.execute(str(CreateTable(outbox).compile(dialect=dialect)))
    finally:
        await connection.close()


async def commit(
    url: str,
    written: Written,
    *,
    connections: int,
    warm_up_s: float,
    seconds: float,
    before_closing: Callable[[], object] = lambda: None,
) -> Reached:
    """Commit as fast as it goes; `before_closing` may wait until somebody has looked at the backends that served us."""
    reached = Reached()
    opened = [await asyncpg.connect(url) for _ in range(connections)]
    begin = time.perf_counter() + warm_up_s
    end = begin + seconds

    async def drive(connection: asyncpg.Connection) -> None:
        row, event = await connection.prepare(INSERT_ROW), await connection.prepare(INSERT_EVENT)
        person, digest, body = uuid4(), bytes(32), written.event.encode()
        trace = "00-" + 32 * "a" + "-" + 16 * "b" + "-01"
        while (started := time.perf_counter()) < end:
            answer: UUID = new_id()
            async with connection.transaction():
                await row.fetch(
                    answer, person, datetime.now(UTC), uuid4().hex, digest, written.stated, written.narrative
                )
                await event.fetch(new_id(), str(answer), written.subject, body, trace)
            done = time.perf_counter()
            reached.commits_in_all += 1
            if started >= begin and done <= end:
                reached.commits += 1
                reached.milliseconds.append((done - started) * 1000)

    async def announce() -> None:
        await asyncio.sleep(max(0.0, begin - time.perf_counter()))
        _say("begin")
        before = time.process_time()
        await asyncio.sleep(max(0.0, end - time.perf_counter()))
        _say("end")
        reached.cpu_s = time.process_time() - before

    try:
        await asyncio.gather(announce(), *(drive(each) for each in opened))
        before_closing()
    finally:
        for each in opened:
            await each.close()
    reached.seconds = seconds
    return reached


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the plan, commit, tell."""
    plan: dict[str, Any] = json.loads(sys.stdin.readline())
    reached = asyncio.run(
        commit(
            plan["url"],
            Written(**plan["written"]),
            connections=plan["connections"],
            warm_up_s=plan["warm_up_s"],
            seconds=plan["seconds"],
            before_closing=sys.stdin.read,
        )
    )
    _say(json.dumps(asdict(reached)))


if __name__ == "__main__":
    main()
