"""Five wrong passwords in a quarter of an hour, and an account waits until the first of them is forgotten."""

from datetime import UTC, datetime, timedelta

from chassis.clock import today
from directory.domain.people import Lockout, NewAccount, waiting_time

ATTEMPTS, WINDOW = 5, timedelta(minutes=15)
LOCKOUT = Lockout(ATTEMPTS, WINDOW)
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def moments(count, *, last_before=timedelta(0), apart=timedelta(seconds=30)):
    return [NOW - last_before - apart * number for number in reversed(range(count))]


def test_four_wrong_passwords_do_not_make_an_account_wait():
    assert waiting_time(moments(ATTEMPTS - 1), NOW, LOCKOUT) is None


def test_the_fifth_makes_it_wait_until_the_first_is_out_of_the_window():
    assert waiting_time(moments(ATTEMPTS), NOW, LOCKOUT) == WINDOW - (ATTEMPTS - 1) * timedelta(seconds=30)


def test_more_than_five_count_from_the_fifth_last():
    assert waiting_time(moments(ATTEMPTS + 5), NOW, LOCKOUT) == WINDOW - (ATTEMPTS - 1) * timedelta(seconds=30)


def test_what_is_older_than_the_window_does_not_count():
    assert waiting_time(moments(ATTEMPTS, last_before=WINDOW), NOW, LOCKOUT) is None
    spread = moments(ATTEMPTS, apart=WINDOW / (ATTEMPTS - 1))
    assert waiting_time(spread, NOW, LOCKOUT) is None


def test_the_wait_is_over_to_the_microsecond():
    wrong = moments(ATTEMPTS)
    wait = waiting_time(wrong, NOW, LOCKOUT)

    assert wait is not None
    assert waiting_time(wrong, NOW + wait, LOCKOUT) is None
    assert waiting_time(wrong, NOW + wait - timedelta(microseconds=1), LOCKOUT) == timedelta(microseconds=1)


def test_a_day_begins_at_midnight_in_vietnam():
    assert today(datetime(2026, 11, 21, 16, 59, tzinfo=UTC)).isoformat() == "2026-11-21"
    assert today(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)).isoformat() == "2026-11-22"


def test_a_password_is_not_shown_with_its_account():
    assert "mật-khẩu" not in repr(NewAccount("a", "A", "a@b", "mật-khẩu", ()))
