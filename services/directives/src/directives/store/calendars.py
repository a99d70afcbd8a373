"""Calendars, in and out of PostgreSQL: every version stays, the newest of a year counts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from directives.tables import calendars

_NEWEST = select(calendars).ext(distinct_on(calendars.c.year)).order_by(calendars.c.year, calendars.c.version.desc())
_NEWEST_OF = (
    select(calendars).where(calendars.c.year == bindparam("wanted")).order_by(calendars.c.version.desc()).limit(1)
)
_ADD = insert(calendars).on_conflict_do_nothing().returning(calendars.c.version)


async def find(connection: AsyncConnection, year: int) -> YearOfDays | None:
    """Return the newest version of a year's special days, or null while nobody has entered any."""
    row = (await connection.execute(_NEWEST_OF, {"wanted": year})).one_or_none()
    return None if row is None else _year(row)


async def working_calendar(connection: AsyncConnection) -> WorkingCalendar:
    """Return the calendar of all years somebody entered."""
    return WorkingCalendar([_year(row) for row in await connection.execute(_NEWEST)])


async def add(connection: AsyncConnection, entered: YearOfDays, *, by: UUID, at: datetime) -> bool:
    """Write a new version of a year; say false, and write nothing, when somebody else wrote that version."""
    row = {
        "year": entered.year,
        "version": entered.version,
        "days": [{"day": each.day.isoformat(), "kind": each.kind, "name": each.name} for each in entered.days],
        "changed_by": by,
        "changed_at": at,
    }
    return (await connection.execute(_ADD, row)).scalar() is not None


def _year(row: Row[*tuple[Any, ...]]) -> YearOfDays:
    days = (SpecialDay(date.fromisoformat(each["day"]), each["kind"], each["name"]) for each in row.days)
    return YearOfDays(row.year, row.version, tuple(days))
