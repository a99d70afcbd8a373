"""What a reorganisation changes, told exactly, so that it can be reviewed before it is applied."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.directory import LineageKind, RelationKind
from directory.domain.units import Identifier, Relation, Unit, Version

T = TypeVar("T", Relation, Identifier)


class Told(BaseModel):
    """A part of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Look(Told):
    """What a unit is called and is."""

    unit_type: str
    name: str
    short_name: str
    abbreviation: str | None
    levels: tuple[str, ...] | None
    """Null when they are those of the type."""


class Registered(Look):
    """A unit that begins."""

    unit_id: str
    valid_from: date


class Successor(Told):
    """What a unit becomes, and on what grounds."""

    unit_id: str
    to_unit_id: str
    kind: LineageKind
    effective_date: date
    legal_basis: str


class Ended(Told):
    """A unit that ends, and what it becomes."""

    unit_id: str
    name: str
    unit_type: str
    last_day: date
    successors: tuple[Successor, ...]


class Renamed(Told):
    """A unit that is called otherwise, or is of another type."""

    unit_id: str
    since: date
    before: Look
    after: Look


class DatedRelation(Told):
    """A relation that begins or ends."""

    unit_id: str
    kind: RelationKind
    parent_id: str
    valid_from: date
    valid_to: date | None


class DatedCode(Told):
    """A code of others that begins or ends."""

    unit_id: str
    scheme: str
    code: str
    valid_from: date
    valid_to: date | None


class EndedPost(Told):
    """A post at a unit that ends. Whose it is, is named by id alone."""

    person_id: UUID
    unit_id: str
    role: str
    last_day: date
    is_the_last: bool
    """The person holds no other post afterwards."""


class Moving(Told):
    """Open obligations of a unit that ends, and where they go.

    `to_unit_id` is null when no one unit continues it: then a person has to decide among its successors.
    """

    unit_id: str
    to_unit_id: str | None
    successors: tuple[str, ...]


class TypeCount(Told):
    """How many units of a type there are on the eve, as things are known now, and on the day, as they would be."""

    unit_type: str
    before: int
    after: int


class Plan(Told):
    """Everything that changes."""

    registered: tuple[Registered, ...] = ()
    ended: tuple[Ended, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    restored: tuple[str, ...] = ()
    """Units that were known to end, and no longer are."""
    relations_begun: tuple[DatedRelation, ...] = ()
    relations_ended: tuple[DatedRelation, ...] = ()
    codes_begun: tuple[DatedCode, ...] = ()
    codes_ended: tuple[DatedCode, ...] = ()
    lineage: tuple[Successor, ...] = ()
    clusters_without_lead: tuple[str, ...] = ()
    """Clusters whose lead ends with this, and that have no other afterwards."""
    posts_ended: tuple[EndedPost, ...] = ()
    obligations_move: tuple[Moving, ...] = ()
    unit_counts: tuple[TypeCount, ...] = ()


CONTINUES = ("merged_into", "converted_to", "renamed_to")
"""Where a unit becomes one other in this way, that one answers for it."""


def digest_of(plan: Plan, after: Mapping[str, Unit]) -> str:
    """Return what stands for a plan and the units it ends in: SHA-256, in hexadecimal.

    The version of each unit is part of it, so that a change of any of them in between gives another digest.
    """
    told = [plan.model_dump(mode="json"), [repr(after[unit_id]) for unit_id in sorted(after)]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def ending(before: Mapping[str, Unit], after: Mapping[str, Unit]) -> dict[str, date]:
    """Return the units that get another last day, with that day."""
    days = ((unit_id, unit.last_day, before.get(unit_id, Unit(unit_id)).last_day) for unit_id, unit in after.items())
    return {unit_id: last for unit_id, last, was in sorted(days) if last is not None and last != was}


def changes_of(before: Mapping[str, Unit], after: Mapping[str, Unit]) -> Plan:
    """Return what is told by the units alone, by unit."""
    pairs = [(before.get(unit_id, Unit(unit_id)), after[unit_id]) for unit_id in sorted(after)]
    ended = [after[unit_id] for unit_id in ending(before, after)]
    return Plan(
        registered=tuple(_registered(new) for old, new in pairs if new.versions and not old.versions),
        ended=tuple(_ended(unit) for unit in ended),
        renamed=tuple(each for old, new in pairs for each in _renamed(old, new)),
        restored=tuple(
            new.unit_id for old, new in pairs if old.versions and old.last_day is not None and new.last_day is None
        ),
        relations_begun=tuple(
            _relation(new, each) for old, new in pairs for each in _begun(old.relations, new.relations)
        ),
        relations_ended=tuple(
            _relation(new, each) for old, new in pairs for each in _cut(old.relations, new.relations)
        ),
        codes_begun=tuple(_code(new, each) for old, new in pairs for each in _begun(old.identifiers, new.identifiers)),
        codes_ended=tuple(_code(new, each) for old, new in pairs for each in _cut(old.identifiers, new.identifiers)),
        lineage=tuple(each for old, new in pairs for each in _successors(new) if each not in _successors(old)),
        clusters_without_lead=tuple(new.unit_id for old, new in pairs if _loses_its_lead(old, new)),
        obligations_move=tuple(_moving(unit) for unit in ended),
    )


def _look(version: Version) -> Look:
    return Look(
        unit_type=version.unit_type,
        name=version.name,
        short_name=version.short_name,
        abbreviation=version.abbreviation,
        levels=version.levels,
    )


def _registered(unit: Unit) -> Registered:
    first = unit.versions[0]
    return Registered(unit_id=unit.unit_id, valid_from=first.valid_from, **dict(_look(first)))


def _ended(unit: Unit) -> Ended:
    last = unit.versions[-1]
    assert last.valid_to is not None  # noqa: S101  it ends
    return Ended(
        unit_id=unit.unit_id,
        name=last.name,
        unit_type=last.unit_type,
        last_day=last.valid_to,
        successors=_successors(unit),
    )


def _renamed(old: Unit, new: Unit) -> Iterator[Renamed]:
    was = {each.valid_from: each for each in old.versions}
    for place, version in enumerate(new.versions if old.versions else ()):
        before = was.get(version.valid_from) or (new.versions[place - 1] if place else None)
        if before is not None and _look(before) != _look(version):
            is_new = version.valid_from not in was
            if is_new or _look(was[version.valid_from]) != _look(version):
                yield Renamed(unit_id=new.unit_id, since=version.valid_from, before=_look(before), after=_look(version))


def _begun(old: Iterable[T], new: Iterable[T]) -> Iterator[T]:
    known = {_key(each) for each in old}
    return (each for each in new if _key(each) not in known)


def _cut(old: Iterable[T], new: Iterable[T]) -> Iterator[T]:
    """Yield what has another last day now, or is gone: then with its first day as the last, as it never was."""
    now = {_key(each): each for each in new}
    for each in old:
        after = now.get(_key(each))
        if after is None:
            yield replace(each, valid_to=each.valid_from)
        elif after.valid_to != each.valid_to:
            yield after


def _key(dated: Relation | Identifier) -> tuple[str, str, date]:
    if isinstance(dated, Relation):
        return dated.kind, dated.parent_id, dated.valid_from
    return dated.scheme, dated.code, dated.valid_from


def _relation(unit: Unit, each: Relation) -> DatedRelation:
    return DatedRelation(
        unit_id=unit.unit_id,
        kind=each.kind,
        parent_id=each.parent_id,
        valid_from=each.valid_from,
        valid_to=each.valid_to,
    )


def _code(unit: Unit, each: Identifier) -> DatedCode:
    return DatedCode(
        unit_id=unit.unit_id, scheme=each.scheme, code=each.code, valid_from=each.valid_from, valid_to=each.valid_to
    )


def _successors(unit: Unit) -> tuple[Successor, ...]:
    return tuple(
        Successor(
            unit_id=unit.unit_id,
            to_unit_id=each.to_unit_id,
            kind=each.kind,
            effective_date=each.effective_date,
            legal_basis=each.legal_basis,
        )
        for each in unit.lineage
    )


def _loses_its_lead(old: Unit, new: Unit) -> bool:
    had = next((each for each in old.leads if each.valid_to is None), None)
    # A cluster that ends itself needs no lead.
    return had is not None and new.last_day is None and all(each.valid_to is not None for each in new.leads)


def _moving(unit: Unit) -> Moving:
    last = unit.last_day
    after = [each for each in unit.lineage if last is not None and each.effective_date > last]
    continues = {each.to_unit_id for each in after if each.kind in CONTINUES}
    is_one = len(continues) == 1 and not any(each.kind == "split_into" for each in after)
    return Moving(
        unit_id=unit.unit_id,
        to_unit_id=continues.pop() if is_one else None,
        successors=tuple(sorted({each.to_unit_id for each in after})),
    )
