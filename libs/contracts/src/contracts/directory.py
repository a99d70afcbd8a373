"""Events the directory publishes: units as they change, and who may act for them."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from contracts.event import Event, Fact

RelationKind = Literal["administrative", "professional", "reporting", "territory", "cluster", "cluster_lead"]
LineageKind = Literal["merged_into", "split_into", "renamed_to", "converted_to", "function_transferred_to"]


class UnitVersion(Fact):
    """What a unit was called and was, from one day up to and including another (open when `valid_to` is null)."""

    valid_from: date
    valid_to: date | None
    unit_type: str
    name: str
    short_name: str
    levels: tuple[str, ...]
    """Education levels taught, lowest first: `primary`, `lower_secondary`, `upper_secondary`, `continuing`."""
    abbreviation: str | None = None
    """What stands for the unit in the notation of a document, as in `SGDĐT`."""


class UnitRelation(Fact):
    """A dated, typed edge from the unit to a parent. A cluster points to its lead with `cluster_lead`."""

    kind: RelationKind
    parent_id: str
    valid_from: date
    valid_to: date | None


class UnitIdentifier(Fact):
    """A code somebody else knows the unit by, as in `moet_school_code`. Never a key: codes change."""

    scheme: str
    code: str
    valid_from: date
    valid_to: date | None


class UnitLineage(Fact):
    """What the unit became."""

    kind: LineageKind
    to_unit_id: str
    effective_date: date


class UnitChanged(Event):
    """A unit was registered or changed; carries everything dated that is known of it, so the newest event is enough."""

    type: ClassVar[str] = "directory.unit.changed.v1"

    unit_id: str
    version: int
    versions: tuple[UnitVersion, ...]
    relations: tuple[UnitRelation, ...]
    lineage: tuple[UnitLineage, ...]
    identifiers: tuple[UnitIdentifier, ...] = ()

    @property
    def about(self) -> str:
        return self.unit_id


class Post(Fact):
    """A role a person holds at a unit, from one day up to and including another."""

    unit_id: str
    role: str
    valid_from: date
    valid_to: date | None


class PersonChanged(Event):
    """The posts of a person changed. Says nothing that names the person."""

    type: ClassVar[str] = "directory.person.changed.v1"

    person_id: UUID
    version: int
    is_active: bool
    posts: tuple[Post, ...]

    @property
    def about(self) -> str:
        return str(self.person_id)
