"""When a session is over, when its token was stolen, and when a token must end early."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network

import pytest

from chassis.transaction import new_id
from directory.domain.people import Lockout, Post, Principal
from directory.domain.sessions import TOKEN_LIFE, AccessRules, Renewal, held_on, token_end

RULES = AccessRules(
    session_idle=timedelta(minutes=30),
    session_longest=timedelta(hours=12),
    lockout=Lockout(5, timedelta(minutes=15)),
    dormant_after=timedelta(days=45),
    administrator_password_life=timedelta(days=60),
    second_factor_for=frozenset({"administrators", "outside_office"}),
    office=(ip_network("10.0.0.0/8"), ip_network("fd00::/8")),
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
        means="password",
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


SOMEBODY = Principal(new_id(), "person", 1, must_change_password=False, password_set_at=NOW, disabled_at=None)
ADMINISTRATOR, REPORTER = [Post("A", "administrator", YESTERDAY)], [Post("A", "reporter", YESTERDAY)]


@pytest.mark.parametrize(
    ("posts", "client", "means", "enrolled", "needs"),
    [
        (REPORTER, "10.1.2.3", "password", False, ()),
        (REPORTER, "fd00::7", "password", False, ()),
        (REPORTER, "11.1.2.3", "password", False, ("totp-enrolment",)),
        (REPORTER, None, "password", False, ("totp-enrolment",)),
        (REPORTER, "2001:db8::1", "password", True, ("second-factor",)),
        (REPORTER, "2001:db8::1", "password+totp", True, ()),
        (ADMINISTRATOR, "10.1.2.3", "password", False, ("totp-enrolment",)),
        (ADMINISTRATOR, "10.1.2.3", "password", True, ("second-factor",)),
        (ADMINISTRATOR, "10.1.2.3", "password+recovery-code", True, ()),
    ],
)
def test_who_has_to_prove_twice_who_they_are(posts, client, means, enrolled, needs):
    assert RULES.needs(SOMEBODY, posts, NOW, means=means, has_second_factor=enrolled, client=client) == needs


def test_nobody_asks_a_machine_for_a_second_factor():
    machine = replace(SOMEBODY, kind="machine")
    assert RULES.needs(machine, ADMINISTRATOR, NOW, means="password", has_second_factor=False, client=None) == ()
