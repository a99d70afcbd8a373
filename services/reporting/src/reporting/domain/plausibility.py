"""What looks odd among figures that are formally right: for a person to look at, never to refuse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Against = Literal["before", "peers"]
TIMES = 3
"""So many times as much, or as little, as in the period before."""
SPREADS = 5
"""So many times as far from the middle of the others as those lie from it."""
FEWEST_PEERS = 8
"""Among fewer there is no middle worth the name."""
SMALL = 10
"""A difference of less is chance."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A figure of one unit that is far from what it is held against."""

    unit_id: str
    indicator: str
    value: int
    against: Against
    expected: int
    """What it was in the period before, or the middle of the others."""


def odd_among(
    figures: Mapping[str, Mapping[str, int]], before: Mapping[str, Mapping[str, int]], indicators: Sequence[str]
) -> Iterator[Oddity]:
    """Yield what is far from the same unit's figure before, or from those of the other units; by indicator, by unit.

    Both are indicator by unit. Held against the others is a unit among at least some of them; the spread is the middle
    of the distances from the middle, which one wrong figure does not move.
    """
    for indicator in indicators:
        told = {unit_id: values[indicator] for unit_id, values in sorted(figures.items()) if indicator in values}
        middle = spread = 0
        if len(told) >= FEWEST_PEERS:
            middle = round(median(told.values()))
            spread = max(1, round(median(abs(value - middle) for value in told.values())))
        for unit_id, value in told.items():
            was = before.get(unit_id, {}).get(indicator)
            if was is not None and _is_jump(was, value):
                yield Oddity(unit_id, indicator, value, "before", was)
            distance = abs(value - middle)
            if len(told) >= FEWEST_PEERS and distance >= SMALL and distance > SPREADS * spread:
                yield Oddity(unit_id, indicator, value, "peers", middle)


def _is_jump(was: int, value: int) -> bool:
    return abs(value - was) >= SMALL and (value > TIMES * was or was > TIMES * value)
