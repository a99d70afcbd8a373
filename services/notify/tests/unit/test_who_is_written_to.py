"""Who is among those a letter goes to."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from notify.domain import (
    ANSWERING_ROLES,
    Candidate,
    Due,
    HeldPost,
    Kind,
    Owed,
    Quoted,
    day_of,
    delay_before_retry,
    is_addressed,
)

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
NOW = NOON + timedelta(days=10)
SOMEBODY, SOMETHING = UUID(int=1), UUID(int=2)


def candidate(kind=Kind.OBLIGATION_OPENED, *, accepted_at=None, **held) -> Candidate:
    post = {"valid_from": date(2025, 8, 1), "valid_to": None, "known_since": NOON - timedelta(days=100), **held}
    quoted = Quoted("761", "V/v", NOON, {}, Owed("Báo cáo", "U-1", "U-1", NOW))
    return Candidate(SOMETHING, kind, SOMEBODY, SOMETHING, SOMETHING, accepted_at, quoted, HeldPost(**post))


def test_those_who_may_answer_for_a_unit_are_written_to():
    assert ANSWERING_ROLES == ("commune_officer", "reporter", "unit_head")


@pytest.mark.parametrize("kind", [Kind.OBLIGATION_OPENED, Kind.SUBMISSION_RETURNED, Kind.SUBMISSION_ACCEPTED])
def test_whoever_holds_the_post_is_written_to(kind):
    assert is_addressed(candidate(kind), now=NOW)


def test_an_open_obligation_concerns_those_appointed_later():
    assert is_addressed(candidate(valid_from=date(2026, 11, 25), known_since=NOW - timedelta(days=4)), now=NOW)


def test_an_open_obligation_does_not_concern_those_who_left_or_have_not_begun():
    assert not is_addressed(candidate(valid_to=date(2026, 11, 29)), now=NOW)
    assert not is_addressed(candidate(valid_from=date(2026, 12, 1)), now=NOW)


def test_the_first_and_the_last_day_of_a_post_belong_to_it():
    assert is_addressed(candidate(valid_from=date(2026, 11, 30), valid_to=date(2026, 11, 30)), now=NOW)


def test_an_accepted_obligation_concerns_nobody_who_was_appointed_after():
    accepted_at = NOON + timedelta(days=2)

    assert not is_addressed(candidate(accepted_at=accepted_at, known_since=NOON + timedelta(days=3)), now=NOW)
    assert not is_addressed(candidate(accepted_at=accepted_at, valid_from=date(2026, 11, 25)), now=NOW)
    assert is_addressed(candidate(accepted_at=accepted_at, known_since=accepted_at), now=NOW)


@pytest.mark.parametrize("kind", [Kind.SUBMISSION_RETURNED, Kind.SUBMISSION_ACCEPTED])
def test_news_of_an_answer_concerns_those_who_held_the_post_at_that_moment(kind):
    assert is_addressed(candidate(kind, valid_to=date(2026, 11, 20)), now=NOW)
    assert not is_addressed(candidate(kind, valid_to=date(2026, 11, 19)), now=NOW)
    assert not is_addressed(candidate(kind, known_since=NOON + timedelta(seconds=1)), now=NOW)


def test_a_day_is_a_day_in_viet_nam():
    assert day_of(datetime(2026, 11, 22, 16, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_of(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_id_of_a_letter_is_made_from_what_it_tells_and_to_whom_and_never_changes():
    due = Due(Kind.SUBMISSION_RETURNED, SOMETHING, 2, SOMETHING, NOON, {}, unit_id="U-1")
    later = Due(Kind.SUBMISSION_RETURNED, SOMETHING, 2, SOMETHING, NOW, {"number": 2}, unit_id="U-2")
    next_one = Due(Kind.SUBMISSION_RETURNED, SOMETHING, 3, SOMETHING, NOON, {}, unit_id="U-1")

    assert due.id == later.id == UUID("c862ec68-f460-534a-a335-ae8b2f574cea")
    assert due.id != next_one.id


def test_delays_grow_and_the_last_one_repeats():
    delays = [delay_before_retry(attempt, (30, 120, 600)).total_seconds() for attempt in range(1, 6)]

    assert delays == [30, 120, 600, 600, 600]
