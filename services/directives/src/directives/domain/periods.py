"""Calendars of periods, by which something is asked again and again, and when the answer of each period is due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from chassis.workdays import WorkingCalendar
from directives.domain.deadline import last_day, start_of
from directives.problems import PeriodsUnfit

CalendarKind = Literal[
    "month_15_14", "month", "quarter_15_14", "quarter", "half_year", "nine_months", "year_15_14",
    "school_year", "semester", "campaign", "custom",
]  # fmt: skip
APART: frozenset[CalendarKind] = frozenset({"nine_months", "school_year", "semester", "campaign"})
"""Calendars whose periods need not follow on one another: between school years, and semesters, there is a summer."""
MOST_PERIODS = 120
ONE_DAY = timedelta(days=1)
LAST_DAY_OF_ANY_MONTH = 28
DueKind = Literal["working_days_after", "days_after", "before_day", "by_day"]


@dataclass(frozen=True, slots=True)
class Period:
    """One period; both days belong to it."""

    code: str
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCalendar:
    """One version of a calendar of one issuer. What was issued by an older version stays as it was."""

    issuer_unit_id: str
    code: str
    version: int
    name: str
    kind: CalendarKind
    periods: tuple[Period, ...]

    def says_the_same(self, other: "PeriodCalendar") -> bool:
        """Say whether the two differ in their version alone."""
        return (self.name, self.kind, self.periods) == (other.name, other.kind, other.periods)


@dataclass(frozen=True, slots=True)
class DueRule:
    """When the answer of a period is due, seen from its last day."""

    kind: DueKind
    count: int
    """How many days after the period; or the day of the month, the first such day after the period."""
    on_working_day: bool = False
    """Due with the next working day where the last day is off."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """By which calendar something is asked, from which period to which, and when the answers are due."""

    calendar: str
    due: DueRule
    first: str | None = None
    """Null: the first period whose answer can still be in time when it is issued."""
    last: str | None = None
    """Null: the last period of the calendar as it is when it is issued."""
    grace: int | None = None
    """So many working days after it was due the form of a period closes; null: it stays open."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A period with its instants: figures are as of its end."""

    period: Period
    due_at: datetime
    closes_at: datetime | None

    @property
    def cut_off_at(self) -> datetime:
        """Return when the figures are cut off: with the last day of the period."""
        return start_of(self.period.ends_on + ONE_DAY)


def arranged(kind: CalendarKind, periods: Sequence[Period]) -> tuple[Period, ...]:
    """Return periods by date; raise `PeriodsUnfit` where they overlap, leave a gap they may not, or are said twice."""
    if not periods:
        raise PeriodsUnfit("Lịch chưa có kỳ nào.", "The calendar has no period.", where="periods")
    codes: set[str] = set()
    for place, each in enumerate(periods):
        where = f"periods.{place}"
        if each.code in codes:
            raise PeriodsUnfit(
                f"Mã kỳ «{each.code}» bị lặp lại.", f"The period {each.code!r} stands twice.", where=where
            )
        codes.add(each.code)
        if each.ends_on < each.starts_on:
            raise PeriodsUnfit(
                f"Kỳ «{each.name}» kết thúc trước khi bắt đầu.", f"{each.code!r} ends before it starts.", where=where
            )
    ordered = sorted(periods, key=lambda each: each.starts_on)
    for before, after in pairwise(ordered):
        where = f"periods.{periods.index(after)}.starts_on"
        if after.starts_on <= before.ends_on:
            raise PeriodsUnfit(
                f"Kỳ «{after.name}» chồng lên kỳ «{before.name}».",
                f"{after.code!r} overlaps {before.code!r}.",
                where=where,
            )
        if after.starts_on > before.ends_on + ONE_DAY and kind not in APART:
            raise PeriodsUnfit(
                f"Giữa kỳ «{before.name}» và kỳ «{after.name}» có ngày không thuộc kỳ nào.",
                f"Between {before.code!r} and {after.code!r} there are days of no period.",
                where=where,
            )
    return tuple(ordered)


def dated(period: Period, frequency: Frequency, calendar: WorkingCalendar) -> Dated:
    """Return when the answer of a period is due and its form closes, by the working days known now."""
    due_at = _due(frequency.due, period.ends_on, calendar)
    if frequency.grace is None:
        return Dated(period, due_at, None)
    return Dated(period, due_at, start_of(calendar.count(last_day(due_at), frequency.grace) + ONE_DAY))


def _due(rule: DueRule, ends_on: date, calendar: WorkingCalendar) -> datetime:
    if rule.kind == "working_days_after":
        last = calendar.count(ends_on, rule.count)
    elif rule.kind == "days_after":
        last = ends_on + timedelta(days=rule.count)
    else:
        named = _first_after(ends_on, rule.count)
        last = named - ONE_DAY if rule.kind == "before_day" else named
    return start_of((calendar.not_before(last) if rule.on_working_day else last) + ONE_DAY)


def _first_after(day: date, day_of_month: int) -> date:
    """Return the first such day of a month after a day."""
    found = day.replace(day=day_of_month)
    return found if found > day else (day.replace(day=1) + timedelta(days=32)).replace(day=day_of_month)


def asked(
    frequency: Frequency, known: PeriodCalendar | None, *, issued_on: date, calendar: WorkingCalendar, where: str
) -> tuple[Dated, ...]:
    """Return the periods that something issued on a day is asked by, in order; raise `PeriodsUnfit` if there are none.

    Left to itself it begins with the first period whose answer can still be in time.
    """
    if known is None:
        raise PeriodsUnfit(
            f"Đơn vị ban hành không có lịch kỳ báo cáo «{frequency.calendar}».",
            f"The issuer has no calendar of periods {frequency.calendar!r}.",
            where=f"{where}.calendar",
        )
    found = [dated(each, frequency, calendar) for each in known.periods]
    codes = [each.period.code for each in found]
    for name, code in (("first", frequency.first), ("last", frequency.last)):
        if code is not None and code not in codes:
            raise PeriodsUnfit(
                f"Lịch «{known.name}» không có kỳ «{code}».",
                f"The calendar {known.code!r} has no period {code!r}.",
                where=f"{where}.{name}",
            )
    last = codes.index(frequency.last) if frequency.last is not None else len(codes) - 1
    first = codes.index(frequency.first) if frequency.first is not None else 0
    begun = start_of(issued_on)
    if frequency.first is not None and found[first].due_at <= begun:
        raise PeriodsUnfit(
            f"Kỳ «{found[first].period.name}» đã quá hạn vào ngày ban hành.",
            f"The period {frequency.first!r} is overdue on the day of issue.",
            where=f"{where}.first",
        )
    periods = tuple(each for each in found[first : last + 1] if each.due_at > begun)
    if not periods:
        raise PeriodsUnfit(
            f"Lịch «{known.name}» không còn kỳ nào để yêu cầu báo cáo.",
            f"The calendar {known.code!r} has no period left to be asked.",
            where=where,
        )
    return periods


def suggested(kind: CalendarKind, first_on: date, last_on: date) -> tuple[Period, ...]:
    """Return the periods of a regular calendar that end in a span of days; none for those somebody has to decide on.

    The windows from the 15th to the 14th are those of Nghị định 09/2019/NĐ-CP, Điều 12.
    """
    found: list[Period] = []
    for year in range(first_on.year, last_on.year + 1):
        found += [each for each in _of_year(kind, year) if first_on <= each.ends_on <= last_on]
    return tuple(found)


def _of_year(kind: CalendarKind, year: int) -> Iterator[Period]:
    if kind in ("month", "month_15_14"):
        for month in range(1, 13):
            yield _months(f"{year}-{month:02d}", f"Tháng {month}/{year}", year, month, 1, mid=kind != "month")
    elif kind in ("quarter", "quarter_15_14"):
        for quarter, numeral in enumerate(("I", "II", "III", "IV"), 1):
            yield _months(f"{year}-Q{quarter}", f"Quý {numeral}/{year}", year, 3 * quarter, 3, mid=kind != "quarter")
    elif kind == "half_year":
        yield _months(f"{year}-H1", f"6 tháng đầu năm {year}", year, 6, 6, mid=True)
        yield _months(f"{year}-H2", f"6 tháng cuối năm {year}", year, 12, 6, mid=True)
    elif kind == "nine_months":
        yield _months(f"{year}-9M", f"9 tháng năm {year}", year, 9, 9, mid=True)
    elif kind == "year_15_14":
        yield _months(f"{year}", f"Năm {year}", year, 12, 12, mid=True)


def _months(code: str, name: str, year: int, last_month: int, months: int, *, mid: bool) -> Period:
    """Return so many months up to one; `mid`: from the 15th of the month before the first to the 14th of the last."""
    before = year * 12 + last_month - 1 - months
    begins, ends = date(before // 12, before % 12 + 1, 15), date(year, last_month, 14)
    if mid:
        return Period(code, name, begins, ends)
    after = year * 12 + last_month
    following = date(after // 12, after % 12 + 1, 1)
    first = (begins.replace(day=1) + 32 * ONE_DAY).replace(day=1)
    return Period(code, name, first, following - ONE_DAY)
