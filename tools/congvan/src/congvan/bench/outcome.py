"""What a measurement says: figures, ratios, and whether they meet what was aimed at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Aim:
    """What a figure should be."""

    at_least: float | None = None
    at_most: float | None = None

    def is_met_by(self, figure: float) -> bool:
        """Say whether a figure is what was aimed at."""
        return (self.at_least is None or figure >= self.at_least) and (self.at_most is None or figure <= self.at_most)

    def in_words(self) -> str:
        """Return the aim as people write it."""
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"

    def as_json(self) -> dict[str, float]:
        """Return the bound that is set."""
        return {name: bound for name, bound in vars(self).items() if bound is not None}


@dataclass(frozen=True)
class Sheet:
    """A table for people: a heading, the names of its columns, its rows."""

    heading_vi: str
    heading_en: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass
class Outcome:
    """One measurement."""

    name: str
    figures: dict[str, Any]
    ratios: dict[str, float]
    """The figures that mean something on any machine, and those that are aimed at."""
    aims: dict[str, Aim]
    """By the name of a ratio."""
    sheets: list[Sheet] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What a reader must know, in Vietnamese and English."""

    @property
    def met(self) -> dict[str, bool]:
        """Say of each aim whether it is met."""
        return {name: aim.is_met_by(self.ratios[name]) for name, aim in self.aims.items()}

    def as_json(self) -> dict[str, Any]:
        """Return the outcome without its tables."""
        return {
            "name": self.name,
            "figures": self.figures,
            "ratios": self.ratios,
            "aims": {name: aim.as_json() for name, aim in self.aims.items()},
            "met": self.met,
            "notes": [en for _, en in self.notes],
        }


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the least value that so many per cent of `ordered`, which must be sorted, do not exceed."""
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95, p99 and the largest of these times, in milliseconds."""
    ordered = sorted(milliseconds)
    spread = {f"p{percent}_ms": round(percentile(ordered, percent), 2) for percent in (50, 95, 99)}
    return spread | {"max_ms": round(ordered[-1], 2)}
