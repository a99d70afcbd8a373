"""What was returned is due again by the rule of its requirement, and no earlier or later than it says."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from chassis.clock import VIETNAM
from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from contracts.directives import AnsweringAsked
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.correction import Correction, refuse_wrong_end
from submissions.domain.submission import Submission, due_again, files_due, is_late, refuse_late_or_accepted
from submissions.problems import AlreadyAccepted, Closed, DecidedAlready, NotLater

DUE = datetime(2026, 12, 14, tzinfo=VIETNAM)
HOUR = timedelta(hours=1)


@pytest.fixture
def obligation() -> Obligation:
    return Obligation(uuid4(), uuid4(), uuid4(), "SGD", "THCS", "THCS", DUE, closes_at=DUE + 2 * HOUR)


@pytest.fixture
def requirement(asked) -> Requirement:
    return Requirement.issued(asked.report(answering=AnsweringAsked(revision_days=3)))


def submission(**changes) -> Submission:
    return Submission(
        **{"id": uuid4(), "obligation_id": uuid4(), "state": "returned", "version": 2, "number": 1, **changes}
    )


@pytest.mark.parametrize(
    ("returned_at", "days", "due"),
    [
        (datetime(2026, 12, 10, 9, tzinfo=VIETNAM), 3, datetime(2026, 12, 14, tzinfo=VIETNAM)),
        (datetime(2026, 12, 10, 23, 59, tzinfo=VIETNAM), 0, datetime(2026, 12, 11, tzinfo=VIETNAM)),
        # 18:30 in UTC is the next day in Viet Nam.
        (datetime(2026, 12, 10, 18, 30, tzinfo=UTC), 1, datetime(2026, 12, 13, tzinfo=VIETNAM)),
        (datetime(2026, 12, 10, 9, tzinfo=VIETNAM), None, None),
    ],
)
def test_it_is_due_at_the_end_of_a_day_in_viet_nam(returned_at, days, due) -> None:
    assert due_again(returned_at, days) == due


HOLIDAYS = (
    SpecialDay(date(2026, 4, 26), "holiday", "Giỗ Tổ Hùng Vương"),
    SpecialDay(date(2026, 4, 27), "day_off", "nghỉ bù"),
    SpecialDay(date(2026, 4, 30), "holiday", "Ngày Chiến thắng"),
    SpecialDay(date(2026, 5, 1), "holiday", "Ngày Quốc tế lao động"),
    SpecialDay(date(2026, 5, 9), "working", "làm bù"),
)


@pytest.mark.parametrize(
    ("returned_on", "days", "last_day"),
    [
        (date(2026, 4, 24), 0, date(2026, 4, 24)),
        (date(2026, 4, 24), 1, date(2026, 4, 28)),  # a weekend, a holiday on it, and the day off for that
        (date(2026, 4, 28), 1, date(2026, 4, 29)),
        (date(2026, 4, 28), 3, date(2026, 5, 5)),  # 30/4, 1/5 and a weekend between
        (date(2026, 5, 8), 1, date(2026, 5, 9)),  # a Saturday that is worked
        (date(2026, 5, 2), 1, date(2026, 5, 4)),  # returned on a Saturday
    ],
)
def test_days_that_are_not_worked_are_not_counted(returned_on, days, last_day) -> None:
    calendar = WorkingCalendar([YearOfDays(2026, 1, HOLIDAYS)])
    returned_at = datetime.combine(returned_on, time(15, 30), VIETNAM)

    assert due_again(returned_at, days, calendar) == datetime.combine(last_day + timedelta(days=1), time(), VIETNAM)


def test_files_follow_for_so_many_days_and_no_longer_than_the_form_is_open(asked, obligation) -> None:
    requirement = Requirement.issued(asked.report(answering=AnsweringAsked(files_follow_days=7)))

    assert files_due(replace(obligation, closes_at=None), requirement) == DUE + timedelta(days=7)
    assert files_due(obligation, requirement) == DUE + 2 * HOUR
    assert files_due(obligation, Requirement.issued(asked.report())) is None


def test_what_is_revised_in_time_is_as_early_as_it_was(obligation) -> None:
    again = submission(due_again_at=DUE + 5 * HOUR)

    assert not is_late(obligation, None, DUE)
    assert is_late(obligation, None, DUE + HOUR)
    assert not is_late(obligation, again, DUE + 5 * HOUR)
    assert is_late(obligation, again, DUE + 6 * HOUR)
    assert is_late(obligation, replace(again, was_late=True), DUE + HOUR)
    assert not is_late(obligation, replace(again, was_late=True), DUE)


def test_what_was_returned_is_taken_until_it_is_due_again_though_the_form_closes(obligation, requirement) -> None:
    again = submission(due_again_at=DUE + 5 * HOUR)

    refuse_late_or_accepted(obligation, requirement, again, DUE + 4 * HOUR)
    for late, when in ((again, 5), (submission(), 2)):
        with pytest.raises(Closed):
            refuse_late_or_accepted(obligation, requirement, late, DUE + when * HOUR)


def test_a_permission_opens_what_is_accepted_or_closed_until_it_ends(obligation, requirement) -> None:
    accepted = submission(state="accepted", reopened_until=DUE + 5 * HOUR)

    refuse_late_or_accepted(obligation, requirement, accepted, DUE + 4 * HOUR)
    with pytest.raises(AlreadyAccepted):
        refuse_late_or_accepted(obligation, requirement, accepted, DUE + 5 * HOUR)


def test_a_correction_is_decided_once() -> None:
    asked = Correction(uuid4(), uuid4(), "Sai số liệu", uuid4(), DUE)
    granted = asked.decided("granted", answer=None, until=DUE + HOUR, by=uuid4(), at=DUE)

    assert granted.decided("granted", answer=None, until=DUE + HOUR, by=uuid4(), at=DUE + HOUR) is granted
    for outcome, answer, until in (("refused", "Không", None), ("granted", None, DUE + 2 * HOUR)):
        with pytest.raises(DecidedAlready):
            granted.decided(outcome, answer=answer, until=until, by=uuid4(), at=DUE)


@pytest.mark.parametrize("until", [DUE - HOUR, DUE, DUE + timedelta(days=400)])
def test_a_permission_ends_after_now_and_within_a_year(until) -> None:
    with pytest.raises(NotLater):
        refuse_wrong_end(until, DUE)
