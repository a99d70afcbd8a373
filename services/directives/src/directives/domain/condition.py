"""What a requirement may wait for: something that has to happen before it is asked, and when it is then due."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from chassis.clock import VIETNAM
from chassis.workdays import WorkingCalendar
from contracts.event import Fact
from directives.terms_problems import ConditionInCircle, ConditionUnfit

if TYPE_CHECKING:
    from directives.domain.requirement import Requirement

MOST_WORKING_DAYS = 250
ConditionKind = Literal["answer_accepted", "document_issued", "fact_noted"]
"""The unit's answer to another requirement was accepted; the issuer sent it a document that implements the directive or
refers to it; or its desk noted that something happened, such as a day for a visit."""


class Condition(Fact):
    """What has to happen before a requirement is asked of a unit."""

    kind: ConditionKind
    of: int | None = None
    """Of an accepted answer: the place of the other requirement in the directive."""
    working_days: int | None = None
    """Due so many working days after what happened, or before it when negative; null: when the requirement is."""


def check_conditions(requirements: Sequence["Requirement"]) -> None:
    """Raise `ConditionUnfit` or `ConditionInCircle` with the place of a condition that never could be met."""
    for place, each in enumerate(requirements):
        condition = each.terms.condition
        if condition is None:
            continue
        where = f"requirements.{place}.condition.of"
        if (condition.kind == "answer_accepted") != (condition.of is not None):
            raise ConditionUnfit(
                f"«{each.title}»: chỉ điều kiện «bài nộp được duyệt» nêu yêu cầu khác, và phải nêu.",
                f"“{each.title}”: an accepted answer is of another requirement; nothing else names one.",
                where=where,
            )
        if condition.of is not None and not 0 <= condition.of < len(requirements):
            raise ConditionUnfit(
                f"«{each.title}» chờ một yêu cầu không có trong văn bản.",
                f"“{each.title}” waits for a requirement the directive does not have.",
                where=where,
            )
        circle = _circle(requirements, place)
        if circle:
            titles = [requirements[step].title for step in circle]
            raise ConditionInCircle(
                f"Các yêu cầu chờ lẫn nhau: {' → '.join(titles)}.",
                f"These wait for one another: {' → '.join(titles)}.",
                where=where,
                titles=titles,
            )


def _circle(requirements: Sequence["Requirement"], start: int) -> list[int]:
    """Return the way from a requirement back to itself by what each waits for; empty when there is none."""
    way = [start]
    while True:
        condition = requirements[way[-1]].terms.condition
        step = condition.of if condition is not None else None
        if step is None or not 0 <= step < len(requirements):
            return []
        if step == start:
            return [*way, start]
        if step in way:
            return []  # a circle that others are in; it is told of them
        way.append(step)


def due_at(
    condition: Condition, fixed: datetime, *, happened_on: date, known_on: date, calendar: WorkingCalendar
) -> datetime:
    """Return until when an answer is due after what it waited for happened.

    At the end of a working day counted from that, or when the requirement says; but never before the end of the first
    working day after it became known: nobody is late with what was just asked.
    """
    soonest = _end_of(calendar.count(known_on, 1))
    if condition.working_days is None:
        return max(fixed, soonest)
    return max(_end_of(calendar.count(happened_on, condition.working_days)), soonest)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM)
