"""How contributions add up, and what a change of them changes.

All of it is state: what an obligation contributes follows from what is known now, never from the order in which it
became known. A change is the difference between what is recorded and what should be.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple
from uuid import UUID

from reporting.domain.asked import ALL_LEVELS, LEVELS, Ratio
from reporting.domain.contribution import Contribution

Relation = Literal["reporting", "cluster"]


class AggregateKey(NamedTuple):
    """Which aggregate: of what, for whom, for when."""

    requirement_id: UUID
    unit_id: str
    period: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units owe, how many have reported, and the sums of what they reported. Sums of zero are left out."""

    due: int = 0
    reported: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)
    assigned: Mapping[str, int] = field(default_factory=dict)
    """The sums of what was assigned to those who owe."""

    def plus(self, other: "Tally", times: int = 1) -> "Tally":
        """Return this tally with another one added `times` times."""
        return Tally(
            self.due + times * other.due,
            self.reported + times * other.reported,
            _added(self.sums, other.sums, times),
            _added(self.assigned, other.assigned, times),
        )

    def totals(self, indicators: Iterable[str]) -> dict[str, int | None]:
        """Return the total of each indicator; null while nobody has reported, since blank is not zero."""
        return {each: self.sums.get(each, 0) if self.reported else None for each in indicators}

    def ratios(self, ratios: Iterable[Ratio]) -> dict[str, tuple[int | None, int | None]]:
        """Return the two sums of each ratio: a ratio of a whole is sum over sum, never the mean of its parts."""
        return {
            each.indicator: (self.sums.get(each.numerator, 0), self.sums.get(each.denominator, 0))
            if self.reported
            else (None, None)
            for each in ratios
        }

    @property
    def is_nothing(self) -> bool:
        """Say whether this tally changes nothing when added."""
        return not (self.due or self.reported or self.sums or self.assigned)


def _added(first: Mapping[str, int], second: Mapping[str, int], times: int) -> dict[str, int]:
    added = dict(first)
    for indicator, value in second.items():
        added[indicator] = added.get(indicator, 0) + times * value
    return {indicator: value for indicator, value in added.items() if value}


Figures = Mapping[str, Tally]
"""The tally of each education level, and under `ALL_LEVELS` that of all units."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The totals of one requirement at one unit or cluster for one period."""

    key: AggregateKey
    relation: Relation
    version: int
    figures: Figures

    @property
    def all_units(self) -> Tally:
        """Return the tally of all units below."""
        return self.figures.get(ALL_LEVELS, Tally())

    @property
    def by_level(self) -> dict[str, Tally]:
        """Return the tally of each education level, lowest first."""
        return {level: self.figures[level] for level in sorted(self.figures, key=_rank) if level != ALL_LEVELS}

    def changed_by(self, change: Figures) -> "Aggregate":
        """Return the aggregate after a change: one version further."""
        return replace(self, version=self.version + 1, figures=add_figures(self.figures, change))


def _rank(level: str) -> tuple[int, str]:
    return (LEVELS.index(level) if level in LEVELS else len(LEVELS), level)


@dataclass(frozen=True, slots=True)
class Change:
    """What must be added to one aggregate."""

    relation: Relation
    figures: Figures


def changes_between(pairs: Iterable[tuple[Contribution | None, Contribution | None]]) -> dict[AggregateKey, Change]:
    """Return what each aggregate changes by when contributions go from the first to the second of each pair.

    Aggregates that change by nothing are left out, however many contributions moved below them.
    """
    figures: dict[AggregateKey, dict[str, Tally]] = defaultdict(dict)
    relations: dict[AggregateKey, Relation] = {}
    for before, after in pairs:
        for contribution, times in ((before, -1), (after, 1)):
            if contribution is not None:
                _weigh(contribution, times, figures, relations)
    changes = {
        key: {level: tally for level, tally in each.items() if not tally.is_nothing} for key, each in figures.items()
    }
    return {key: Change(relations[key], change) for key, change in changes.items() if change}


def _weigh(
    contribution: Contribution,
    times: int,
    figures: dict[AggregateKey, dict[str, Tally]],
    relations: dict[AggregateKey, Relation],
) -> None:
    place = contribution.place
    reached: Sequence[tuple[str, Relation]] = [
        *((unit_id, "reporting") for unit_id in place.above),
        *((unit_id, "cluster") for unit_id in place.clusters),
    ]
    for period in contribution.periods:
        reported = int(contribution.number is not None)
        assigned = contribution.assigned.get(period, {})
        whole = Tally(1, reported, contribution.stated.get(period, {}), assigned)
        tallies = {
            level: Tally(1, reported, values, assigned if level == place.level else {})
            for level, values in contribution.by_level.get(period, {}).items()
        } or {place.level: whole}
        tallies[ALL_LEVELS] = whole
        for unit_id, relation in reached:
            key = AggregateKey(contribution.requirement_id, unit_id, period)
            relations[key] = relation
            for level, tally in tallies.items():
                figures[key][level] = figures[key].get(level, Tally()).plus(tally, times)


def add_figures(figures: Figures, change: Figures) -> Figures:
    """Return figures with a change added, without levels at which nothing is left."""
    added = {
        level: figures.get(level, Tally()).plus(change.get(level, Tally())) for level in figures.keys() | change.keys()
    }
    return {level: tally for level, tally in added.items() if not tally.is_nothing}
