"""Which days are worked in the province, and counting by them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DayKind = Literal["holiday", "day_off", "working"]
"""A holiday; a weekday that is off, for a holiday on a weekend or in exchange (hoán đổi); a weekend that is worked."""

SATURDAY = 5
FIXED_HOLIDAYS: Mapping[tuple[int, int], str] = {
    (1, 1): "Tết Dương lịch",
    (4, 30): "Ngày Chiến thắng",
    (5, 1): "Ngày Quốc tế lao động",
    (9, 2): "Quốc khánh",
}
"""(month, day) of the holidays that never move: Bộ luật Lao động 2019, Điều 112, without those of the moon."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday would make it, or has a name."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """The special days of a year as an administrator entered them; version 0 while nobody has."""

    year: int
    version: int
    days: tuple[SpecialDay, ...]


class WorkingCalendar:
    """The working days of the province: Monday to Friday, but for the special days of each year."""

    def __init__(self, years: Iterable[YearOfDays] = ()) -> None:
        """Take the years somebody entered; of the others only the holidays that never move are known."""
        self._years = {each.year: {day.day: day for day in each.days} for each in years}

    def is_entered(self, year: int) -> bool:
        """Say whether somebody entered the special days of a year."""
        return year in self._years

    def special(self, day: date) -> SpecialDay | None:
        """Return what makes a day special, or null."""
        if day.year not in self._years:
            name = FIXED_HOLIDAYS.get((day.month, day.day))
            return SpecialDay(day, "holiday", name) if name is not None else None
        return self._years[day.year].get(day)

    def is_working(self, day: date) -> bool:
        """Say whether a day is worked."""
        special = self.special(day)
        return day.weekday() < SATURDAY if special is None else special.kind == "working"

    def count(self, start: date, days: int) -> date:
        """Return the working day `days` working days after a day, or before it when negative.

        The first day is not counted (Bộ luật Dân sự 2015, Điều 147 khoản 2); nought days is the day itself.
        """
        step = timedelta(days=1 if days > 0 else -1)
        day = start
        for _ in range(abs(days)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def not_before(self, day: date) -> date:
        """Return a day, or the first working day after it when it is off."""
        return day if self.is_working(day) else self.count(day, 1)
