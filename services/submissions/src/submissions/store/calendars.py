"""Which days are worked, as directives told it, in and out of PostgreSQL."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.transaction import Transaction
from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from contracts.directives import CalendarEntered
from submissions.tables import working_years

_put = insert(working_years)
_PUT = _put.on_conflict_do_update(
    index_elements=[working_years.c.year],
    set_={"version": _put.excluded.version, "days": _put.excluded.days},
    where=working_years.c.version < _put.excluded.version,
)


async def put_years(tx: Transaction, told: Sequence[CalendarEntered]) -> None:
    """Keep the newest version of each year; `told` names each at most once."""
    rows = [
        {
            "year": each.year,
            "version": each.version,
            "days": [[special.day.isoformat(), special.kind] for special in each.days],
        }
        for each in told
    ]
    if rows:
        await tx.connection.execute(_PUT, rows)


async def working_calendar(tx: Transaction) -> WorkingCalendar:
    """Return the calendar of all years that were told; of the others the holidays that never move are known."""
    years = (await tx.connection.execute(select(working_years))).all()
    return WorkingCalendar(
        YearOfDays(
            row.year, row.version, tuple(SpecialDay(date.fromisoformat(day), kind, "") for day, kind in row.days)
        )
        for row in years
    )
