"""How contributions add up, and what a change of them changes.

All of it is state: what an obligation contributes follows from what is known now, never from the order in which it
became known. A change is the difference between what is recorded and what should be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from reporting.domain.asked import ALL_LEVELS, LEVELS, Ratio
from reporting.domain.contribution import Contribution, Relation


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
    balance = Balance()
    for before, after in pairs:
        balance.add(before, -1)
        balance.add(after)
    return balance.changes()


class _Running:
    """A tally that is being added to."""

    __slots__ = ("assigned", "due", "reported", "sums")

    def __init__(self) -> None:
        self.due = self.reported = 0
        self.sums: dict[str, int] = {}
        self.assigned: dict[str, int] = {}

    def add(self, times: int, reported: int, values: Mapping[str, int], assigned: Mapping[str, int]) -> None:
        self.due += times
        self.reported += reported
        for sums, added in ((self.sums, values), (self.assigned, assigned)):
            for indicator, value in added.items():
                sums[indicator] = sums.get(indicator, 0) + times * value

    def tally(self) -> Tally:
        sums = {indicator: value for indicator, value in self.sums.items() if value}
        return Tally(self.due, self.reported, sums, {each: value for each, value in self.assigned.items() if value})


class Balance:
    """What aggregates change by, while contributions are added and taken away one after the other."""

    def __init__(self) -> None:
        self._figures: dict[AggregateKey, dict[str, _Running]] = {}
        self._relations: dict[AggregateKey, Relation] = {}

    def add(self, contribution: Contribution | None, times: int = 1) -> None:
        """Add a contribution, or take it away; none changes nothing."""
        if contribution is None:
            return
        place = contribution.place
        reported = times if contribution.number is not None else 0
        for period in contribution.periods:
            stated, assigned = contribution.stated.get(period, _NOTHING), contribution.assigned.get(period, _NOTHING)
            parts = [
                (level, values, assigned if level == place.level else _NOTHING)
                for level, values in contribution.by_level.get(period, {}).items()
            ] or [(place.level, stated, assigned)]
            # A level without a name is the whole, and is added once.
            parts = [(ALL_LEVELS, stated, assigned), *(each for each in parts if each[0] != ALL_LEVELS)]
            for unit_id, relation in place.reached:
                key = AggregateKey(contribution.requirement_id, unit_id, period)
                self._relations[key] = relation
                figures = self._figures.setdefault(key, {})
                for level, values, promised in parts:
                    running = figures.get(level)
                    if running is None:
                        running = figures[level] = _Running()
                    running.add(times, reported, values, promised)

    def changes(self) -> dict[AggregateKey, Change]:
        """Return what each aggregate changes by; those that change by nothing are left out."""
        changes = {}
        for key, running in self._figures.items():
            tallies = {level: each.tally() for level, each in running.items()}
            figures = {level: tally for level, tally in tallies.items() if not tally.is_nothing}
            if figures:
                changes[key] = Change(self._relations[key], figures)
        return changes


_NOTHING: Mapping[str, int] = {}


def add_figures(figures: Figures, change: Figures) -> Figures:
    """Return figures with a change added, without levels at which nothing is left."""
    added = {
        level: figures.get(level, Tally()).plus(change.get(level, Tally())) for level in figures.keys() | change.keys()
    }
    return {level: tally for level, tally in added.items() if not tally.is_nothing}
