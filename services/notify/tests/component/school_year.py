"""Who is told what in a school year, worked out hour by hour, person by person, by no code of what it checks."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from uuid import UUID

from contracts.directives import ObligationChanged, ObligationOpened, ObligationTransferred
from contracts.submissions import SubmissionReturned, SubmissionSubmitted, SubmissionWithdrawn

LOCAL = timezone(timedelta(hours=7))
LONG_AGO = datetime(2020, 1, 1, tzinfo=LOCAL)


@dataclass
class Duty:
    """What a unit owes, as the model has it."""

    duty_id: UUID
    unit: str
    answers: str
    due: datetime
    own_due: datetime
    express: bool
    owed: bool = False
    since: datetime = LONG_AGO
    told: int = -99

    def owe(self, due: datetime | None = None) -> None:
        self.owed, self.due = True, due or self.due


@dataclass
class Model:
    """Who is told what, worked out hour by hour and person by person."""

    reporters: dict[str, list[UUID]]
    heads: dict[str, list[UUID]]
    parents: dict[str, str]
    desk: list[UUID]
    days_off: set[date] = field(default_factory=set)
    counted: dict[tuple, date] = field(default_factory=dict)
    duties: dict[UUID, Duty] = field(default_factory=dict)
    written: list[tuple] = field(default_factory=list)
    pending: list[tuple] = field(default_factory=list)
    sent: list[tuple] = field(default_factory=list)

    def is_worked(self, day: date) -> bool:
        return day.isoweekday() <= 5 and day not in self.days_off

    def away(self, day: date, days: int) -> date:
        key = (day, days, len(self.days_off))  # days are only ever added
        if key not in self.counted:
            one = timedelta(days=1 if days > 0 else -1)
            left = abs(days)
            while left:
                day += one
                left -= self.is_worked(day)
            self.counted[key] = day
        return self.counted[key]

    def people(self, whom: str, duty: Duty) -> list[UUID]:
        if whom == "desk":
            return self.desk
        if whom == "unit":
            return self.reporters[duty.answers]
        unit: str | None = duty.answers
        while unit is not None and not self.heads.get(unit):
            unit = self.parents.get(unit)
        return self.heads[unit] if unit is not None else []

    def hear(self, now: datetime, news: list[tuple]) -> None:
        """Take in what has come; who owes something anew, or by another day, has just been told of it."""
        before = {duty.duty_id: (duty.owed, duty.due) for _, _, duty in news if duty is not None}
        for _, change, duty in news:
            change(duty)
        for duty_id, was in before.items():
            duty = self.duties[duty_id]
            if duty.owed and was != (True, duty.due):
                duty.since, duty.told = now, -99

    def look(self, now: datetime) -> None:
        if not self.is_worked(now.date()) or not 7 <= now.hour < 21:
            return
        found: dict[tuple, dict[UUID, tuple]] = defaultdict(dict)
        for duty in self.duties.values():
            if duty.owed:
                for whom, days in self.steps_of(duty, now).items():
                    if days > 0 or now < duty.due:
                        for person in self.people(whom, duty):
                            key = (person, days, duty.duty_id if duty.express and whom != "desk" else None)
                            found[key][duty.duty_id] = (duty.due, duty.answers)
        for (person, days, _), about in found.items():
            kinds = {0: "reminder_today", 1: "reminder_overdue", 3: "reminder_desk"}
            letter = (now, person, kinds.get(days, "reminder_near"), frozenset(about))
            self.written.append(letter)
            self.pending.append((letter, about))

    def steps_of(self, duty: Duty, now: datetime) -> dict[str, int]:
        last = (duty.due - timedelta(seconds=1)).date()
        newest: dict[str, int] = {}
        done = duty.told
        for days, whom in ((-7, "unit"), (-3, "unit"), (-1, "unit"), (0, "unit"), (1, "head"), (3, "desk")):
            if days == 0 and not self.is_worked(last):
                continue
            when = datetime.combine(self.away(last, days), time(8), LOCAL)
            if days > done and duty.since < when <= now:
                newest[whom] = duty.told = days
        return newest

    def news_of(self, event) -> list[tuple]:
        match event:
            case SubmissionSubmitted():
                kind, people = "submission_submitted", [event.submitted_by]
            case SubmissionWithdrawn():
                kind, people = "submission_withdrawn", self.desk
            case SubmissionReturned():
                kind, people = "submission_returned", self.reporters[event.answering_unit_id]
            case ObligationChanged(change="extended" | "exempted" | "reopened"):
                kind, people = f"obligation_{event.change}", self.reporters[event.answering_unit_id]
            case ObligationOpened() | ObligationTransferred():
                what = "opened" if isinstance(event, ObligationOpened) else "transferred"
                kind, people = f"obligation_{what}", self.reporters[event.answering_unit_id]
            case _:
                return []
        return [(kind, person, event.obligation_id) for person in people]

    def carry(self) -> None:
        for letter, about in self.pending:
            stands = {
                duty_id
                for duty_id, (due, answers) in about.items()
                if self.duties[duty_id].owed
                and (self.duties[duty_id].due, self.duties[duty_id].answers) == (due, answers)
            }
            if stands:
                self.sent.append((*letter[:3], frozenset(stands)))
        self.pending.clear()
