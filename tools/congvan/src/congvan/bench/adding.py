"""How fast reporting adds up: facts folded, beside the same rows written by themselves; totals read and made anew.

`python -m congvan.bench.adding` with a plan as a line of JSON on its standard input: a province of so many schools that
all owe figures, in a database made for it. The events are made here and taken in through the service's own letterbox, a
batch in one transaction, as many batches at once as the service takes in of a burst, from their bytes to the commit; no
stream carries them. It ends with one line of JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4, uuid5

import asyncpg
import uvloop

from chassis.consuming import Letter, read_event, take_in_letters
from chassis.frame import Frame
from chassis.porch import Role
from chassis.roles import look_for_garbage_seldom
from chassis.transaction import new_id
from congvan.bench.looking_up import looked_up, rebuilt, tabulated
from contracts.asked import IndicatorAsked
from contracts.directives import DirectiveIssued, ObligationOpened
from contracts.directory import UnitChanged, UnitRelation, UnitVersion
from contracts.event import Event, seal
from contracts.requirement import RequirementIssued
from contracts.submissions import StatedValue, SubmissionSubmitted
from reporting.main import MIGRATIONS, create_frame
from reporting.settings import Settings

BATCH = 64
"""As the letterbox takes them in."""
TOGETHER = 4
"""Batches of one turn: a burst."""
SEEDED = 512
"""So many at a time while the ground is laid, which is not measured."""
SCHOOLS_OF_A_COMMUNE = 14
PERIOD = "2025-2026"
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DAY = date(2026, 5, 31)
T = TypeVar("T")
CHANGED = ("inbox", "answers", "answer_values", "contributions", "aggregates", "outbox")


class Province:
    """A department, its communes, their schools, and one requirement all schools owe."""

    def __init__(self, schools: int, indicators: int) -> None:
        self.requirement_id, self.directive_id = uuid4(), uuid4()
        self.communes = [f"C{number}" for number in range(max(1, schools // SCHOOLS_OF_A_COMMUNE))]
        self.above = {f"S{number}": self.communes[number % len(self.communes)] for number in range(schools)}
        self.indicators = [f"stem.figure_{number}" for number in range(indicators)]
        self._random = random.Random(schools)  # noqa: S311  made-up figures

    def units(self) -> list[Event]:
        """Return what the directory tells."""
        told: list[Event] = [_unit("D", "so_gddt", None, ())]
        told += [_unit(commune, "phong_vhxh", "D", ()) for commune in self.communes]
        return told + [_unit(school, "thcs", above, ("lower_secondary",)) for school, above in self.above.items()]

    def issued(self) -> DirectiveIssued:
        """Return the directive."""
        return DirectiveIssued(
            occurred_at=NOW,
            directive_id=self.directive_id,
            version=1,
            issuer_unit_id="D",
            document_type="official_letter",
            code="1/SGDĐT",
            subject="V/v",
            issued_on=NOW.date(),
            requirements=(
                RequirementIssued(
                    requirement_id=self.requirement_id,
                    kind="report",
                    title="Báo cáo",
                    as_of=DAY,
                    periods=(PERIOD,),
                    indicators=tuple(
                        IndicatorAsked(code=code, name=code, type="int", unit_of_measure="bài")
                        for code in self.indicators
                    ),
                    sections=(),
                    media=None,
                    due_phrase="trước ngày 15/12/2026",
                    due_at=NOW,
                    cut_off_at=None,
                    closes_at=None,
                ),
            ),
        )

    def obligation_id(self, school: str) -> UUID:
        """Return the id of what a school owes."""
        return uuid5(self.requirement_id, school)

    def opened(self) -> list[Event]:
        """Return who owes."""
        return [
            ObligationOpened(
                occurred_at=NOW,
                obligation_id=self.obligation_id(school),
                version=1,
                directive_id=self.directive_id,
                requirement_id=self.requirement_id,
                issuer_unit_id="D",
                unit_id=school,
                answering_unit_id=school,
                due_at=NOW,
            )
            for school in self.above
        ]

    def submitted(self, schools: Sequence[str], number: int) -> list[Event]:
        """Return an answer of each of these schools: its version `number`."""
        return [
            SubmissionSubmitted(
                occurred_at=NOW,
                submission_id=uuid5(self.obligation_id(school), "answer"),
                version=number,
                obligation_id=self.obligation_id(school),
                directive_id=self.directive_id,
                requirement_id=self.requirement_id,
                unit_id=school,
                answering_unit_id=school,
                number=number,
                submitted_by=uuid4(),
                is_late=False,
                is_nil=False,
                values=tuple(
                    StatedValue(indicator=code, period=PERIOD, value=self._random.randrange(1, 100))
                    for code in self.indicators
                ),
                media_ids=(),
            )
            for school in schools
        ]


def _unit(unit_id: str, unit_type: str, above: str | None, levels: tuple[str, ...]) -> UnitChanged:
    since = date(2005, 1, 1)
    return UnitChanged(
        occurred_at=NOW,
        unit_id=unit_id,
        version=1,
        versions=(
            UnitVersion(
                valid_from=since, valid_to=None, unit_type=unit_type, name=unit_id, short_name=unit_id, levels=levels
            ),
        ),
        relations=(UnitRelation(kind="reporting", parent_id=above, valid_from=since, valid_to=None),) if above else (),
        lineage=(),
    )


async def _take_in(frame: Frame, durable: str, bodies: Sequence[bytes]) -> None:
    box = frame.desk.boxes[durable]
    letters = []
    for body in bodies:
        envelope, event = read_event(box, body)
        letters.append(Letter(envelope.id, event, body))
    async with frame.transactions.begin() as tx:
        await take_in_letters(tx, box, letters)


def _sealed(events: Sequence[Event]) -> list[bytes]:
    return [seal(each, event_id=new_id()) for each in events]


def _in_batches(all_of_them: Sequence[T], size: int) -> list[Sequence[T]]:
    return [all_of_them[first : first + size] for first in range(0, len(all_of_them), size)]


class Round:
    """Batches of answers, each folded and then written once more by its rows alone, into tables of the same content."""

    def __init__(self, frame: Frame, connection: asyncpg.Connection, province: Province) -> None:
        self._frame, self._connection, self._province = frame, connection, province

    async def prepare(self) -> None:
        """Copy the tables as they are now."""
        await self._connection.execute("TRUNCATE outbox, inbox; CREATE SCHEMA raw")
        for table in CHANGED:
            await self._connection.execute(
                f"CREATE TABLE raw.{table} (LIKE public.{table} INCLUDING ALL);"
                f"INSERT INTO raw.{table} OVERRIDING SYSTEM VALUE SELECT * FROM public.{table}"
            )
        await self._connection.execute("ANALYZE")
        await self._connection.execute("CHECKPOINT")
        look_for_garbage_seldom()  # as the service does when it begins to serve

    async def measure(self, batches: Sequence[Sequence[str]], number: int) -> tuple[float, float]:
        """Return the seconds these answers took, a version `number` of each school, folded and as rows alone."""
        waiting = iter([_sealed(self._province.submitted(schools, number)) for schools in batches])

        async def fold() -> None:
            for bodies in waiting:
                await _take_in(self._frame, "reporting-answers", bodies)

        begun = time.perf_counter()
        await asyncio.gather(*(fold() for _ in range(self._frame.desk.boxes["reporting-answers"].at_once)))
        folding = time.perf_counter() - begun
        written = await self._written(batches)
        begun = time.perf_counter()
        for tables in written:
            async with self._connection.transaction():
                for statement, rows in tables:
                    await self._connection.executemany(statement, rows)
        return folding, time.perf_counter() - begun

    async def _written(self, batches: Sequence[Sequence[str]]) -> list[list[tuple[str, list[tuple[Any, ...]]]]]:
        """Return what was written, for each batch the rows of each table."""
        entered = await self._connection.fetch("SELECT * FROM public.inbox")
        left = await self._connection.fetch("SELECT * FROM public.outbox ORDER BY position")
        await self._connection.execute("TRUNCATE public.inbox, public.outbox")
        found = []
        for schools in batches:
            written = await self._rows_of(schools)
            # Each batch told once of each aggregate it wrote, and entered each of its letters.
            aside = {"inbox": len(schools), "outbox": len(written["aggregates"])}
            written["inbox"], entered = entered[: aside["inbox"]], entered[aside["inbox"] :]
            written["outbox"], left = left[: aside["outbox"]], left[aside["outbox"] :]
            found.append(
                [
                    (_statement(table, list(written[table][0].keys())), [tuple(row) for row in written[table]])
                    for table in CHANGED
                ]
            )
        assert not entered  # noqa: S101  else rows were folded that are not written alone
        assert not left  # noqa: S101  as above
        return found

    async def _rows_of(self, schools: Sequence[str]) -> dict[str, list[asyncpg.Record]]:
        ids = [self._province.obligation_id(school) for school in schools]
        units = sorted({self._province.above[school] for school in schools} | {"D"})
        written = {}
        for table in ("answers", "contributions"):
            chosen = f"SELECT * FROM public.{table} WHERE obligation_id = ANY($1)"
            written[table] = await self._connection.fetch(chosen, ids)
        chosen = "SELECT stated.* FROM public.answer_values stated JOIN public.answers USING (obligation_id, number)"
        written["answer_values"] = await self._connection.fetch(f"{chosen} WHERE obligation_id = ANY($1)", ids)
        chosen = "SELECT * FROM public.aggregates WHERE unit_id = ANY($1)"
        written["aggregates"] = await self._connection.fetch(chosen, units)
        return written


async def measure(plan: dict[str, Any]) -> None:
    """Lay the ground, let `before` schools answer, fold a batch for each line that comes; then read, and rebuild."""
    province = Province(plan["schools"], plan["indicators"])
    frame = create_frame(_settings(plan), frozenset({Role.API}))
    await MIGRATIONS.upgrade(plan["url"])
    schools = list(province.above)
    try:
        laid = [
            ("reporting-units", province.units()),
            ("reporting-directives", [province.issued(), *province.opened()]),
            ("reporting-answers", province.submitted(schools[: plan["before"]], 1)),
        ]
        for durable, events in laid:
            for bodies in _in_batches(_sealed(events), SEEDED):
                await _take_in(frame, durable, bodies)
        waiting = _turns(schools, plan["before"])
        connection = await asyncpg.connect(plan["url"])
        try:
            turns = Round(frame, connection, province)
            await turns.prepare()
            _say({"facts": plan["before"] * plan["indicators"]})
            while await asyncio.to_thread(sys.stdin.readline):
                batches, number = next(waiting)
                folded, written = await turns.measure(batches, number)
                _say({"answers": sum(map(len, batches)), "folded_s": folded, "written_s": written})
            found = await looked_up(frame, province.requirement_id, PERIOD, ("D", *province.communes[:50]))
        finally:
            await connection.close()
        _say({**found, **await tabulated(frame, province.requirement_id, _settings(plan)), **await rebuilt(frame)})
    finally:
        await frame.engine.dispose()


def _turns(schools: Sequence[str], answered: int) -> Iterator[tuple[list[Sequence[str]], int]]:
    """Yield the batches of each turn: first answers, then corrections of all of them, and so on."""
    waiting, number = list(schools[answered:]), 1
    while True:
        if len(waiting) < BATCH * TOGETHER:
            waiting, number = list(schools), number + 1
        yield _in_batches(waiting[: BATCH * TOGETHER], BATCH), number
        waiting = waiting[BATCH * TOGETHER :]


def _say(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def _statement(table: str, columns: Sequence[str]) -> str:
    keys = {
        "inbox": ("durable", "event_id"),
        "answers": ("obligation_id",),
        "answer_values": ("obligation_id", "number"),
        "contributions": ("obligation_id",),
        "aggregates": ("requirement_id", "unit_id", "period", "relation"),
        "outbox": ("position",),
    }[table]
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    # Nothing here comes from outside: names of our own tables and columns.
    return (
        f"INSERT INTO raw.{table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE VALUES ({places}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"
    )


def _settings(plan: dict[str, Any]) -> Settings:
    return Settings(
        http_host="127.0.0.1",
        http_port=0,
        database_url=plan["url"],
        nats_url="nats://127.0.0.1:1",
        nats_seed=plan["seed"],
        streams_file=plan["streams_file"],
        directory_url="http://127.0.0.1:1",
    )


def main() -> None:
    """Read the plan, measure, tell."""
    plan: dict[str, Any] = json.loads(sys.stdin.readline())
    uvloop.run(measure(plan))  # the loop the services run on


if __name__ == "__main__":
    main()
