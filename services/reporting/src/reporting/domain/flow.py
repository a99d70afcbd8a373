"""What two sides say of the same flow, as where pupils came from and where they went: for a person to look at.

A rule of the outline binds the figures of one answer. Where no unit states figures of both its sides, it says
something of a flow from some units to others, and holds between their sums.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import eq, ge, le

from reporting.domain.asked import Rule

_HOLDS = {"at_most": le, "equals": eq, "at_least": ge}


@dataclass(frozen=True, slots=True)
class BrokenFlow:
    """A flow whose sides do not agree: what each of them adds up to, and how many units state it."""

    rule: Rule
    left: int
    right: int
    left_units: int
    right_units: int


def broken_flows(rules: Sequence[Rule], figures: Mapping[str, Mapping[str, int]]) -> Iterator[BrokenFlow]:
    """Yield the flows whose sides do not agree, among the figures of these units, by unit.

    Nothing is held against a side nobody has stated yet.
    """
    for rule in rules:
        holds = _HOLDS.get(rule.holds)
        sides = [_stated(figures, side) for side in (rule.left, rule.right)]
        left, right = sides
        if holds is None or not left or not right or left.keys() & right.keys():
            continue
        if not holds(sum(left.values()), sum(right.values())):
            yield BrokenFlow(rule, sum(left.values()), sum(right.values()), len(left), len(right))


def _stated(figures: Mapping[str, Mapping[str, int]], side: Sequence[Sequence[object]]) -> dict[str, int]:
    """Return what each unit that states any figure of a side adds to it."""
    terms = [(str(indicator), int(str(times))) for indicator, times in side]
    return {
        unit_id: sum(times * values.get(indicator, 0) for indicator, times in terms)
        for unit_id, values in figures.items()
        if any(indicator in values for indicator, _ in terms)
    }
