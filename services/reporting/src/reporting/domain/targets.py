"""What totals are compared with: targets set for all, assigned, registered by the units, or the period before."""

from collections.abc import Iterator
from dataclasses import dataclass

from reporting.domain import Ratio, Requirement, Tally, Target

WHOLE = 10_000
"""Shares are told in so many of ten thousand."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A total beside its target, both in the unit of what is counted: of a ratio its numerator, of a bool units."""

    indicator: str
    kind: str
    holds: str
    target: int | None
    """Null while none is known: nothing was assigned, nobody has registered one, there is no period before."""
    variance: int | None
    """The total less the target; null while either is not known."""
    missing: int | None
    """How many are short of at least so many, or over at most so many; nought when it is reached."""


def compared(requirement: Requirement, tally: Tally, period: str, before: Tally | None) -> Iterator[Compared]:
    """Compare the totals of a period with their targets; `before` is what there was in the period before it."""
    ratios = {each.indicator: each for each in requirement.ratios}
    for each in requirement.targets:
        if each.periods and period not in each.periods:
            continue
        ratio = ratios.get(each.indicator)
        counted = ratio.numerator if ratio is not None else each.indicator
        total = tally.sums.get(counted, 0) if tally.reported else None
        target = _target(requirement, each, ratio, tally, before)
        variance = None if total is None or target is None else total - target
        missing = None if variance is None else max(0, variance if each.holds == "at_most" else -variance)
        yield Compared(each.indicator, each.kind, each.holds, target, variance, missing)


def _target(
    requirement: Requirement, target: Target, ratio: Ratio | None, tally: Tally, before: Tally | None
) -> int | None:
    if target.kind == "assigned":
        return tally.assigned.get(target.indicator)
    if target.kind == "registered":
        return tally.sums.get(target.registered_in or "", 0) if tally.reported else None
    if target.kind == "previous":
        return _as_before(target, ratio, tally, before)
    return None if target.value is None else _policy(requirement, target, target.value, ratio, tally)


def _policy(requirement: Requirement, target: Target, value: int, ratio: Ratio | None, tally: Tally) -> int | None:
    """Return what is set for all: a share of the whole, of the units that owe, or so many of each of them."""
    if ratio is not None:
        return _share(target, tally.sums.get(ratio.denominator, 0), value, WHOLE) if tally.reported else None
    return _share(target, tally.due, value, WHOLE) if target.indicator in requirement.bools else value * tally.due


def _as_before(target: Target, ratio: Ratio | None, tally: Tally, before: Tally | None) -> int | None:
    if before is None or not before.reported:
        return None
    if ratio is None:
        return before.sums.get(target.indicator, 0)
    whole = before.sums.get(ratio.denominator, 0)
    if not whole or not tally.reported:
        return None
    return _share(target, tally.sums.get(ratio.denominator, 0), before.sums.get(ratio.numerator, 0), whole)


def _share(target: Target, whole: int, parts: int, of: int) -> int:
    """Return so many parts of a whole in whole numbers: at least so many is rounded up, at most so many down."""
    return whole * parts // of if target.holds == "at_most" else -(-whole * parts // of)
