"""Calendars of periods at the front door, and what would be asked by them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.clock import today
from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound
from chassis.text import Line, Period, UnitId
from chassis.transaction import OpenTransaction
from chassis.workdays import WorkingCalendar
from directives.api.trees import KnownTree
from directives.domain.deadline import last_day, words
from directives.domain.periods import MOST_PERIODS, CalendarKind, Dated, PeriodCalendar, suggested
from directives.domain.periods import Period as PeriodOfTime
from directives.file_requests import SectionCode
from directives.operations import periods
from directives.problems import PeriodCalendarChanged, PeriodsUnfit, UnknownUnits
from directives.requests import Day, FrequencyIn, Request

router = APIRouter()


class PeriodIn(Request):
    """A period; both days belong to it."""

    code: Period
    name: Line
    starts_on: Day
    ends_on: Day


class PeriodCalendarIn(Request):
    """A calendar to be kept, and the version it was changed from; 0 for a new one."""

    version: int = Field(strict=True, ge=0, le=1_000_000)
    name: Line
    kind: CalendarKind
    periods: list[PeriodIn] = Field(max_length=MOST_PERIODS)

    def calendar(self, issuer_unit_id: str, code: str) -> PeriodCalendar:
        """Return it as the domain knows it."""
        return PeriodCalendar(
            issuer_unit_id=issuer_unit_id,
            code=code,
            version=self.version,
            name=self.name,
            kind=self.kind,
            periods=tuple(PeriodOfTime(each.code, each.name, each.starts_on, each.ends_on) for each in self.periods),
        )


class PeriodOut(BaseModel):
    """A period."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    starts_on: date
    ends_on: date


class PeriodCalendarOut(BaseModel):
    """A calendar in its newest version."""

    model_config = ConfigDict(from_attributes=True)

    issuer_unit_id: str
    code: str
    version: int
    name: str
    kind: CalendarKind
    periods: tuple[PeriodOut, ...]


class PeriodCalendarsOut(BaseModel):
    """The calendars of an issuer, by code."""

    calendars: list[PeriodCalendarOut]


class SuggestedOut(BaseModel):
    """The periods of a regular calendar."""

    periods: list[PeriodOut]


class PeriodPreviewIn(Request):
    """What would be asked by which calendar; without a day of issue, as if it were issued today."""

    issuer_unit_id: UnitId
    frequency: FrequencyIn
    issued_on: Day | None = None


class DatedOut(PeriodOut):
    """A period with its instants; `is_last_day_worked`: whether the last day on which an answer is in time is one."""

    cut_off_at: datetime
    due_at: datetime
    closes_at: datetime | None
    due_words_vi: str
    due_words_en: str
    last_day: date
    is_last_day_worked: bool


class PeriodPreviewOut(BaseModel):
    """The periods something would be asked by; those that have begun by the day of issue are asked with it."""

    issued_on: date
    periods: list[DatedOut]
    asked_at_issue: list[str]
    years_not_entered: list[int]
    """Years whose special days nobody has entered: their instants may still move until the period begins."""


class PeriodOfRequirementOut(DatedOut):
    """A period of a requirement; `opened_at` null: it has not begun, and its instants are what they would be now."""

    requirement_id: UUID
    opened_at: datetime | None


class PeriodsOfDirectiveOut(BaseModel):
    """The periods a directive asks by."""

    periods: list[PeriodOfRequirementOut]


@router.get("/period-calendars/{issuer_unit_id}", responses=may_raise(NotAllowed))
async def list_calendars(caller: Calling, tx: OpenTransaction, issuer_unit_id: UnitId) -> PeriodCalendarsOut:
    """List the calendars of periods an issuer keeps, each in its newest version."""
    found = await periods.list_calendars(tx, issuer_unit_id=issuer_unit_id, by=caller)
    return PeriodCalendarsOut(calendars=[PeriodCalendarOut.model_validate(each) for each in found])


@router.put(
    "/period-calendars/{issuer_unit_id}/{code}",
    responses=may_raise(NotAllowed, UnknownUnits, PeriodsUnfit, PeriodCalendarChanged),
)
async def keep_calendar(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    issuer_unit_id: UnitId,
    code: Annotated[SectionCode, Path()],
    asked: PeriodCalendarIn,
) -> PeriodCalendarOut:
    """Keep a calendar of periods; what was issued by an older version stays as it was."""
    kept = await periods.keep_calendar(tx, calendar=asked.calendar(issuer_unit_id, code), tree=tree, by=caller)
    return PeriodCalendarOut.model_validate(kept)


class SpanIn(BaseModel):
    """Which regular calendar, and the days its periods end in."""

    model_config = ConfigDict(extra="forbid")

    kind: CalendarKind
    first_on: Day
    last_on: Day

    @model_validator(mode="after")
    def _is_a_few_years(self) -> Self:
        if not 0 <= (self.last_on - self.first_on).days <= MOST_PERIODS * 30:
            raise ValueError("từ ngày đến ngày, không quá mười năm / from a day to a later one, ten years at most")
        return self


@router.get("/period-suggestions")
async def suggest_periods(_caller: Calling, asked: Annotated[SpanIn, Query()]) -> SuggestedOut:
    """Show the periods of a regular calendar; for those somebody has to decide on, none."""
    found = suggested(asked.kind, asked.first_on, asked.last_on)
    return SuggestedOut(periods=[PeriodOut.model_validate(each) for each in found])


@router.post("/period-previews", responses=may_raise(NotAllowed, PeriodsUnfit))
async def preview_periods(caller: Calling, tx: OpenTransaction, asked: PeriodPreviewIn) -> PeriodPreviewOut:
    """Show by which periods something would be asked, and when each answer is due. Changes nothing."""
    issued_on = asked.issued_on or today(tx.now)
    found, calendar = await periods.preview_periods(
        tx,
        issuer_unit_id=asked.issuer_unit_id,
        frequency=asked.frequency.frequency(),
        issued_on=issued_on,
        by=caller,
    )
    years = range(issued_on.year, max(last_day(each.due_at) for each in found).year + 1)
    return PeriodPreviewOut(
        issued_on=issued_on,
        periods=[DatedOut(**_dated(each, calendar)) for each in found],
        asked_at_issue=[each.period.code for each in found if each.period.starts_on <= issued_on],
        years_not_entered=[year for year in years if not calendar.is_entered(year)],
    )


@router.get("/directives/{directive_id}/periods", responses=may_raise(NotFound))
async def periods_of_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID
) -> PeriodsOfDirectiveOut:
    """Show the periods a directive asks by."""
    found, calendar = await periods.periods_of_directive(tx, directive_id=directive_id, tree=tree, by=caller)
    return PeriodsOfDirectiveOut(
        periods=[
            PeriodOfRequirementOut(
                **_dated(each.dated, calendar), requirement_id=each.requirement_id, opened_at=each.opened_at
            )
            for each in found
        ]
    )


def _dated(found: Dated, calendar: WorkingCalendar) -> dict[str, object]:
    vi, en = words(found.due_at)
    last = last_day(found.due_at)
    return {
        "code": found.period.code,
        "name": found.period.name,
        "starts_on": found.period.starts_on,
        "ends_on": found.period.ends_on,
        "cut_off_at": found.cut_off_at,
        "due_at": found.due_at,
        "closes_at": found.closes_at,
        "due_words_vi": vi,
        "due_words_en": en,
        "last_day": last,
        "is_last_day_worked": calendar.is_working(last),
    }
