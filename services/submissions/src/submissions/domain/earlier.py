"""What a unit stated before, and what its figures are held against because of it.

The same bounds are given out with the form and checked when the answer comes, so a page warns as the service does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from contracts.directives import IndicatorAsked
from submissions.domain.asked import Requirement
from submissions.domain.between import Accepted, figure_of
from submissions.domain.fault import Remark

Against = Literal["previous", "ceiling"]


class Former(NamedTuple):
    """A figure a unit stated before, whole, for another obligation, and that stands."""

    indicator: str
    period: str
    value: bool | int
    obligation_id: UUID
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a unit's figures are held against, as far as it was stated before; by indicator."""

    previous: Mapping[str, Former] = field(default_factory=dict)
    """Of the period before the first one that is asked."""
    latest: Mapping[str, Former] = field(default_factory=dict)
    """Of figures that are a ceiling: what was stated last, of whatever period."""


NOTHING_EARLIER = Earlier()


class Bound(NamedTuple):
    """Within which bounds a figure, over all its levels, raises no question; `stated` was said of `stated_for`."""

    indicator: str
    period: str
    against: Against
    stated_in: str
    """The code of the figure it is held against: for the period before, its own."""
    stated: int
    stated_for: str
    least: int | None
    most: int


def codes_before(requirement: Requirement) -> set[str]:
    """Return the codes of the figures whose earlier values matter to an answer."""
    asked = requirement.indicators.values()
    return {each.code for each in asked if each.previous_percent is not None} | {
        each.ceiling for each in asked if each.ceiling is not None
    }


def earlier_of(requirement: Requirement, formers: Sequence[Former]) -> Earlier:
    """Return what figures are held against, of all that the unit stated before; the newest first.

    The period before is, of what is asked by a calendar, the one before in it; otherwise the last one stated that is
    not asked for now.
    """
    place = requirement.calendar.index(requirement.periods[0]) if _is_of_calendar(requirement) else 0
    wanted = requirement.calendar[place - 1] if place else None
    previous: dict[str, Former] = {}
    latest: dict[str, Former] = {}
    for each in formers:
        latest.setdefault(each.indicator, each)
        is_before = each.period == wanted if requirement.calendar else each.period not in requirement.periods
        if is_before:
            previous.setdefault(each.indicator, each)
    return Earlier(previous, latest)


def bounds_of(
    requirement: Requirement, accepted: Accepted, earlier: Earlier = NOTHING_EARLIER
) -> Iterator[tuple[IndicatorAsked, Bound]]:
    """Give within which bounds figures raise no question; of a later period, by what the answer states of an earlier.

    Nothing is so many percent of nought: after a period without any, every figure is as good as another.
    """
    for asked in requirement.indicators.values():
        for place, period in enumerate(requirement.periods):
            if asked.previous_percent is not None:
                before = _before(requirement, accepted, earlier, asked.code, place)
                if before is not None and before[0] > 0:
                    yield asked, _around(asked.code, period, before, asked.previous_percent)
            known = None if asked.ceiling is None else earlier.latest.get(asked.ceiling)
            if known is not None and asked.ceiling is not None:
                stated = int(known.value)
                yield asked, Bound(asked.code, period, "ceiling", asked.ceiling, stated, known.period, None, stated)


def beyond(requirement: Requirement, accepted: Accepted, earlier: Earlier) -> Iterator[Remark]:
    """Give the figures that are beyond their bounds; one that is wrong itself or missing raises no further question."""
    for asked, bound in bounds_of(requirement, accepted, earlier):
        mine = figure_of(requirement, accepted, bound.indicator, bound.period)
        if mine is None:
            continue
        place, value = mine
        if value > bound.most or (bound.least is not None and value < bound.least):
            vi, en = _said(asked, bound, int(value))
            yield Remark(f"values[{place}]", bound.indicator, bound.period, vi, en, asked.needs_explanation)


def _is_of_calendar(requirement: Requirement) -> bool:
    return bool(requirement.periods) and requirement.periods[0] in requirement.calendar


def _before(
    requirement: Requirement, accepted: Accepted, earlier: Earlier, code: str, place: int
) -> tuple[int, str] | None:
    if place:
        period = requirement.periods[place - 1]
        found = figure_of(requirement, accepted, code, period)
        return None if found is None else (int(found[1]), period)
    known = earlier.previous.get(code)
    return None if known is None else (int(known.value), known.period)


def _around(code: str, period: str, before: tuple[int, str], percent: int) -> Bound:
    stated, stated_for = before
    least = -(-stated * (100 - percent) // 100)
    return Bound(code, period, "previous", code, stated, stated_for, max(least, 0), stated * (100 + percent) // 100)


def _said(asked: IndicatorAsked, bound: Bound, value: int) -> tuple[str, str]:
    if bound.against == "ceiling":
        return (
            f"«{asked.name}» ({value}) vượt số đơn vị đã báo kỳ {bound.stated_for} ({bound.stated}).",
            f"{asked.code} ({value}) is above {bound.stated_in}, stated as {bound.stated} for {bound.stated_for}.",
        )
    return (
        f"«{asked.name}» ({value}) chênh quá {asked.previous_percent}% so với kỳ {bound.stated_for} ({bound.stated}).",
        f"{asked.code} ({value}) differs by more than {asked.previous_percent}% from {bound.stated} of "
        f"{bound.stated_for}.",
    )
