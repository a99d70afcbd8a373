"""What the figures of an answer are compared with, and what whoever sends them is told when they miss it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.directives import IndicatorAsked, TargetAsked, TargetHolds, TargetKind
from submissions.domain.asked import Requirement
from submissions.domain.between import Accepted, figure_of
from submissions.domain.fault import Remark

WHOLE = 10_000
"""Shares are told in so many of ten thousand."""
KINDS_VI: Mapping[TargetKind, str] = {
    "policy": "chỉ tiêu phấn đấu",
    "assigned": "chỉ tiêu được giao",
    "registered": "chỉ tiêu đã đăng ký",
    "previous": "kỳ trước",
}
Before = Mapping[str, int]
"""What a unit's accepted answer of the period before states, whole, by indicator."""
NOTHING_BEFORE: Before = {}


@dataclass(frozen=True, slots=True)
class Aim:
    """What one figure of one period is to reach; of a ratio, so many parts of so many."""

    indicator: str
    period: str
    kind: TargetKind
    holds: TargetHolds
    parts: int
    of: int = 1


def aims_of(requirement: Requirement, accepted: Accepted, before: Before = NOTHING_BEFORE) -> Iterator[Aim]:
    """Give what an answer's figures are to reach, as far as that is known: some of it, the answer itself states."""
    for target in requirement.targets:
        for place, period in enumerate(requirement.periods):
            if not target.periods or period in target.periods:
                earlier = requirement.periods[place - 1] if place else None
                found = _aim(requirement, target, period, earlier, accepted, before)
                if found is not None:
                    yield found


def _aim(
    requirement: Requirement,
    target: TargetAsked,
    period: str,
    earlier: str | None,
    accepted: Accepted,
    before: Before,
) -> Aim | None:
    def aim(parts: int | None, of: int = 1) -> Aim | None:
        return None if parts is None else Aim(target.indicator, period, target.kind, target.holds, parts, of)

    def stated_before(code: str) -> int | None:
        return before.get(code) if earlier is None else _whole(requirement, accepted, code, earlier)

    ratio = requirement.ratios.get(target.indicator)
    if target.kind == "assigned":
        return aim(requirement.assigned.get((target.indicator, period)))
    if target.kind == "registered":
        return aim(_whole(requirement, accepted, target.registered_in or "", period))
    if target.kind == "policy":
        asked = requirement.indicators.get(target.indicator)
        is_share = ratio is not None or (asked is not None and asked.type == "bool")
        return aim(target.value, WHOLE if is_share else 1)
    if ratio is None:
        return aim(stated_before(target.indicator))
    parts, of = stated_before(ratio.numerator or ""), stated_before(ratio.denominator or "")
    return aim(parts, of) if of else None


def missed(requirement: Requirement, accepted: Accepted, before: Before = NOTHING_BEFORE) -> Iterator[Remark]:
    """Give the targets an answer misses, of those that warn; it is taken all the same."""
    warning = {(each.indicator, each.kind) for each in requirement.targets if each.warns}
    for aim in aims_of(requirement, accepted, before):
        if (aim.indicator, aim.kind) not in warning:
            continue
        ratio = requirement.ratios.get(aim.indicator)
        counted = aim.indicator if ratio is None else ratio.numerator or ""
        mine = figure_of(requirement, accepted, counted, aim.period)
        whole = 1 if ratio is None else _whole(requirement, accepted, ratio.denominator or "", aim.period)
        if mine is None or not whole:
            continue
        place, value = mine
        short = value * aim.of - aim.parts * whole
        if short < 0 if aim.holds == "at_least" else short > 0:
            yield _said(ratio or requirement.indicators[aim.indicator], aim, place, value, whole)


def _said(asked: IndicatorAsked, aim: Aim, place: int, value: int, whole: int) -> Remark:
    is_least = aim.holds == "at_least"
    if asked.type == "bool":
        mine = wanted = ""
    elif asked.type == "ratio":
        mine, wanted = f" ({_percent(value, whole)})", f" {_percent(aim.parts, aim.of)}"
    else:
        mine, wanted = f" ({value})", f" {aim.parts}"
    return Remark(
        f"values[{place}]",
        aim.indicator,
        aim.period,
        f"«{asked.name}» kỳ {aim.period}{mine} {'chưa đạt' if is_least else 'vượt'} {KINDS_VI[aim.kind]}{wanted}.",
        f"{aim.indicator} of {aim.period}{mine} is {'short of' if is_least else 'over'} its {aim.kind} target{wanted}.",
        asked.needs_explanation,
    )


def _percent(parts: int, of: int) -> str:
    return f"{parts * 100 / of:.2f}%"


def _whole(requirement: Requirement, accepted: Accepted, code: str, period: str) -> int | None:
    found = figure_of(requirement, accepted, code, period) if code in requirement.indicators else None
    return None if found is None else int(found[1])
