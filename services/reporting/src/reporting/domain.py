"""How answers add up: where an obligation stands in the tree, what it contributes, and what a change of it changes.

All of it is state: what an obligation contributes follows from what is known now, never from the order in which it
became known. A change is the difference between what is recorded and what should be.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from unit_tree.tree import Tree

Relation = Literal["reporting", "cluster"]
AnswerState = Literal["submitted", "returned", "accepted", "withdrawn"]
COUNTING: tuple[AnswerState, ...] = ("submitted", "accepted")
"""What is returned for revision or was withdrawn does not count, until it is sent again."""
Values = Mapping[str, Mapping[str, int]]
"""What was stated: period → indicator → value; a bool counts as one or nothing."""

UNDIVIDED = "-"
"""The period of a requirement that names none. A period is a token of a NATS subject, and those cannot be empty."""
ALL_LEVELS = ""
"""Stands for the units of every education level, and of none."""
LEVELS = ("primary", "lower_secondary", "upper_secondary", "continuing")
"""Education levels, lowest first."""
CLUSTER_TYPE = "cum_chuyen_mon"
BECAME = frozenset({"merged_into", "converted_to", "renamed_to"})
"""The kinds of lineage that leave one successor, in whose place the unit then stands."""


class Ratio(NamedTuple):
    """A figure nobody states: one over another, by their codes."""

    indicator: str
    numerator: str
    denominator: str


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


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who owes an answer to a requirement."""

    obligation_id: UUID
    version: int
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    due_at: datetime


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

    def plus(self, other: "Tally", times: int = 1) -> "Tally":
        """Return this tally with another one added `times` times."""
        sums = dict(self.sums)
        for indicator, value in other.sums.items():
            sums[indicator] = sums.get(indicator, 0) + times * value
        return Tally(
            self.due + times * other.due,
            self.reported + times * other.reported,
            {indicator: value for indicator, value in sums.items() if value},
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
        return not (self.due or self.reported or self.sums)


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


def living_on(day: date, tree: Tree, unit_id: str) -> str | None:
    """Return the unit that stands on a day where `unit_id` stood: itself, or what it has become; null when nobody does.

    A unit that was split, or that did not exist yet, has no single place.
    """
    seen = set()
    while tree.version(unit_id, day) is None:
        seen.add(unit_id)
        became = {
            each.to_unit_id
            for each in tree.lineage(unit_id)
            if each.kind in BECAME and each.effective_date <= day and each.to_unit_id not in seen
        }
        if len(became) != 1:
            return None
        [unit_id] = became
    return unit_id


def place_of(standing: Standing, tree: Tree) -> Place:
    """Return where an obligation stands on the day its requirement stands on."""
    obligation = standing.obligation
    return place_on(
        standing.requirement.as_of, tree, unit_id=obligation.unit_id, answering_unit_id=obligation.answering_unit_id
    )


def contribution_of(standing: Standing, place: Place) -> Contribution:
    """Return what an obligation should add to the totals.

    It is due because it exists, unless it is owed no more: then it stands for no period and adds nothing, whatever was
    submitted. It is counted when it is submitted or accepted and what that version states is known; a nil report is
    counted and adds nothing.
    """
    obligation, requirement = standing.obligation, standing.requirement
    if not standing.is_owed:
        return Contribution(obligation.obligation_id, obligation.requirement_id, (), place, None, {})
    number: int | None = None
    stated: Values = {}
    if standing.answer is not None and standing.answer.state in COUNTING and standing.values is not None:
        number = standing.answer.number
        if not standing.values.is_nil:
            stated = _asked_for(requirement, standing.values.stated)
    return Contribution(
        obligation_id=obligation.obligation_id,
        requirement_id=obligation.requirement_id,
        periods=requirement.periods,
        place=place,
        number=number,
        stated=stated,
    )


def _asked_for(requirement: Requirement, stated: Values) -> Values:
    asked = {
        period: {each: value for each, value in stated.get(period, {}).items() if each in requirement.indicators}
        for period in requirement.periods
    }
    return {period: values for period, values in asked.items() if values}


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
        tally = Tally(1, int(contribution.number is not None), contribution.stated.get(period, {}))
        for unit_id, relation in reached:
            key = AggregateKey(contribution.requirement_id, unit_id, period)
            relations[key] = relation
            for level in {ALL_LEVELS, place.level}:
                figures[key][level] = figures[key].get(level, Tally()).plus(tally, times)


def add_figures(figures: Figures, change: Figures) -> Figures:
    """Return figures with a change added, without levels at which nothing is left."""
    added = {
        level: figures.get(level, Tally()).plus(change.get(level, Tally())) for level in figures.keys() | change.keys()
    }
    return {level: tally for level, tally in added.items() if not tally.is_nothing}


def restate(
    contributions: Iterable[tuple[Obligation, Contribution]], *, day: date, tree: Tree
) -> tuple[list[Aggregate], list[str]]:
    """Add the same contributions up on the tree of another day; return the aggregates and the units left out.

    A unit that has ceased by then counts where its successor stands; its education level stays the one it answered
    with. A unit that has no place on that day is left out, and named.
    """
    moved: list[tuple[None, Contribution]] = []
    unplaced: list[str] = []
    for obligation, contribution in contributions:
        if not contribution.periods:
            continue
        unit_id = living_on(day, tree, obligation.unit_id)
        if unit_id is None:
            unplaced.append(obligation.unit_id)
            continue
        answering = living_on(day, tree, obligation.answering_unit_id) or obligation.answering_unit_id
        place = place_on(day, tree, unit_id=unit_id, answering_unit_id=answering)
        moved.append((None, replace(contribution, place=replace(place, level=contribution.place.level))))
    changes = changes_between(moved)
    return [Aggregate(key, change.relation, 0, change.figures) for key, change in changes.items()], sorted(unplaced)
