"""Where an obligation stands in the tree, and what it adds to the totals."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from reporting.domain.answered import Answer, AnswerValues, ByLevel, Values
from reporting.domain.asked import ALL_LEVELS, Obligation, ObligationChange, Requirement
from unit_tree.tree import Tree

CLUSTER_TYPE = "cum_chuyen_mon"
Relation = Literal["reporting", "cluster", "administrative", "territory"]
TOLD_OUTSIDE: tuple[Relation, ...] = ("reporting", "cluster")
"""Totals by the other relations are read here: told outside as well, they would give away what the two differ by."""
RECKONING = 1
"""Which rule a contribution was made by; one made by an earlier rule is made anew.

1: the administrative and the territorial way up, and how an answer stands, are part of it."""


class Place(NamedTuple):
    """Where an obligation stands: the units above it, nearest first, its clusters, and its education level."""

    above: tuple[str, ...]
    clusters: tuple[str, ...]
    level: str
    administrative: tuple[str, ...] = ()
    """The units above by who governs whom, nearest first."""
    territory: tuple[str, ...] = ()
    """The units above by where they lie, nearest first."""

    @property
    def reached(self) -> tuple[tuple[str, Relation], ...]:
        """Return every unit and cluster whose totals count what stands here, each with the relation it stands by."""
        ways: tuple[tuple[Relation, tuple[str, ...]], ...] = (
            ("reporting", self.above),
            ("cluster", self.clusters),
            ("administrative", self.administrative),
            ("territory", self.territory),
        )
        return tuple((unit_id, relation) for relation, units in ways for unit_id in units)


class Contribution(NamedTuple):
    """What one obligation adds to every aggregate above it: one unit due and, when counted, what it reported."""

    obligation_id: UUID
    requirement_id: UUID
    periods: tuple[str, ...]
    """None when nothing is owed any more."""
    place: Place
    number: int | None
    """The submission version that counts; null while none does."""
    stated: Values
    by_level: ByLevel = {}  # noqa: RUF012  a `Mapping`, which nobody writes to
    """At which education levels the unit is asked, and what it stated there; empty: at that of its place."""
    assigned: Values = {}  # noqa: RUF012  as above
    """What the unit is to reach, whether or not it has reported."""
    silent: Mapping[str, Mapping[str, Sequence[str]]] = {}
    """What an answer that counts holds no figure for: period → education level (or all) → indicators."""
    is_nil: bool = False
    """The answer that counts says that nothing happened."""
    is_late: bool = False
    """The answer that counts came after the deadline."""
    is_returned: bool = False
    """There was an answer; it was sent back."""
    is_exempt: bool = False
    """Nothing is owed, by leave."""
    reckoning: int = RECKONING


class Standing(NamedTuple):
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


def place_on(day: date, tree: Tree, *, unit_id: str, answering_unit_id: str) -> Place:
    """Return where an obligation stands on a day: above the unit that owes, though another may answer for it.

    A cluster has nobody above it: its answer counts above the school that answers, and for the cluster itself.
    """
    version = tree.version(unit_id, day)
    level = version.levels[-1] if version is not None and version.levels else ALL_LEVELS
    if version is not None and version.unit_type == CLUSTER_TYPE:
        clusters: tuple[str, ...] = (unit_id,)
        stands = answering_unit_id
        above = tree.ancestors(stands, "reporting", day)
    else:
        stands = unit_id
        above = tree.ancestors(stands, "reporting", day)
        clusters = tuple(each for each in tree.parents(unit_id, "cluster", day) if each not in above)
    governed, lies_in = (tree.ancestors(stands, kind, day) for kind in ("administrative", "territory"))
    return Place(above, clusters, level, governed, lies_in)


def place_of(standing: Standing, tree: Tree) -> Place:
    """Return where an obligation stands on the day its requirement stands on."""
    obligation = standing.obligation
    day = obligation.as_of or standing.requirement.as_of
    return place_on(day, tree, unit_id=obligation.unit_id, answering_unit_id=obligation.answering_unit_id)
