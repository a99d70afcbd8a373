"""When a session is over, when its token was stolen, and when a token must end early."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.transaction import new_id
from directory.domain.people import Lockout, Post
from directory.domain.sessions import TOKEN_LIFE, AccessRules, Renewal, held_on, token_end

RULES = AccessRules(
    session_idle=timedelta(minutes=30),
    session_longest=timedelta(hours=12),
    lockout=Lockout(5, timedelta(minutes=15)),
    dormant_after=timedelta(days=45),
    administrator_password_life=timedelta(days=60),
)
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def renewal(*, opened=timedelta(0), issued=timedelta(0), used=False, ended=False):
    return Renewal(
        session_id=new_id(),
        person_id=new_id(),
        opened_at=NOW - opened,
        issued_at=NOW - issued,
        used_at=NOW if used else None,
        ended_at=NOW if ended else None,
    )


@pytest.mark.parametrize(
    ("presented", "verdict"),
    [
        (renewal(), "renewed"),
        (renewal(issued=timedelta(minutes=30)), "renewed"),
        (renewal(issued=timedelta(minutes=30) + SECOND), "over"),
        (renewal(opened=timedelta(hours=12)), "renewed"),
        (renewal(opened=timedelta(hours=12) + SECOND), "over"),
        (renewal(used=True), "reused"),
        (renewal(used=True, issued=timedelta(days=1)), "reused"),
        (renewal(ended=True), "over"),
        (renewal(ended=True, used=True), "over"),  # told once; it is over
    ],
)
def test_what_becomes_of_a_session_that_is_to_be_renewed(presented, verdict):
    assert presented.verdict(NOW, RULES) == verdict


TODAY, YESTERDAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 21), date(2026, 11, 23)
STAYS = Post("A", "leader", YESTERDAY)
LATE = datetime(2026, 11, 22, 16, 50, tzinfo=UTC)  # ten minutes to midnight in Vietnam
MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("posts", "now", "end"),
    [
        ([STAYS], LATE, LATE + TOKEN_LIFE),
        ([STAYS, Post("B", "leader", YESTERDAY, TODAY)], LATE, MIDNIGHT),
        ([STAYS, Post("B", "leader", TOMORROW)], LATE, MIDNIGHT),
        ([Post("A", "leader", YESTERDAY, TODAY), Post("A", "leader", TOMORROW)], LATE, LATE + TOKEN_LIFE),
        ([Post("B", "leader", YESTERDAY, TODAY)], NOW, NOW + TOKEN_LIFE),
        ([], LATE, LATE + TOKEN_LIFE),
    ],
)
def test_no_token_says_tomorrow_what_holds_today_only(posts, now, end):
    assert token_end(posts, now) == end


def test_a_role_at_a_unit_is_held_once_however_often_it_was_given():
    twice = [Post("A", "leader", YESTERDAY), Post("A", "leader", TODAY), Post("A", "clerk", TODAY, TODAY)]

    assert [(post.unit_id, post.role) for post in held_on(twice, TODAY)] == [("A", "clerk"), ("A", "leader")]
    assert held_on(twice, date(2026, 11, 20)) == ()
