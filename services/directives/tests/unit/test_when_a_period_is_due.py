"""Periods of a calendar: that they fit together, and when the answer of each is due, in Vietnam's days."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import VIETNAM
from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from directives.domain.periods import (
    DueRule,
    Frequency,
    Period,
    PeriodCalendar,
    arranged,
    asked,
    dated,
    suggested,
)
from directives.problems import PeriodsUnfit

CULTURE_DAY = YearOfDays(2026, 1, (SpecialDay(date(2026, 11, 24), "holiday", "Ngày Văn hóa Việt Nam"),))
CALENDAR = WorkingCalendar([CULTURE_DAY])
NOVEMBER = Period("2026-11", "Tháng 11/2026", date(2026, 10, 15), date(2026, 11, 14))
DECEMBER = Period("2026-12", "Tháng 12/2026", date(2026, 11, 15), date(2026, 12, 14))
MONTHLY = PeriodCalendar(
    issuer_unit_id="U-SO", code="thang", version=1, name="Tháng", kind="month_15_14",
    periods=suggested("month_15_14", date(2026, 9, 1), date(2027, 8, 31)),
)  # fmt: skip


def _at(year, month, day):
    return datetime(year, month, day, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("rule", "period", "due_at"),
    [
        # Khánh Hòa: two working days after the figures were cut off; 14/11/2026 is a Saturday.
        (DueRule("working_days_after", 2), NOVEMBER, _at(2026, 11, 18)),
        (DueRule("working_days_after", 2), DECEMBER, _at(2026, 12, 17)),
        # Seven working days from Saturday 14/11 are counted past the holiday on Tuesday 24/11.
        (DueRule("working_days_after", 7), NOVEMBER, _at(2026, 11, 26)),
        (DueRule("days_after", 1), NOVEMBER, _at(2026, 11, 16)),
        (DueRule("days_after", 1, on_working_day=True), NOVEMBER, _at(2026, 11, 17)),
        (DueRule("before_day", 20), DECEMBER, _at(2026, 12, 20)),
        (DueRule("by_day", 20), DECEMBER, _at(2026, 12, 21)),
        # The 20th is a Sunday.
        (DueRule("by_day", 20, on_working_day=True), DECEMBER, _at(2026, 12, 22)),
        (DueRule("before_day", 14), DECEMBER, _at(2027, 1, 14)),
    ],
)
def test_the_golden_dates(rule, period, due_at) -> None:
    assert dated(period, Frequency("thang", rule), CALENDAR).due_at == due_at


def test_figures_are_cut_off_with_the_period_and_the_form_closes_after_the_grace() -> None:
    found = dated(DECEMBER, Frequency("thang", DueRule("before_day", 20), grace=3), CALENDAR)

    assert found.cut_off_at == _at(2026, 12, 15)
    # Due with Saturday 19/12; three working days on is Wednesday 23/12, which still counts.
    assert found.closes_at == _at(2026, 12, 24)


@pytest.mark.parametrize(
    ("kind", "code", "starts_on", "ends_on"),
    [
        ("month_15_14", "2026-01", date(2025, 12, 15), date(2026, 1, 14)),
        ("month", "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("month", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("quarter_15_14", "2026-Q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("quarter", "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("half_year", "2026-H1", date(2025, 12, 15), date(2026, 6, 14)),
        ("half_year", "2026-H2", date(2026, 6, 15), date(2026, 12, 14)),
        ("nine_months", "2026-9M", date(2025, 12, 15), date(2026, 9, 14)),
        ("year_15_14", "2026", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_regular_calendars_are_those_of_the_decree(kind, code, starts_on, ends_on) -> None:
    found = {each.code: each for each in suggested(kind, date(2026, 1, 1), date(2026, 12, 31))}

    assert (found[code].starts_on, found[code].ends_on) == (starts_on, ends_on)
    assert arranged(kind, tuple(found.values())) == tuple(found.values())


def test_nobody_can_guess_a_school_year() -> None:
    assert suggested("school_year", date(2026, 1, 1), date(2027, 1, 1)) == ()


def test_periods_that_overlap_are_refused_by_name() -> None:
    with pytest.raises(PeriodsUnfit, match="'2026-12' overlaps '2026-11'"):
        arranged("campaign", (replace(DECEMBER, starts_on=date(2026, 11, 14)), NOVEMBER))


def test_days_of_no_period_are_refused_but_between_campaigns() -> None:
    later = replace(DECEMBER, starts_on=date(2026, 11, 16))
    with pytest.raises(PeriodsUnfit, match="days of no period"):
        arranged("custom", (NOVEMBER, later))
    assert arranged("campaign", (later, NOVEMBER)) == (NOVEMBER, later)


@pytest.mark.parametrize("periods", [(), (NOVEMBER, NOVEMBER), (replace(NOVEMBER, ends_on=date(2026, 10, 14)),)])
def test_no_period_one_said_twice_and_one_that_ends_before_it_starts_are_refused(periods) -> None:
    with pytest.raises(PeriodsUnfit):
        arranged("campaign", periods)


def _asked(issued_on, **said):
    frequency = Frequency("thang", DueRule("working_days_after", 2), **said)
    found = asked(frequency, MONTHLY, issued_on=issued_on, calendar=CALENDAR, where="requirements.0.frequency")
    return [each.period.code for each in found]


def test_left_to_itself_it_begins_with_the_first_period_that_can_be_answered_in_time() -> None:
    # November's answer is due with 17/11.
    assert _asked(date(2026, 11, 17), last="2027-01") == ["2026-11", "2026-12", "2027-01"]
    assert _asked(date(2026, 11, 18), last="2027-01") == ["2026-12", "2027-01"]


@pytest.mark.parametrize(
    "said", [{"first": "2026-11"}, {"first": "2030-01"}, {"last": "2026-10"}, {"first": "2027-01", "last": "2026-12"}]
)
def test_what_is_overdue_unknown_or_over_cannot_be_asked(said) -> None:
    with pytest.raises(PeriodsUnfit):
        _asked(date(2026, 11, 20), **said)


def test_a_calendar_that_is_not_there_is_named() -> None:
    frequency = Frequency("quy", DueRule("days_after", 5))
    with pytest.raises(PeriodsUnfit, match="quy"):
        asked(frequency, None, issued_on=date(2026, 11, 20), calendar=CALENDAR, where="requirements.0.frequency")


rules = st.builds(
    DueRule,
    st.sampled_from(["working_days_after", "days_after", "before_day", "by_day"]),
    st.integers(1, 28),
    st.booleans(),
)


@given(rules, st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.none() | st.integers(0, 30))
def test_no_answer_is_due_before_its_figures_are_cut_off_nor_after_its_form_closes(rule, ends_on, grace) -> None:
    period = Period("ky-1", "Kỳ 1", ends_on - timedelta(days=9), ends_on)
    found = dated(period, Frequency("x", rule, grace=grace), CALENDAR)

    assert found.cut_off_at <= found.due_at
    assert found.closes_at is None or found.due_at <= found.closes_at
    assert found.due_at.astimezone(VIETNAM).hour == 0
    assert found.due_at < _at(ends_on.year, ends_on.month, ends_on.day) + timedelta(days=75)
