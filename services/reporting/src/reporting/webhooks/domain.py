"""What is due to a subscriber, and what becomes of it: in order for each thing, and never given up in silence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

State = Literal["active", "paused", "switched_off"]

WAVE = 64
"""So many events are taken up together; what was sent of them and not noted when a process dies is sent again."""
LANE = 8
"""So many of what is held of one thing are sent one after the other."""
PROBE = 4
"""So many things are tried when a target that took nothing is tried again."""
HELD_MOST = 1000
"""With so many events held, nothing new is taken up: the target is not well."""
TOLD_AT = 6
"""So many attempts in vain are told: three quarters of an hour, with the delays we have. Sooner is a restart."""
LONGEST_RETRY_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody who takes the feed by webhook, and how far they are."""

    subscription_id: UUID
    owner_id: UUID
    url: str
    state: State
    secret: str
    position: int
    epoch: int
    created_at: datetime
    former_secret: str | None = None
    former_until: datetime | None = None
    failures: int = 0
    """Times in a row that the target took nothing at all."""
    failing_since: datetime | None = None
    next_attempt_at: datetime | None = None
    last_outcome: str | None = None

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign now: after a rotation for a while also the former one."""
        if self.former_secret is not None and self.former_until is not None and now < self.former_until:
            return self.secret, self.former_secret
        return (self.secret,)


@dataclass(frozen=True, slots=True)
class Due:
    """An event that is due to a subscriber."""

    position: int
    subject: str


@dataclass(frozen=True, slots=True)
class Held(Due):
    """One that waits: the target did not take it, or an earlier one of the same thing."""

    failures: int
    next_attempt_at: datetime
    failing_since: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending one event."""

    status: int | None
    said: str
    """The status, or why there is none, in a few words for the subscriber."""
    retry_after: timedelta | None = None
    answered: str = ""
    """The beginning of what the target answered, where it did not take the event."""

    @property
    def is_delivered(self) -> bool:
        """Say whether the target has taken it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Say whether the target wants nothing any more."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send now: things side by side, the events of each one after the other, until one is not taken."""

    lanes: tuple[tuple[Due, ...], ...]
    behind: tuple[Due, ...]
    """New events of things that are held: they are held as well."""
    position: int
    """What is taken up reaches to here."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a subscription after a wave."""

    position: int
    failures: int = 0
    failing_since: datetime | None = None
    next_attempt_at: datetime | None = None
    last_outcome: str | None = None
    held: tuple[Held, ...] = ()
    """To be written down."""
    released: tuple[int, ...] = ()
    """Positions that are held no more."""
    switch_off: Literal["gone", "failing"] | None = None

    @property
    def is_trouble(self) -> bool:
        """Say whether somebody should look: so many attempts were in vain just now. Once of each outage."""
        return self.failures == TOLD_AT or any(each.failures == TOLD_AT for each in self.held)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to wait before each new attempt; after the last one the subscription is switched off."""

    delays: tuple[timedelta, ...]

    def after(self, failures: int, asked: timedelta | None) -> timedelta | None:
        """Return how long to wait after so many failures, at least what the target asked for; null: no longer."""
        if failures > len(self.delays):
            return None
        return max(self.delays[failures - 1], min(asked or timedelta(), LONGEST_RETRY_AFTER))


def plan(subscription: Subscription, held: Sequence[Held], fresh: Sequence[Due], *, now: datetime) -> Plan:
    """Return what to send now: of what is held that whose time has come, and of what is new all that is not behind it.

    `held` is everything held, `fresh` what follows the position; both in order.
    """
    if subscription.next_attempt_at is not None and now < subscription.next_attempt_at:
        return Plan((), (), subscription.position)
    lanes: dict[str, list[Due]] = {}
    waiting: set[str] = set()
    for one in held:
        if one.subject not in lanes and one.subject not in waiting:
            if one.next_attempt_at <= now and len(lanes) < WAVE:
                lanes[one.subject] = [one]
            else:
                waiting.add(one.subject)
        elif one.subject in lanes and len(lanes[one.subject]) < LANE:
            lanes[one.subject].append(one)
    busy = waiting | lanes.keys()
    behind: list[Due] = []
    position = subscription.position
    for each in fresh if len(held) < HELD_MOST else ():
        if each.subject in busy:
            behind.append(each)
        elif subscription.failures and len(lanes) >= PROBE and each.subject not in lanes:
            break
        else:
            lanes.setdefault(each.subject, []).append(each)
        position = each.position
    return Plan(tuple(tuple(each) for each in lanes.values()), tuple(behind), position)


@dataclass(slots=True)
class _Tally:
    delivered: list[Due] = field(default_factory=list)
    failed: list[tuple[Due, Outcome]] = field(default_factory=list)
    unsent: list[Due] = field(default_factory=list)


def settle(
    subscription: Subscription,
    sent: Plan,
    outcomes: Mapping[int, Outcome],
    *,
    schedule: Schedule,
    now: datetime,
) -> Settlement:
    """Return what becomes of a subscription, by what came of each event that was sent, by position.

    Where one thing is not taken and others are, that thing is held and the others go on. Where nothing is taken of
    several, the target is away: nothing moves, and everything waits.
    """
    tally = _counted(sent, outcomes)
    last = next((outcome.said for _, outcome in reversed(tally.failed)), None)
    if any(outcome.is_gone for _, outcome in tally.failed):
        return Settlement(subscription.position, last_outcome=last, switch_off="gone")
    if tally.failed and not tally.delivered and len(tally.failed) > 1:
        return _away(subscription, tally, schedule, now)
    failing: list[Held] = []
    for due, outcome in tally.failed:
        failures = (due.failures if isinstance(due, Held) else 0) + 1
        delay = schedule.after(failures, outcome.retry_after)
        if delay is None:
            return Settlement(subscription.position, last_outcome=last, switch_off="failing")
        since = due.failing_since if isinstance(due, Held) and due.failures else now
        failing.append(Held(due.position, due.subject, failures, now + delay, since))
    kept = [
        Held(each.position, each.subject, 0, now, now)
        for each in (*tally.unsent, *sent.behind)
        if not isinstance(each, Held)
    ]
    delivered = last is None and bool(tally.delivered)
    return Settlement(
        sent.position,
        last_outcome="delivered" if delivered else last or subscription.last_outcome,
        held=(*failing, *kept),
        released=tuple(each.position for each in tally.delivered if isinstance(each, Held)),
    )


def _away(subscription: Subscription, tally: _Tally, schedule: Schedule, now: datetime) -> Settlement:
    failures = subscription.failures + 1
    asked = max((outcome.retry_after or timedelta() for _, outcome in tally.failed), default=None)
    delay = schedule.after(failures, asked)
    last = tally.failed[-1][1].said
    if delay is None:
        return Settlement(subscription.position, last_outcome=last, switch_off="failing")
    return Settlement(
        subscription.position,
        failures=failures,
        failing_since=subscription.failing_since or now,
        next_attempt_at=now + delay,
        last_outcome=last,
    )


def _counted(sent: Plan, outcomes: Mapping[int, Outcome]) -> _Tally:
    tally = _Tally()
    for lane in sent.lanes:
        for due in lane:
            outcome = outcomes.get(due.position)
            if outcome is None:
                tally.unsent.append(due)
            elif outcome.is_delivered:
                tally.delivered.append(due)
            else:
                tally.failed.append((due, outcome))
    return tally
