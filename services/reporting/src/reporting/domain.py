"""How answers add up: where an obligation stands in the tree, what it contributes, and what a change of it changes.

All of it is state: what an obligation contributes follows from what is known now, never from the order in which it
became known. A change is the difference between what is recorded and what should be.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from unit_tree.tree import Tree

Relation = Literal["reporting", "cluster"]
AnswerState = Literal["submitted", "returned", "accepted", "withdrawn"]
COUNTING: tuple[AnswerState, ...] = ("submitted", "accepted")
"""What is returned for revision or was withdrawn does not count, until it is sent again."""
Values = Mapping[str, Mapping[str, int]]
"""What was stated: period → indicator → value; a bool counts as one or nothing."""
ByLevel = Mapping[str, Mapping[str, Mapping[str, int]]]
"""The same by education level: period → level → indicator → value."""

UNDIVIDED = "-"
"""The period of a requirement that names none. A period is a token of a NATS subject, and those cannot be empty."""
ALL_LEVELS = ""
"""Stands for the units of every education level, and of none."""
LEVELS = ("preschool", "primary", "lower_secondary", "upper_secondary", "continuing")
"""Education levels, lowest first."""
CLUSTER_TYPE = "cum_chuyen_mon"


class Ratio(NamedTuple):
    """A figure nobody states: one over another, by their codes."""

    indicator: str
    numerator: str
    denominator: str


class Target(NamedTuple):
    """What a figure is compared with, as the directive says."""

    indicator: str
    kind: str
    holds: str
    value: int | None
    registered_in: str | None
    periods: Sequence[str]
    """Those it is for; none: all."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is asked, as far as it decides how answers add up."""

    requirement_id: UUID
    version: int
    directive_id: UUID
    issuer_unit_id: str
    kind: str
    as_of: date
    periods: tuple[str, ...]
    indicators: tuple[str, ...]
    """Those that are stated, and so add up."""
    ratios: tuple[Ratio, ...] = ()
    bools: tuple[str, ...] = ()
    """Those of the indicators that are a yes or no."""
    divided: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Those that are stated per education level, each with the levels it is asked of; none: all."""
    calendar: tuple[tuple[str, date], ...] = ()
    """Of one asked by a calendar: its periods, in their order, each with its first day."""
    targets: tuple[Target, ...] = ()

    def day_of(self, period: str) -> date:
        """Return the day on whose tree the totals of a period stand."""
        return max(self.as_of, dict(self.calendar).get(period, self.as_of))

    def before(self, period: str) -> str | None:
        """Return the period before one, or null."""
        place = self.periods.index(period) if period in self.periods else 0
        return self.periods[place - 1] if place else None

    def asked_at(self, level: str) -> tuple[str, ...]:
        """Return the indicators that are asked of an education level."""
        return tuple(
            each
            for each in self.indicators
            if level == ALL_LEVELS or not self.divided.get(each) or level in self.divided[each]
        )


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who owes an answer to a requirement."""

    obligation_id: UUID
    version: int
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    period: str | None = None
    """The one period it is the answer of; null: those of its requirement."""
    as_of: date | None = None
    """The day on whose tree it stands; null: that of its requirement."""
    levels: tuple[str, ...] = ()
    """The education levels the unit teaches, where it is asked per level."""
    assigned: Sequence[Sequence[Any]] = ()
    """What the unit is to reach: indicator, period (null: every one), value."""


@dataclass(frozen=True, slots=True)
class ObligationChange:
    """What an obligation has become since it was opened, by the newest event heard of it."""

    obligation_id: UUID
    version: int
    state: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the answer to an obligation stands, by the newest event heard of it."""

    obligation_id: UUID
    version: int
    number: int
    state: AnswerState


@dataclass(frozen=True, slots=True)
class AnswerValues:
    """What one submission version states."""

    obligation_id: UUID
    number: int
    is_late: bool
    is_nil: bool
    stated: Values
    submitted_at: datetime
    by_level: ByLevel = field(default_factory=dict)
    """What was stated per education level, which `stated` has whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an obligation stands: the units above it, nearest first, its clusters, and its education level."""

    above: tuple[str, ...]
    clusters: tuple[str, ...]
    level: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one obligation adds to every aggregate above it: one unit due and, when counted, what it reported."""

    obligation_id: UUID
    requirement_id: UUID
    periods: tuple[str, ...]
    """None when nothing is owed any more."""
    place: Place
    number: int | None
    """The submission version that counts; null while none does."""
    stated: Values
    by_level: ByLevel = field(default_factory=dict)
    """At which education levels the unit is asked, and what it stated there; empty: at that of its place."""
    assigned: Values = field(default_factory=dict)
    """What the unit is to reach, whether or not it has reported."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is known of one obligation, and what is recorded of it in the totals."""

    obligation: Obligation
    requirement: Requirement
    answer: Answer | None
    values: AnswerValues | None
    """What the version the answer stands at states; null while that is not known."""
    recorded: Contribution | None
    change: ObligationChange | None = None
    """What the obligation has become; null while it is as it was opened."""

    @property
    def is_owed(self) -> bool:
        """Say whether the unit owes the answer still: it is not exempt, and its directive stands."""
        return self.change is None or self.change.state == "open"

    @property
    def due_at(self) -> datetime:
        """Return the deadline as it is now."""
        return self.obligation.due_at if self.change is None else self.change.due_at


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


def place_on(day: date, tree: Tree, *, unit_id: str, answering_unit_id: str) -> Place:
    """Return where an obligation stands on a day: above the unit that owes, though another may answer for it.

    A cluster has nobody above it: its answer counts above the school that answers, and for the cluster itself.
    """
    version = tree.version(unit_id, day)
    level = version.levels[-1] if version is not None and version.levels else ALL_LEVELS
    if version is not None and version.unit_type == CLUSTER_TYPE:
        return Place(tree.ancestors(answering_unit_id, "reporting", day), (unit_id,), level)
    above = tree.ancestors(unit_id, "reporting", day)
    clusters = tuple(each for each in tree.parents(unit_id, "cluster", day) if each not in above)
    return Place(above, clusters, level)


def place_of(standing: Standing, tree: Tree) -> Place:
    """Return where an obligation stands on the day its requirement stands on."""
    obligation = standing.obligation
    day = obligation.as_of or standing.requirement.as_of
    return place_on(day, tree, unit_id=obligation.unit_id, answering_unit_id=obligation.answering_unit_id)


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
