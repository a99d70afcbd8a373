"""Events the directory publishes: units as they change, what they are grouped by, and who may act for them."""

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
    """Education levels, lowest first: `preschool`, `primary`, `lower_secondary`, `upper_secondary`, `continuing`."""
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


class UnitsBelow(Fact):
    """Everyone below a unit by one kind of relation: at any depth, or directly."""

    unit_id: str
    kind: str
    direct: bool


class SelectorRule(Fact):
    """Units of which everything said here is true; a list says: any of these. One more condition is a new version."""

    types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    under: tuple[UnitsBelow, ...] = ()
    leads_a_cluster: bool = False
    held_role: str | None = None
    groups: tuple[str, ...] = ()


class UnitSelector(Fact):
    """Units any rule means, and some by name; without those a further rule means, and without some by name."""

    any_of: tuple[SelectorRule, ...] = ()
    include: tuple[str, ...] = ()
    except_for: tuple[SelectorRule, ...] = ()
    exclude: tuple[str, ...] = ()


class GroupChanged(Event):
    """A named group of units was made, changed or removed; whole, as it is from now on."""

    type: ClassVar[str] = "directory.group.changed.v1"

    code: str
    version: int
    """Grows with every change, also over a group that was removed and made again."""
    name: str
    selector: UnitSelector | None
    """Null: there is no such group any more."""

    @property
    def about(self) -> str:
        return self.code


class UnitTypeChanged(Event):
    """A type of units was added to the catalogue, changed or removed; units are told with their own levels."""

    type: ClassVar[str] = "directory.type.changed.v1"

    code: str
    version: int
    """Grows with every change, also over a type that was removed and added again."""
    name: str
    levels: tuple[str, ...]
    is_removed: bool

    @property
    def about(self) -> str:
        return self.code


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
