"""The calendar at the front door, and deadlines read by it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from chassis.clock import today
from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed
from chassis.text import Line
from chassis.transaction import OpenTransaction
from chassis.workdays import DayKind, SpecialDay, WorkingCalendar, YearOfDays
from directives.domain.deadline import Deadline, Semantics, due, words
from directives.operations import calendars
from directives.problems import CalendarChanged, DayUnfit, DuePhraseUnreadable
from directives.requests import Day, Request, Year

MOST_DAYS = 400
"""How far can be counted in one go: more than a year and a half of working days."""

router = APIRouter()


class DayIn(Request):
    """A special day."""

    day: Day
    kind: DayKind
    name: Line


class CalendarIn(Request):
    """All special days of a year, and the version they were changed from; 0 when nobody had entered any."""

    version: int = Field(strict=True, ge=0, le=1_000_000)
    days: list[DayIn] = Field(max_length=366)


class DayOut(BaseModel):
    """A special day."""

    day: date
    kind: DayKind
    name: str


class CalendarOut(BaseModel):
    """The special days of a year; version 0: nobody has entered it, only holidays that never move are known."""

    year: int
    version: int
    days: list[DayOut]


class CountedOut(BaseModel):
    """A day that was counted by working days."""

    day: date
    years_not_entered: list[int]


class PhraseIn(Request):
    """A deadline as written; without a day of issue, as if it were issued today."""

    due_phrase: Line
    issued_on: Day | None = None


class ReadingOut(BaseModel):
    """One reading of a deadline: the instant, and the words people are shown."""

    semantics: Semantics
    due_at: datetime
    words_vi: str
    words_en: str


class SuggestionOut(ReadingOut):
    """What a deadline means. `last_day` is the last one on which an answer is in time."""

    due_phrase: str
    last_day: date
    is_last_day_worked: bool
    is_year_assumed: bool
    other_reading: ReadingOut | None
    years_not_entered: list[int]


@router.get("/calendars/{year}")
async def read_calendar(_caller: Calling, tx: OpenTransaction, year: Annotated[Year, Path()]) -> CalendarOut:
    """Show the special days of a year."""
    return _shown(await calendars.read_year(tx, year=year))


@router.put("/calendars/{year}", responses=may_raise(NotAllowed, DayUnfit, CalendarChanged))
async def enter_calendar(
    caller: Calling, tx: OpenTransaction, year: Annotated[Year, Path()], asked: CalendarIn
) -> CalendarOut:
    """Replace the special days of a year."""
    days = [SpecialDay(each.day, each.kind, each.name) for each in asked.days]
    return _shown(await calendars.enter_year(tx, year=year, days=days, after=asked.version, by=caller))


@router.get("/working-days")
async def count_working_days(
    _caller: Calling,
    tx: OpenTransaction,
    start: Annotated[Day, Query()],
    days: Annotated[int, Query(ge=-MOST_DAYS, le=MOST_DAYS)],
) -> CountedOut:
    """Count working days after a day, or before it."""
    day, calendar = await calendars.count_working_days(tx, start=start, days=days)
    return CountedOut(day=day, years_not_entered=_not_entered(calendar, start, day))


@router.post("/deadline-suggestions", responses=may_raise(DuePhraseUnreadable))
async def suggest_deadline(_caller: Calling, tx: OpenTransaction, asked: PhraseIn) -> SuggestionOut:
    """Read a deadline as it is written, and show the instant it means. Changes nothing."""
    issued_on = asked.issued_on or today(tx.now)
    found, calendar = await calendars.suggest_deadline(tx, phrase=asked.due_phrase, issued_on=issued_on)
    reading = _reading(found.semantics, found.due_at)
    return SuggestionOut(
        **reading.model_dump(),
        due_phrase=asked.due_phrase,
        last_day=found.last_day,
        is_last_day_worked=calendar.is_working(found.last_day),
        is_year_assumed=found.is_year_assumed,
        other_reading=_other(found),
        years_not_entered=_not_entered(calendar, issued_on, found.last_day),
    )


def _shown(year: YearOfDays) -> CalendarOut:
    days = [DayOut(day=each.day, kind=each.kind, name=each.name) for each in year.days]
    return CalendarOut(year=year.year, version=year.version, days=days)


def _reading(semantics: Semantics, due_at: datetime) -> ReadingOut:
    vi, en = words(due_at)
    return ReadingOut(semantics=semantics, due_at=due_at, words_vi=vi, words_en=en)


def _other(found: Deadline) -> ReadingOut | None:
    # Some offices mean the day itself when they write "before" it; that reading is one click away.
    if found.semantics != "before_date":
        return None
    return _reading("by_end_of_date", due("by_end_of_date", found.due_at.date()))


def _not_entered(calendar: WorkingCalendar, *days: date) -> list[int]:
    return [year for year in range(min(days).year, max(days).year + 1) if not calendar.is_entered(year)]
