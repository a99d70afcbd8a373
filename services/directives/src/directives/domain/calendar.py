"""The special days of a year, as an administrator enters them."""

from collections.abc import Iterable, Mapping
from datetime import date

from chassis.workdays import FIXED_HOLIDAYS, SATURDAY, SpecialDay, YearOfDays
from directives.problems import DayUnfit


def not_entered(year: int) -> YearOfDays:
    """Return what is known of a year nobody has entered: the holidays that are the same each year."""
    days = (SpecialDay(date(year, month, day), "holiday", name) for (month, day), name in FIXED_HOLIDAYS.items())
    return YearOfDays(year, 0, tuple(days))


def arranged(year: int, days: Iterable[SpecialDay]) -> tuple[SpecialDay, ...]:
    """Return the special days of a year by date; raise `DayUnfit` for one that cannot be meant."""
    found: dict[date, SpecialDay] = {}
    for place, each in enumerate(days):
        fault = _fault(each, year, found)
        if fault is not None:
            raise DayUnfit(f"Ngày {_written(each.day)} {fault[0]}.", f"{each.day} {fault[1]}.", where=f"days.{place}")
        found[each.day] = each
    return tuple(found[day] for day in sorted(found))


def _fault(each: SpecialDay, year: int, found: Mapping[date, SpecialDay]) -> tuple[str, str] | None:
    if each.day.year != year:
        return f"không thuộc năm {year}", f"is not a day of {year}"
    if each.day in found:
        return "được ghi hai lần", "stands twice"
    is_weekend = each.day.weekday() >= SATURDAY
    if each.kind == "working" and not is_weekend:
        return "vốn là ngày làm việc, không cần làm bù", "is worked anyway; only a weekend can be worked in exchange"
    if each.kind == "day_off" and is_weekend:
        return "vốn là ngày nghỉ cuối tuần, không cần nghỉ bù", "is off anyway; only a weekday can be off in exchange"
    return None


def _written(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
