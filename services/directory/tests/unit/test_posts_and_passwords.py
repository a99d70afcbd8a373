"""How posts are told, when they overlap, and what a password lacks."""

from datetime import date

import pytest

from directory.domain.passwords import missing
from directory.domain.people import LENDABLE, Post, overlapping, told
from directory.passwords import one_time

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


def test_a_role_at_a_unit_from_a_day_on_is_told_once_with_its_latest_end():
    posts = [Post("A", "leader", JAN, FEB), Post("A", "leader", JAN, MAR), Post("A", "leader", FEB, FEB)]

    assert told(posts) == (Post("A", "leader", JAN, MAR), Post("A", "leader", FEB, FEB))
    assert told([Post("A", "leader", JAN, None), *posts])[0] == Post("A", "leader", JAN, None)
    assert told([*posts, Post("A", "leader", JAN, None)])[0] == Post("A", "leader", JAN, None)


@pytest.mark.parametrize(
    ("other", "shares"),
    [
        (Post("A", "leader", JAN, FEB), True),
        (Post("A", "leader", JAN, None), True),
        (Post("A", "leader", MAR, None), True),
        (Post("A", "leader", APR, None), False),
        (Post("A", "leader", JAN, JAN), False),
        (Post("A", "leader", FEB, None), False),  # the same post with another end
        (Post("A", "clerk", JAN, None), False),
        (Post("B", "leader", JAN, None), False),
    ],
)
def test_spans_of_one_role_share_no_day(other, shares):
    assert overlapping([other], Post("A", "leader", FEB, MAR)) is shares


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("Mật-khẩu-1", []),
        ("Aa1-aaaa", []),
        ("Aa1-aaa", ["length"]),
        ("ÁẬ1-ẴẴẴẴ", ["lower"]),
        ("aaaa1-aaa", ["upper"]),
        ("Aaaa-aaaa", ["digit"]),
        ("Aaaa1aaaa", ["special"]),
        ("Aaaa1 aaaa", []),
        ("", ["length", "lower", "upper", "digit", "special"]),
    ],
)
def test_a_password_has_letters_of_every_kind(password, lacks):
    assert missing(password) == lacks


def test_one_time_passwords_are_good_enough_and_never_the_same():
    given = {one_time() for _ in range(200)}

    assert len(given) == 200
    assert not any(missing(each) for each in given)
    assert not set("".join(given)) & set("0O1lI")


def test_whoever_gives_rights_or_reads_the_record_does_so_alone():
    assert not LENDABLE & {"administrator", "auditor", "postman", "subscriber"}
