"""When who is reminded: steps counted in working days from an instant of each obligation's own. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from chassis.clock import VIETNAM
from chassis.workdays import WorkingCalendar
from notify.reminding.problems import LadderUnfit

Awaited = Literal["answer", "acknowledgement"]
"""What is waited for: the answer to an obligation; a word that a directive has arrived."""
Audience = Literal["unit", "head", "above", "desk"]
"""Those who may answer; who heads the unit; who heads the one above it by the reporting relation; the issuer's desk."""
OF_THE_UNIT: frozenset[Audience] = frozenset({"unit", "head"})

QUIET_FROM, QUIET_UNTIL = time(21), time(7)
"""Nobody is reminded between these hours, nor on a day off."""
MOST_STEPS = 12
FARTHEST = 60
"""Working days before or after: a quarter of a year."""


@dataclass(frozen=True, slots=True)
class Step:
    """`days` working days after the instant (before it: negative), at an hour of the province, these are told."""

    days: int
    at: time
    to: tuple[Audience, ...]


MORNING = time(8)
Ladder = Mapping[Awaited, tuple[Step, ...]]
DEFAULT_LADDER: Ladder = {
    "answer": (
        Step(-7, MORNING, ("unit",)),
        Step(-3, MORNING, ("unit",)),
        Step(-1, MORNING, ("unit",)),
        Step(0, MORNING, ("unit",)),
        Step(1, MORNING, ("head",)),
        Step(3, MORNING, ("desk",)),
    ),
    # A word is waited for through the next working day; who gave none is chased on the one after it.
    "acknowledgement": (Step(2, MORNING, ("unit",)),),
}


def fit(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps in order; raise `LadderUnfit` for two on one day, an hour that is quiet, and the like."""
    in_order = tuple(sorted(steps, key=lambda step: step.days))
    days = [step.days for step in in_order]
    if len(days) > MOST_STEPS:
        raise LadderUnfit(f"Tối đa {MOST_STEPS} bậc nhắc.", f"At most {MOST_STEPS} steps.")
    if len(set(days)) < len(days):
        raise LadderUnfit("Có hai bậc nhắc cùng một ngày.", "Two steps fall on the same day.")
    if any(abs(each) > FARTHEST for each in days):
        raise LadderUnfit(f"Bậc nhắc cách hạn quá {FARTHEST} ngày làm việc.", f"A step is over {FARTHEST} days away.")
    if any(not QUIET_UNTIL <= step.at < QUIET_FROM for step in in_order):
        raise LadderUnfit("Chỉ nhắc trong khoảng 07:00–21:00.", "Reminders go out between 07:00 and 21:00 only.")
    if any(not step.to or len(set(step.to)) < len(step.to) for step in in_order):
        raise LadderUnfit("Mỗi bậc phải nêu nhắc ai, không lặp lại.", "Each step names whom it tells, each once.")
    return in_order


@dataclass(frozen=True, slots=True)
class Rung:
    """A step with the instant it falls on for one obligation."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that is owed still, as far as its reminders are concerned."""

    awaited: Awaited
    counted_from: datetime
    """The deadline; of an acknowledgement the delivery."""
    since: datetime
    """Steps up to here are not told any more: those who owe it were just told of the deadline by another letter."""
    reached: int | None
    """The step, by its days, that was reached last; it and those before it do not come again."""
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look at something that is owed comes to."""

    tell: tuple[tuple[int, Audience], ...]
    """Which steps are told now, and to whom; of those that were missed the newest of each audience."""
    reached: int | None
    next_at: datetime | None
    """When to look again; null: there is nothing more to say."""


class Timetable:
    """The steps of a ladder on a calendar. Made for one evaluation, it works out each day once."""

    def __init__(self, ladder: Ladder, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self._ladder = ladder
        self._rungs: dict[tuple[Awaited, date], tuple[Rung, ...]] = {}

    def rungs(self, awaited: Awaited, counted_from: datetime) -> tuple[Rung, ...]:
        """Return when each step falls. The day itself is left out when it is off: the last one before it was told."""
        day = last_day(counted_from)
        found = self._rungs.get((awaited, day))
        if found is None:
            found = self._rungs[awaited, day] = tuple(
                Rung(step, datetime.combine(self.calendar.count(day, step.days), step.at, VIETNAM))
                for step in self._ladder[awaited]
                if step.days != 0 or self.calendar.is_working(day)
            )
        return found

    def look(self, pending: Pending, now: datetime) -> Outcome:
        """Say what is to be told now of something that is owed, and when to look at it next."""
        done = -FARTHEST - 1 if pending.reached is None else pending.reached
        ahead = [
            rung
            for rung in self.rungs(pending.awaited, pending.counted_from)
            if rung.step.days > done and rung.at > pending.since
        ]
        passed = [rung for rung in ahead if rung.at <= now]
        if passed and not self.may_speak(now):
            return Outcome((), pending.reached, self.next_speaking(now))
        coming = min((rung.at for rung in ahead if rung.at > now), default=None)
        newest = {audience: rung.step.days for rung in passed for audience in rung.step.to}
        told = tuple(
            (days, audience) for audience, days in newest.items() if _says_something(days, audience, pending, now)
        )
        return Outcome(told, passed[-1].step.days if passed else pending.reached, coming)

    def may_speak(self, now: datetime) -> bool:
        """Say whether people may be reminded at this moment."""
        local = now.astimezone(VIETNAM)
        return self.calendar.is_working(local.date()) and QUIET_UNTIL <= local.time() < QUIET_FROM

    def next_speaking(self, now: datetime) -> datetime:
        """Return this moment, or when people may be reminded next."""
        if self.may_speak(now):
            return now
        local = now.astimezone(VIETNAM)
        day = local.date()
        if local.time() >= QUIET_FROM:
            day += timedelta(days=1)
        return datetime.combine(self.calendar.not_before(day), QUIET_UNTIL, VIETNAM)

    def days_left(self, due_at: datetime, now: datetime) -> int:
        """Return how many working days before its last day this is, as steps count them; negative: after it."""
        today, last = now.astimezone(VIETNAM).date(), last_day(due_at)
        if today <= last:
            return sum(self.calendar.is_working(today + timedelta(days=n)) for n in range((last - today).days))
        return -sum(self.calendar.is_working(last + timedelta(days=n + 1)) for n in range((today - last).days))


def last_day(counted_from: datetime) -> date:
    """Return the day an instant belongs to, in the province; midnight belongs to the day it ends."""
    return (counted_from.astimezone(VIETNAM) - timedelta(microseconds=1)).date()


def _says_something(days: int, audience: Audience, pending: Pending, now: datetime) -> bool:
    if pending.awaited == "answer" and days <= 0 and now >= pending.counted_from:
        return False  # missed for so long that it is overdue: the steps after it say so
    # To the unit nothing once the form is closed: it could not send anything any more.
    return audience not in OF_THE_UNIT or pending.closes_at is None or now < pending.closes_at
