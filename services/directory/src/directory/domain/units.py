"""A unit: everything dated that is known of it, and how a cluster gets a lead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from contracts.directory import LineageKind, RelationKind
from directory.domain.days import holds_on

CLUSTER_TYPE = "cum_chuyen_mon"
LEAD: RelationKind = "cluster_lead"
MEMBER: RelationKind = "cluster"
LEVELS = ("preschool", "primary", "lower_secondary", "upper_secondary", "continuing")
"""Education levels, lowest first."""


@dataclass(frozen=True, slots=True)
class UnitType:
    """A type of unit, of the catalogue the province edits, and the levels such units teach."""

    code: str
    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """What a unit is called and is, over a span of days."""

    valid_from: date
    valid_to: date | None
    unit_type: str
    name: str
    short_name: str
    abbreviation: str | None = None
    """What stands for the unit in the notation of a document."""
    levels: tuple[str, ...] | None = None
    """The education levels this unit teaches, where they are not those of its type; none at all when empty."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A dated edge from a unit to one above it, or from a cluster to its lead."""

    kind: RelationKind
    parent_id: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Say whether the edge is there on `day`."""
        return holds_on(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a unit became, and on what grounds."""

    kind: LineageKind
    to_unit_id: str
    effective_date: date
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """A code somebody else knows the unit by, over a span of days. Several at once may be right; none is a key."""

    scheme: str
    code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with everything dated that is known of it, in a fixed order. `version` counts its changes."""

    unit_id: str
    versions: tuple[Version, ...] = ()
    relations: tuple[Relation, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    version: int = 0

    def on(self, day: date) -> Version | None:
        """Return what the unit is on `day`, or null when it does not exist then."""
        return next((each for each in self.versions if holds_on(each.valid_from, each.valid_to, day)), None)

    @property
    def leads(self) -> tuple[Relation, ...]:
        """Return the leads a cluster had, has and will have, in the order of days."""
        return tuple(each for each in self.relations if each.kind == LEAD)

    @property
    def last_day(self) -> date | None:
        """Return the last day the unit exists, or null when none is known."""
        return self.versions[-1].valid_to if self.versions else None

    def restated(
        self,
        versions: Iterable[Version],
        relations: Iterable[Relation],
        lineage: Iterable[Lineage] | None = None,
        identifiers: Iterable[Identifier] | None = None,
    ) -> "Unit":
        """Return the unit as a register describes it.

        The leads of a cluster stay; so do its lineage and its identifiers where none are given.
        """
        return replace(
            self,
            versions=tuple(sorted(versions, key=lambda each: each.valid_from)),
            relations=in_order((*relations, *self.leads)),
            lineage=self.lineage if lineage is None else tuple(sorted(lineage, key=_lineage_order)),
            identifiers=self.identifiers if identifiers is None else tuple(sorted(identifiers, key=_identifier_order)),
        )

    def in_order(self) -> "Unit":
        """Return the unit with everything dated in the one order in which it is compared, stored and told."""
        others = (each for each in self.relations if each.kind != LEAD)
        return self.restated(self.versions, others, self.lineage, self.identifiers)

    def led_by(self, school: "Unit", *, valid_from: date) -> "Unit":
        """Return the cluster with `school` as its lead from a day on, for as long as it then is a member.

        Later appointments give way; earlier ones end the day before. Raises `LookupError` when it is no member then.
        """
        membership = next(
            (
                each
                for each in school.relations
                if each.kind == MEMBER and each.parent_id == self.unit_id and each.holds_on(valid_from)
            ),
            None,
        )
        if membership is None or school.on(valid_from) is None:
            raise LookupError(school.unit_id)
        eve = valid_from - timedelta(days=1)
        earlier = [
            replace(each, valid_to=eve) if each.valid_to is None or each.valid_to > eve else each
            for each in self.leads
            if each.valid_from < valid_from
        ]
        since = valid_from
        if earlier and earlier[-1].parent_id == school.unit_id and earlier[-1].valid_to == eve:
            since = earlier.pop().valid_from
        lead = Relation(LEAD, school.unit_id, since, membership.valid_to)
        others = [each for each in self.relations if each.kind != LEAD]
        return replace(self, relations=in_order((*others, *earlier, lead)))


def in_order(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Return relations in the one order in which they are compared, stored and told."""
    return tuple(sorted(relations, key=lambda each: (each.kind, each.valid_from, each.parent_id)))


def _identifier_order(identifier: Identifier) -> tuple[str, date, str]:
    return identifier.scheme, identifier.valid_from, identifier.code


def _lineage_order(lineage: Lineage) -> tuple[date, str, str]:
    return lineage.effective_date, lineage.kind, lineage.to_unit_id


@dataclass(frozen=True, slots=True)
class UnitOnDay:
    """What a unit is on one day, and who stands above it then, by kind of relation."""

    unit_id: str
    unit_type: str
    unit_type_name: str
    levels: tuple[str, ...]
    name: str
    short_name: str
    abbreviation: str | None
    valid_from: date
    valid_to: date | None
    parents: Mapping[str, tuple[str, ...]]
