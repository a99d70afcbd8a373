"""What people do with the calendar: enter a year, look at it, count by it, read a deadline."""

from collections.abc import Iterable
from datetime import date

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from contracts.directives import CalendarEntered, DayEntered
from directives import store
from directives.domain import deadline
from directives.domain.calendar import arranged, not_entered
from directives.domain.deadline import Deadline
from directives.problems import CalendarChanged


async def read_year(tx: Transaction, *, year: int) -> YearOfDays:
    """Return the special days of a year; of one nobody entered, the holidays that never move."""
    return await store.calendars.find(tx.connection, year) or not_entered(year)


async def enter_year(tx: Transaction, *, year: int, days: Iterable[SpecialDay], after: int, by: Caller) -> YearOfDays:
    """Replace the special days of a year, seen at version `after`; the whole province counts by them from now on.

    Entering what is entered already changes nothing. Deadlines that were set do not move: an instant is an instant.
    """
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed(
            "Chỉ quản trị của toàn tỉnh mới sửa được lịch làm việc.",
            "Only an administrator of the whole province may change the calendar.",
        )
    known = await read_year(tx, year=year)
    entered = YearOfDays(year, known.version + 1, arranged(year, days))
    if known.version and known.days == entered.days:
        return known
    if known.version == after and await store.calendars.add(tx.connection, entered, by=by.id, at=tx.now):
        special = tuple(DayEntered(day=each.day, kind=each.kind) for each in entered.days)
        tx.emit(CalendarEntered(occurred_at=tx.now, year=year, version=entered.version, days=special))
        return entered
    newest = await read_year(tx, year=year)
    raise CalendarChanged(
        f"Lịch năm {year} đã được người khác sửa; hãy xem bản {newest.version} rồi sửa lại.",
        f"Somebody else has changed the calendar of {year}; look at version {newest.version} first.",
        version=newest.version,
    )


async def count_working_days(tx: Transaction, *, start: date, days: int) -> tuple[date, WorkingCalendar]:
    """Return the day so many working days after (or, negative, before) a day, and the calendar it was counted by."""
    calendar = await store.calendars.working_calendar(tx.connection)
    return calendar.count(start, days), calendar


async def suggest_deadline(tx: Transaction, *, phrase: str, issued_on: date) -> tuple[Deadline, WorkingCalendar]:
    """Return what a deadline means as written, and the calendar it was read by."""
    calendar = await store.calendars.working_calendar(tx.connection)
    return deadline.read(phrase, issued_on=issued_on, calendar=calendar), calendar
