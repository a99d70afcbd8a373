"""Which days are worked, and the steps of the province, in and out of PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from contracts.directives import CalendarEntered
from notify.reminding.ladder import DEFAULT_LADDER, Awaited, Ladder, Step, Timetable
from notify.reminding.tables import ladders, working_years

_new_year = insert(working_years)
_PUT_YEAR = _new_year.on_conflict_do_update(
    index_elements=[working_years.c.year],
    set_={each: _new_year.excluded[each] for each in ("version", "days")},
    where=working_years.c.version < _new_year.excluded.version,
).returning(working_years.c.year)


async def put_years(connection: AsyncConnection, told: Sequence[CalendarEntered]) -> bool:
    """Keep the newest version of each year; `told` names each at most once. Say whether any was new."""
    rows = [
        {
            "year": each.year,
            "version": each.version,
            "days": [[special.day.isoformat(), special.kind] for special in each.days],
        }
        for each in sorted(told, key=lambda each: each.year)
    ]
    return bool(rows) and bool((await connection.execute(_PUT_YEAR, rows)).scalars().all())


async def working_calendar(connection: AsyncConnection) -> WorkingCalendar:
    """Return the calendar of all years that were told; of the others the holidays that never move are known."""
    years = (await connection.execute(select(working_years))).all()
    return WorkingCalendar(
        YearOfDays(
            row.year, row.version, tuple(SpecialDay(date.fromisoformat(day), kind, "") for day, kind in row.days)
        )
        for row in years
    )


async def ladder(connection: AsyncConnection) -> Ladder:
    """Return the steps the province has chosen, or where it has chosen none those of the code."""
    rows = (await connection.execute(select(ladders.c.awaited, ladders.c.steps))).all()
    chosen = {
        cast("Awaited", row.awaited): tuple(
            Step(each["days"], time.fromisoformat(each["at"]), tuple(each["to"])) for each in row.steps
        )
        for row in rows
    }
    return {**DEFAULT_LADDER, **chosen}


async def timetable(connection: AsyncConnection) -> Timetable:
    """Return the steps on the days that are worked, as both are now."""
    return Timetable(await ladder(connection), await working_calendar(connection))


async def put_steps(
    connection: AsyncConnection, awaited: Awaited, steps: Sequence[Step], *, by: UUID, now: datetime
) -> None:
    """Keep the steps the province has chosen."""
    new = insert(ladders).values(
        awaited=awaited,
        steps=[{"days": each.days, "at": f"{each.at:%H:%M}", "to": list(each.to)} for each in steps],
        changed_by=by,
        changed_at=now,
    )
    chosen = {each: new.excluded[each] for each in ("steps", "changed_by", "changed_at")}
    await connection.execute(new.on_conflict_do_update(index_elements=[ladders.c.awaited], set_=chosen))
