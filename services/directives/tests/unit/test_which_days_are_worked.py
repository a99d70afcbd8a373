"""Working days are counted as the province works: weekends, holidays and exchanged days as somebody entered them."""

from datetime import date, timedelta

import pytest

from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from directives.domain.calendar import arranged, not_entered
from directives.problems import DayUnfit

CULTURE_DAY = SpecialDay(date(2026, 11, 24), "holiday", "Ngày Văn hóa Việt Nam")
NEW_YEAR_2027 = SpecialDay(date(2027, 1, 1), "holiday", "Tết Dương lịch")
TET_2027 = [SpecialDay(date(2027, 2, day), "holiday", "Tết Đinh Mùi") for day in range(5, 10)]
INSTEAD_OF_TET = [SpecialDay(date(2027, 2, day), "day_off", "nghỉ bù Tết") for day in (10, 11)]
EXCHANGED = [
    SpecialDay(date(2027, 2, 12), "day_off", "hoán đổi"),
    SpecialDay(date(2027, 2, 20), "working", "làm bù ngày 12/2"),
]


def calendar(*days):
    years = {each.day.year for each in days}
    return WorkingCalendar(
        YearOfDays(year, 1, arranged(year, [each for each in days if each.day.year == year])) for year in years
    )


@pytest.mark.parametrize(
    ("days", "expected"), [(-7, (2026, 12, 3)), (-3, (2026, 12, 9)), (-1, (2026, 12, 11)), (1, (2026, 12, 14))]
)
def test_the_reminders_of_the_14th_of_december_fall_on_working_days(days, expected) -> None:
    last_day = date(2026, 12, 13)  # a Sunday: «trước ngày 14/12/2026»
    assert calendar(CULTURE_DAY).count(last_day, days) == date(*expected)


def test_the_second_working_day_after_the_20th_of_november_waits_for_the_new_holiday() -> None:
    friday = date(2026, 11, 20)
    with_holiday, without = calendar(CULTURE_DAY), WorkingCalendar()

    assert with_holiday.count(friday, 1) == without.count(friday, 1) == date(2026, 11, 23)
    assert with_holiday.count(friday, 2) == date(2026, 11, 25)
    assert without.count(friday, 2) == date(2026, 11, 24)


def test_tet_2027_is_stepped_over_and_the_exchanged_saturday_counts() -> None:
    tet = calendar(NEW_YEAR_2027, *TET_2027, *INSTEAD_OF_TET, *EXCHANGED)

    assert tet.count(date(2027, 2, 4), 1) == date(2027, 2, 15)
    assert tet.count(date(2027, 2, 4), 6) == date(2027, 2, 20)  # a Saturday that is worked
    assert tet.count(date(2027, 2, 22), -1) == date(2027, 2, 20)
    assert tet.count(date(2027, 2, 15), -1) == date(2027, 2, 4)
    assert tet.not_before(date(2027, 2, 6)) == date(2027, 2, 15)


def test_counting_goes_over_the_turn_of_a_year_nobody_entered() -> None:
    assert calendar(CULTURE_DAY).count(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert not WorkingCalendar().is_entered(2027)
    assert calendar(CULTURE_DAY).is_entered(2026)


def test_a_year_that_was_entered_holds_only_what_was_entered() -> None:
    entered_without_new_year = WorkingCalendar([YearOfDays(2026, 1, ())])
    assert entered_without_new_year.is_working(date(2026, 1, 1))
    assert not WorkingCalendar().is_working(date(2026, 1, 1))


def test_a_year_nobody_entered_has_the_holidays_that_never_move() -> None:
    assert [str(each.day) for each in not_entered(2027).days] == [
        "2027-01-01",
        "2027-04-30",
        "2027-05-01",
        "2027-09-02",
    ]
    assert not_entered(2027).version == 0


def test_counting_back_undoes_counting_on_from_a_working_day() -> None:
    tet = calendar(NEW_YEAR_2027, CULTURE_DAY, *TET_2027, *INSTEAD_OF_TET, *EXCHANGED)
    first = date(2026, 11, 1)
    for start in (first + timedelta(days=each) for each in range(150)):
        if tet.is_working(start):
            assert all(tet.count(tet.count(start, days), -days) == start for days in range(12))


@pytest.mark.parametrize(
    ("days", "where"),
    [
        ([SpecialDay(date(2027, 1, 1), "holiday", "Tết")], "days.0"),
        ([CULTURE_DAY, SpecialDay(CULTURE_DAY.day, "day_off", "lần nữa")], "days.1"),
        ([SpecialDay(date(2026, 11, 25), "working", "làm bù giữa tuần")], "days.0"),
        ([SpecialDay(date(2026, 11, 28), "day_off", "nghỉ bù thứ Bảy")], "days.0"),
    ],
    ids=["another year", "twice", "a weekday worked in exchange", "a weekend off in exchange"],
)
def test_a_day_that_cannot_be_meant_is_refused(days, where) -> None:
    with pytest.raises(DayUnfit) as refused:
        arranged(2026, days)
    assert refused.value.more["where"] == where
