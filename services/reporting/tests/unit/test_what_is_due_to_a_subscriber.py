"""However a target behaves, it is told everything, of each thing in order, or it is switched off aloud."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.webhooks import domain
from reporting.webhooks.domain import Due, Held, Outcome, Schedule, Subscription, plan, settle

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SCHEDULE = Schedule(tuple(timedelta(seconds=each) for each in (5, 60, 600)))
TAKEN, FAILED, GONE = Outcome(200, "200"), Outcome(500, "500"), Outcome(410, "410")


def subscription(**more):
    known = {
        "subscription_id": UUID(int=1),
        "owner_id": UUID(int=2),
        "url": "https://city.example/",
        "state": "active",
        "secret": "whsec_",
        "position": 0,
        "epoch": 1,
        "created_at": NOW,
    }
    return Subscription(**known | more)


class Book:
    """What the courier and its tables do, in memory."""

    def __init__(self, feed, schedule=SCHEDULE):
        self.feed = feed
        self.schedule = schedule
        self.now = NOW
        self.subscription = subscription()
        self.held: dict[int, Held] = {}
        self.taken: list[Due] = []
        self.waves: list[domain.Plan] = []
        self.switched_off = None
        self.troubles = 0

    def wave(self, answer):
        """Send one wave; `answer(due)` says what the target does. Returns whether there was anything to do."""
        fresh = [each for each in self.feed if each.position > self.subscription.position][: domain.WAVE]
        sent = plan(self.subscription, sorted(self.held.values(), key=lambda each: each.position), fresh, now=self.now)
        self.waves.append(sent)
        outcomes = {}
        for lane in sent.lanes:
            for due in lane:
                outcomes[due.position] = outcome = answer(due)
                if not outcome.is_delivered:
                    break
                self.taken.append(due)
        if not outcomes and not sent.behind:
            return False
        found = settle(self.subscription, sent, outcomes, schedule=self.schedule, now=self.now)
        self.switched_off = found.switch_off
        self.troubles += found.is_trouble
        self.subscription = subscription(
            position=found.position,
            failures=found.failures,
            failing_since=found.failing_since,
            next_attempt_at=found.next_attempt_at,
        )
        for position in found.released:
            del self.held[position]
        self.held |= {each.position: each for each in found.held}
        return True

    def later(self):
        """Let time pass until something is due again."""
        due = [each.next_attempt_at for each in self.held.values() if each.next_attempt_at > self.now]
        if self.subscription.next_attempt_at is not None:
            due.append(self.subscription.next_attempt_at)
        self.now = max(self.now, min(due, default=self.now))

    def is_done(self):
        return self.subscription.position == len(self.feed) and not self.held


def feed_of(subjects):
    return [Due(number, subject) for number, subject in enumerate(subjects, start=1)]


@given(
    st.lists(st.sampled_from("abcdefg"), max_size=150),
    st.lists(st.sampled_from([TAKEN, TAKEN, FAILED, Outcome(None, "no answer")]), max_size=60),
)
def test_everything_arrives_and_of_each_thing_in_order(subjects, answers):
    book = Book(feed_of(subjects), Schedule((timedelta(seconds=5),) * 200))
    still_to_come = iter(answers)

    for _ in range(1000):
        if not book.wave(lambda _due: next(still_to_come, TAKEN)):
            if book.is_done():
                break
            book.later()

    assert book.is_done()
    assert book.switched_off is None
    assert sorted(each.position for each in book.taken) == [each.position for each in book.feed]
    for subject in set(subjects):
        positions = [each.position for each in book.taken if each.subject == subject]
        assert positions == sorted(positions)


def test_one_thing_that_is_not_taken_holds_up_only_itself():
    book = Book(feed_of("abcaba"))

    assert book.wave(lambda due: FAILED if due.subject == "a" else TAKEN)

    assert [each.position for each in book.taken] == [2, 5, 3]
    assert {position: each.failures for position, each in book.held.items()} == {1: 1, 4: 0, 6: 0}
    assert book.subscription.position == 6
    assert not book.wave(lambda due: TAKEN)
    book.later()
    assert book.wave(lambda due: TAKEN)
    assert [each.position for each in book.taken[3:]] == [1, 4, 6]
    assert book.is_done()


def test_what_is_new_of_a_held_thing_waits_behind_it():
    book = Book(feed_of("ab"))
    book.wave(lambda due: FAILED if due.subject == "a" else TAKEN)
    book.feed = feed_of("abab")

    book.wave(lambda due: TAKEN)

    assert [each.position for each in book.taken] == [2, 4]
    assert sorted(book.held) == [1, 3]


def test_a_target_that_takes_nothing_is_left_alone_and_then_tried_with_a_few():
    book = Book(feed_of("abcdefghijklm"))

    book.wave(lambda due: FAILED)
    assert (book.subscription.position, book.held, book.subscription.failures) == (0, {}, 1)
    assert not book.wave(lambda due: TAKEN)
    book.later()
    book.wave(lambda due: FAILED)

    assert [len(each.lanes) for each in book.waves] == [13, 0, domain.PROBE]
    assert book.subscription.next_attempt_at - book.now == timedelta(seconds=60)
    assert book.subscription.failing_since == NOW


@pytest.mark.parametrize("subjects", ["a", "ab"])
def test_after_the_whole_schedule_it_is_switched_off(subjects):
    book = Book(feed_of(subjects))
    waited = []

    while book.switched_off is None:
        before = book.now
        assert book.wave(lambda due: FAILED)
        book.later()
        waited.append((book.now - before).total_seconds())

    assert waited[:3] == [5, 60, 600]
    assert len(waited) == 4
    assert book.switched_off == "failing"
    assert book.taken == []


@pytest.mark.parametrize("subjects", ["a", "ab"])
@pytest.mark.parametrize(("in_vain", "told"), [(domain.TOLD_AT - 1, 0), (domain.TOLD_AT, 1), (domain.TOLD_AT + 2, 1)])
def test_somebody_is_told_once_of_each_outage_that_lasts(subjects, in_vain, told):
    book = Book(feed_of(subjects), schedule=Schedule((timedelta(minutes=1),) * 20))

    for outage in (1, 2):
        for _ in range(in_vain):
            assert book.wave(lambda due: FAILED)
            book.later()
        while not book.is_done():
            assert book.wave(lambda due: TAKEN)
        assert book.troubles == outage * told
        book.feed = feed_of(subjects * 2)


def test_a_target_that_says_it_is_gone_is_switched_off_at_once():
    book = Book(feed_of("ab"))

    book.wave(lambda due: GONE if due.subject == "b" else TAKEN)

    assert book.switched_off == "gone"


def test_who_asks_for_time_gets_it_but_not_for_ever():
    book = Book(feed_of("ab"))
    book.wave(lambda due: Outcome(503, "503", timedelta(minutes=10)))
    asked = book.subscription.next_attempt_at - NOW
    book = Book(feed_of("ab"))
    book.wave(lambda due: Outcome(429, "429", timedelta(days=900)))

    assert asked == timedelta(minutes=10)
    assert book.subscription.next_attempt_at - NOW == domain.LONGEST_RETRY_AFTER


def test_with_too_much_held_nothing_new_is_taken_up():
    book = Book(feed_of("ab" * 2000))
    for _ in range(200):
        book.wave(lambda due: FAILED if due.subject == "a" else TAKEN)

    assert domain.HELD_MOST <= len(book.held) < domain.HELD_MOST + domain.WAVE
