"""Which step falls on which day, what is told when some were missed, and when nobody is to be disturbed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import VIETNAM
from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from notify.reminding.ladder import DEFAULT_LADDER, Outcome, Pending, Step, Timetable, fit, last_day
from notify.reminding.problems import LadderUnfit

DAY_OF_CULTURE = SpecialDay(date(2026, 11, 24), "holiday", "Ngày Văn hóa Việt Nam")
DUE_AT = datetime(2026, 12, 14, tzinfo=VIETNAM)
ISSUED_AT = datetime(2026, 11, 20, 16, 30, tzinfo=VIETNAM)
OWED = Pending("answer", DUE_AT, ISSUED_AT, None, None)


def on(*days: SpecialDay) -> Timetable:
    return Timetable(DEFAULT_LADDER, WorkingCalendar([YearOfDays(2026, 1, days)]))


def at(day: int, hour: int = 8, minute: int = 0, *, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


def test_the_golden_dates_of_a_deadline_on_a_sunday() -> None:
    falls = {rung.step.days: rung.at for rung in on().rungs("answer", DUE_AT)}

    assert falls == {-7: at(3), -3: at(9), -1: at(11), 1: at(14), 3: at(16)}  # the day itself is a Sunday


@pytest.mark.parametrize(("special", "chased_on"), [((DAY_OF_CULTURE,), 25), ((), 24)])
def test_a_word_is_chased_on_the_second_working_day(special, chased_on) -> None:
    (rung,) = on(*special).rungs("acknowledgement", ISSUED_AT)

    assert rung.at == at(chased_on, month=11)


def test_the_day_itself_is_told_where_it_is_worked() -> None:
    friday = datetime(2026, 12, 12, tzinfo=VIETNAM)  # the end of Friday the 11th

    assert [rung.at for rung in on().rungs("answer", friday) if rung.step.days == 0] == [at(11)]
    holiday = on(SpecialDay(date(2026, 12, 11), "holiday", ""))
    assert not [rung for rung in holiday.rungs("answer", friday) if rung.step.days == 0]


def test_each_step_is_told_once_and_then_the_next_is_waited_for() -> None:
    table, pending, told = on(), OWED, []
    now = table.look(pending, ISSUED_AT).next_at
    while now is not None:
        outcome = table.look(pending, now)
        told.append((now, outcome.tell))
        pending, now = replace(pending, reached=outcome.reached), outcome.next_at

    assert told == [
        (at(3), ((-7, "unit"),)),
        (at(9), ((-3, "unit"),)),
        (at(11), ((-1, "unit"),)),
        (at(14), ((1, "head"),)),
        (at(16), ((3, "desk"),)),
    ]


def test_of_missed_steps_only_the_newest_is_told() -> None:
    assert on().look(OWED, at(10, 15)) == Outcome(((-3, "unit"),), -3, at(11))


def test_what_is_missed_beyond_the_deadline_is_told_to_each_audience_by_its_own_newest_step() -> None:
    assert on().look(OWED, at(16, 9)) == Outcome(((1, "head"), (3, "desk")), 3, None)


def test_what_was_told_of_the_deadline_by_another_letter_is_not_told_again_that_day() -> None:
    assert on().look(replace(OWED, since=at(9, 8, 30)), at(9, 9)) == Outcome((), None, at(11))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (at(9, 21), at(10, 7)),
        (at(9, 6, 59), at(9, 7)),
        (at(11, 23), at(14, 7)),
        (at(12, 10), at(14, 7)),
    ],
)
def test_nobody_is_reminded_by_night_or_on_a_day_off(now, then) -> None:
    missed = replace(OWED, since=at(1), counted_from=at(20))
    outcome = Timetable({"answer": (Step(-9, time(8), ("unit",)),)}, WorkingCalendar()).look(missed, now)

    assert outcome == Outcome((), None, then)
    assert on().next_speaking(now) == then


def test_nothing_is_told_to_a_unit_once_its_form_is_closed() -> None:
    closed = replace(OWED, closes_at=DUE_AT)

    assert on().look(closed, at(14)) == Outcome((), 1, at(16))
    assert on().look(replace(closed, reached=1), at(16)).tell == ((3, "desk"),)


def test_a_step_whose_day_is_moved_back_after_it_was_told_does_not_come_again() -> None:
    holidays = on(SpecialDay(date(2026, 12, 10), "holiday", ""))

    assert holidays.look(replace(OWED, reached=-3), at(9, 9)) == Outcome((), -3, at(11))
    assert holidays.look(OWED, at(8, 9)) == Outcome(((-3, "unit"),), -3, at(11))


@pytest.mark.parametrize(
    "steps",
    [
        [Step(-1, time(8), ("unit",)), Step(-1, time(9), ("head",))],
        [Step(-1, time(6, 59), ("unit",))],
        [Step(-1, time(21), ("unit",))],
        [Step(-1, time(8), ())],
        [Step(-1, time(8), ("unit", "unit"))],
        [Step(-61, time(8), ("unit",))],
        [Step(each, time(8), ("unit",)) for each in range(13)],
    ],
)
def test_steps_nobody_could_go_by_are_refused(steps) -> None:
    with pytest.raises(LadderUnfit):
        fit(steps)


def test_steps_come_in_their_order() -> None:
    assert [step.days for step in fit([Step(2, time(8), ("head",)), Step(-2, time(8), ("unit",))])] == [-2, 2]


special_days = st.lists(
    st.builds(
        SpecialDay,
        st.dates(date(2026, 11, 1), date(2026, 12, 31)),
        st.sampled_from(["holiday", "day_off", "working"]),
        st.just(""),
    ),
    max_size=12,
)
hours = st.integers(0, 41 * 24 * 60).map(
    lambda minutes: datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(special=special_days, due_at=hours, looks=st.lists(hours, max_size=20))
def test_whenever_it_is_looked_no_step_comes_twice_late_or_out_of_hours(special, due_at, looks) -> None:
    table = on(*special)
    pending = Pending("answer", due_at, datetime(2026, 11, 20, tzinfo=UTC), None, None)
    told: list[int] = []
    for now in sorted(looks):
        outcome = table.look(pending, now)
        for days, audience in outcome.tell:
            local = now.astimezone(VIETNAM)
            assert table.calendar.is_working(local.date())
            assert time(7) <= local.time() < time(21)
            assert days > 0 or now < due_at
            assert (audience == "unit") == (days <= 0)
            told.append(days)
        assert outcome.next_at is None or outcome.next_at > now
        pending = replace(pending, reached=outcome.reached)
    assert told == sorted(set(told))


@given(special=special_days, due_at=hours, looks=st.lists(hours, min_size=1, max_size=6), later=st.integers(0, 48))
def test_to_look_again_at_once_or_a_little_later_tells_nothing_more(special, due_at, looks, later) -> None:
    table = on(*special)
    pending = Pending("answer", due_at, datetime(2026, 11, 20, tzinfo=UTC), None, None)
    for now in sorted(looks):
        outcome = table.look(pending, now)
        pending = replace(pending, reached=outcome.reached)
        soon = now + timedelta(hours=later)
        if outcome.next_at is None or soon < outcome.next_at:
            assert table.look(pending, soon).tell == ()


@given(special=special_days, days=st.integers(-30, 30), due_at=hours)
def test_days_left_are_counted_as_steps_are(special, days, due_at) -> None:
    table = on(*special)
    day = table.calendar.count(last_day(due_at), days)
    if table.calendar.is_working(day):
        assert table.days_left(due_at, datetime.combine(day, time(12), VIETNAM)) == -days
