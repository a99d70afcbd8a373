"""Calendars of periods, and the periods that what was issued is asked by, in and out of PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directives.domain.periods import Dated, Period, PeriodCalendar
from directives.period_tables import asked_periods
from directives.period_tables import period_calendars as calendars
from directives.tables import directives, obligations, requirements

_OF_ISSUER = (
    select(calendars)
    .where(calendars.c.issuer_unit_id == bindparam("issuer"))
    .ext(distinct_on(calendars.c.code))
    .order_by(calendars.c.code, calendars.c.version.desc())
)
_NEWEST = (
    select(calendars)
    .where(calendars.c.issuer_unit_id == bindparam("issuer"), calendars.c.code == bindparam("wanted"))
    .order_by(calendars.c.version.desc())
    .limit(1)
)
_ADD = upsert(calendars).on_conflict_do_nothing().returning(calendars.c.version)
_ASKED = (
    select(asked_periods)
    .where(asked_periods.c.requirement_id == any_(bindparam("these", type_=ARRAY(Uuid))))
    .order_by(asked_periods.c.starts_on)
)
# Of directives that are in force: nothing further is asked by one that was recalled, replaced or closed.
_TO_LOOK_AT = (
    select(requirements.c.directive_id, func.min(asked_periods.c.starts_on).label("earliest"))
    .join_from(asked_periods, requirements, requirements.c.requirement_id == asked_periods.c.requirement_id)
    .join(directives, directives.c.directive_id == requirements.c.directive_id)
    .where(
        asked_periods.c.starts_on <= bindparam("day"),
        or_(asked_periods.c.opened_at.is_(None), asked_periods.c.ends_on >= bindparam("day")),
        directives.c.recalled_at.is_(None),
        directives.c.replaced_at.is_(None),
        directives.c.closed_at.is_(None),
    )
    .group_by(requirements.c.directive_id)
    .order_by("earliest", requirements.c.directive_id)
)
_OPENED = (
    update(asked_periods)
    .where(asked_periods.c.requirement_id == bindparam("asked"), asked_periods.c.period == bindparam("code"))
    .values(opened_at=bindparam("at"), due_at=bindparam("due"), closes_at=bindparam("closes"))
)
_OWING = select(obligations.c.unit_id).where(
    obligations.c.requirement_id == bindparam("asked"), obligations.c.period == bindparam("code")
)
_DUE = update(requirements).where(requirements.c.requirement_id == bindparam("asked")).values(due_at=bindparam("due"))


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """A period an issued requirement is asked by; without instants as long as it was not opened."""

    requirement_id: UUID
    period: Period
    opened_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None

    @property
    def dated(self) -> Dated | None:
        """Return it with its instants, or null while it was not opened."""
        return None if self.due_at is None else Dated(self.period, self.due_at, self.closes_at)


async def of_issuer(connection: AsyncConnection, issuer_unit_id: str) -> list[PeriodCalendar]:
    """Return the newest version of every calendar of an issuer, by code."""
    return [_calendar(row) for row in await connection.execute(_OF_ISSUER, {"issuer": issuer_unit_id})]


async def find(connection: AsyncConnection, issuer_unit_id: str, code: str) -> PeriodCalendar | None:
    """Return the newest version of a calendar, or null while there is none."""
    row = (await connection.execute(_NEWEST, {"issuer": issuer_unit_id, "wanted": code})).one_or_none()
    return None if row is None else _calendar(row)


async def add(connection: AsyncConnection, calendar: PeriodCalendar, *, by: UUID, at: datetime) -> bool:
    """Write a new version of a calendar; say false, and write nothing, when somebody else wrote that version."""
    row = {
        "issuer_unit_id": calendar.issuer_unit_id,
        "code": calendar.code,
        "version": calendar.version,
        "name": calendar.name,
        "kind": calendar.kind,
        "periods": [
            [each.code, each.name, each.starts_on.isoformat(), each.ends_on.isoformat()] for each in calendar.periods
        ],
        "kept_by": by,
        "kept_at": at,
    }
    return (await connection.execute(_ADD, row)).scalar() is not None


async def freeze(connection: AsyncConnection, requirement_id: UUID, periods: Sequence[Dated]) -> None:
    """Write the periods a requirement is asked by from now on, none of them opened, and when its first one is due."""
    await connection.execute(
        insert(asked_periods),
        [
            {
                "requirement_id": requirement_id,
                "period": each.period.code,
                "name": each.period.name,
                "starts_on": each.period.starts_on,
                "ends_on": each.period.ends_on,
            }
            for each in periods
        ],
    )
    await connection.execute(_DUE, {"asked": requirement_id, "due": periods[0].due_at})


async def asked(connection: AsyncConnection, requirement_ids: Collection[UUID]) -> dict[UUID, list[AskedPeriod]]:
    """Return the periods these requirements are asked by, in order."""
    found: dict[UUID, list[AskedPeriod]] = {}
    for row in await connection.execute(_ASKED, {"these": list(requirement_ids)}):
        period = Period(row.period, row.name, row.starts_on, row.ends_on)
        each = AskedPeriod(row.requirement_id, period, row.opened_at, row.due_at, row.closes_at)
        found.setdefault(row.requirement_id, []).append(each)
    return found


async def directives_to_look_at(connection: AsyncConnection, day: date) -> list[UUID]:
    """Return the directives in force that ask by a period which runs on a day, or should have been opened by then."""
    return list((await connection.execute(_TO_LOOK_AT, {"day": day})).scalars())


async def note_opened(connection: AsyncConnection, requirement_id: UUID, dated: Dated, at: datetime) -> None:
    """Write that a period was opened, and the instants its obligations have."""
    row = {"asked": requirement_id, "code": dated.period.code, "at": at, "due": dated.due_at, "closes": dated.closes_at}
    await connection.execute(_OPENED, row)


async def owing(connection: AsyncConnection, requirement_id: UUID, period: str) -> set[str]:
    """Return the units that owe the answer of a period already, or did."""
    return set((await connection.execute(_OWING, {"asked": requirement_id, "code": period})).scalars())


def _calendar(row: Row[*tuple[Any, ...]]) -> PeriodCalendar:
    return PeriodCalendar(
        issuer_unit_id=row.issuer_unit_id,
        code=row.code,
        version=row.version,
        name=row.name,
        kind=row.kind,
        periods=tuple(
            Period(code, name, date.fromisoformat(starts_on), date.fromisoformat(ends_on))
            for code, name, starts_on, ends_on in row.periods
        ),
    )
