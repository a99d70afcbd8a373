"""From what is known and what somebody wants to change to what would be known, and to what is wrong with that."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TypeVar

from contracts.directory import LineageKind
from directory.domain.changing import (
    Impossible,
    becoming,
    below_from,
    changed_from,
    closed,
    ended_before,
    known_as_from,
    not_below_from,
    registered,
)
from directory.domain.checking import ONE_PARENT
from directory.domain.files import Files
from directory.domain.plan import ending
from directory.domain.steps import Becomes, Change, End, Identify, Register, Relate, Step, Unrelate
from directory.domain.units import LEAD, Identifier, Lineage, Relation, Unit, Version

T = TypeVar("T")
D = TypeVar("D", Version, Relation, Identifier)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a reorganisation cannot be applied: at a step (0 for none), about a unit, in Vietnamese and English."""

    step: int
    unit_id: str
    what_vi: str
    what_en: str


def units_in_files(files: Files) -> set[str]:
    """Return every unit the files speak of."""
    named = set(files.named)
    for relation in files.relations:
        named |= {relation.unit_id, relation.says.parent_id}
    for link in files.links or ():
        named |= {link.unit_id, link.says.to_unit_id}
    return named | {each.unit_id for each in files.identifiers or ()}


def units_in_steps(steps: Iterable[Step]) -> set[str]:
    """Return every unit the steps speak of."""
    named = set()
    for step in steps:
        named.add(step.unit_id)
        match step:
            case Relate() | Unrelate():
                named.add(step.parent_id)
            case Register():
                named |= {each.parent_id for each in step.relations}
            case End() | Change():
                named |= {each.to_unit_id for each in step.becomes}
            case Identify():
                pass
    return named


def after_files(files: Files, known: Mapping[str, Unit], *, legal_basis: str) -> dict[str, Unit]:
    """Return the units that differ once each row is entered, or takes the place of the one that begins the same day.

    Unlike an import, which knows the whole truth, this forgets nothing the files do not speak of.
    """
    after: dict[str, Unit] = {}

    def of(unit_id: str) -> Unit:
        return after.get(unit_id) or known.get(unit_id) or Unit(unit_id)

    for row in files.versions:
        unit, version = of(row.unit_id), row.says
        was = next((each for each in unit.versions if each.valid_from == version.valid_from), None)
        if was is not None and "abbreviation" in files.silent:
            version = replace(version, abbreviation=was.abbreviation)
        if was is not None and "levels" in files.silent:
            version = replace(version, levels=was.levels)
        after[row.unit_id] = replace(unit, versions=_entered(unit.versions, version, lambda each: each.valid_from))
    for relation in files.relations:
        unit = of(relation.unit_id)
        relations = _entered(unit.relations, relation.says, lambda each: (each.kind, each.parent_id, each.valid_from))
        after[relation.unit_id] = replace(unit, relations=relations)
    for identifier in files.identifiers or ():
        unit = of(identifier.unit_id)
        codes = _entered(unit.identifiers, identifier.says, lambda each: (each.scheme, each.code, each.valid_from))
        after[identifier.unit_id] = replace(unit, identifiers=codes)
    for link in files.links or ():
        says = link.says if link.says.legal_basis else replace(link.says, legal_basis=legal_basis)
        after[link.unit_id] = becoming(of(link.unit_id), says)
    return settled(after, known)


def _entered(dated: Sequence[T], new: T, key: Callable[[T], object]) -> tuple[T, ...]:
    return (*(each for each in dated if key(each) != key(new)), new)


def after_steps(
    steps: Sequence[Step], known: Mapping[str, Unit], *, on: date, legal_basis: str
) -> tuple[dict[str, Unit], list[Wrong]]:
    """Return the units that differ once every step is taken, and the steps that cannot be."""
    after: dict[str, Unit] = {}
    wrong: list[Wrong] = []
    for number, step in enumerate(steps, start=1):
        unit = after.get(step.unit_id) or known.get(step.unit_id) or Unit(step.unit_id)
        try:
            after[step.unit_id] = _taken(step, unit, on, legal_basis)
        except Impossible as reason:
            wrong.append(Wrong(number, step.unit_id, reason.vi, reason.en))
    return settled(after, known), wrong


def _taken(step: Step, unit: Unit, on: date, legal_basis: str) -> Unit:
    def with_what_it_becomes(unit: Unit, becomes: Iterable[Becomes]) -> Unit:
        for each in becomes:
            kind: LineageKind = each.kind
            unit = becoming(unit, Lineage(kind, each.to_unit_id, on, legal_basis))
        return unit

    match step:
        case Register():
            unit = registered(
                unit,
                Version(on, None, step.unit_type, step.name, step.short_name, step.abbreviation, step.levels),
            )
            for above in step.relations:
                unit = below_from(unit, on, above.kind, above.parent_id)
            for known_as in step.identifiers:
                unit = known_as_from(unit, on, known_as.scheme, known_as.code)
            return unit
        case End():
            return with_what_it_becomes(ended_before(unit, on), step.becomes)
        case Change():
            return with_what_it_becomes(changed_from(unit, on, step.look), step.becomes)
        case Relate():
            return below_from(unit, on, step.kind, step.parent_id)
        case Unrelate():
            return not_below_from(unit, on, step.kind, step.parent_id)
        case Identify():
            return known_as_from(unit, on, step.scheme, step.code)


def settled(after: Mapping[str, Unit], known: Mapping[str, Unit]) -> dict[str, Unit]:
    """Return the units that really differ, those that end without anything that outlasts them."""
    ended = ending(known, after)
    settled = {}
    for unit_id, unit in after.items():
        unit = (closed(unit.in_order()) if unit_id in ended else unit).in_order()  # noqa: PLW2901  the same unit
        if unit != known.get(unit_id, Unit(unit_id)):
            settled[unit_id] = unit
    return settled


def without_ended_leads(after: Mapping[str, Unit], known: Mapping[str, Unit]) -> dict[str, Unit]:
    """Return also the clusters whose lead ends: nobody leads them longer than they exist."""
    ended = ending(known, after)
    every = {**known, **after}
    result = dict(after)
    for unit_id, unit in every.items():
        led = tuple(_not_beyond(each, ended.get(each.parent_id)) for each in unit.relations)
        if led != unit.relations:
            result[unit_id] = replace(unit, relations=tuple(each for each in led if each is not None))
    return result


def _not_beyond(relation: Relation, last: date | None) -> Relation | None:
    if relation.kind != LEAD or last is None or (relation.valid_to is not None and relation.valid_to <= last):
        return relation
    return replace(relation, valid_to=last) if relation.valid_from <= last else None


def what_is_wrong(after: Mapping[str, Unit], known: Mapping[str, Unit], unit_types: Collection[str]) -> list[Wrong]:
    """Return why these units cannot be as they would be. Circles and codes of others are looked at elsewhere.

    `known` must hold every unit they newly lead to, and every unit below one that ends.
    """
    wrong = [each for unit_id in sorted(after) for each in _wrong_with(after[unit_id], after, known, unit_types)]
    return [*wrong, *_left_behind(after, known)]


def _wrong_with(
    unit: Unit, after: Mapping[str, Unit], known: Mapping[str, Unit], unit_types: Collection[str]
) -> Iterator[Wrong]:
    def told(vi: str, en: str) -> Wrong:
        return Wrong(0, unit.unit_id, vi, en)

    if not unit.versions:
        yield told("không có đơn vị này", "there is no such unit")
    for version in unit.versions:
        if version.unit_type not in unit_types:
            yield told(f"không có loại đơn vị «{version.unit_type}»", f"there is no unit type '{version.unit_type}'")
    if _overlap(unit.versions, lambda _each: None):
        yield told("hai phiên bản trùng thời gian", "two versions overlap")
    if _overlap(unit.relations, _one_at_a_time):
        yield told("hai quan hệ cùng loại trùng thời gian", "two relations of one kind overlap")
    if _overlap(unit.identifiers, lambda each: (each.scheme, each.code)):
        yield told("một mã lặp lại trong cùng thời gian", "a code is held twice at once")
    for other in sorted(_leads_to(unit) - _leads_to(known.get(unit.unit_id, Unit(unit.unit_id)))):
        if other == unit.unit_id:
            yield told("đơn vị nối với chính nó", "the unit is related to itself")
        elif not (after.get(other) or known.get(other) or Unit(other)).versions:
            yield told(f"không có đơn vị «{other}»", f"there is no unit '{other}'")


def _leads_to(unit: Unit) -> set[str]:
    return {each.parent_id for each in unit.relations} | {each.to_unit_id for each in unit.lineage}


def _one_at_a_time(relation: Relation) -> tuple[str, str]:
    single = relation.kind in ONE_PARENT or relation.kind == LEAD
    return relation.kind, "" if single else relation.parent_id


def _overlap(dated: Iterable[D], same: Callable[[D], object]) -> bool:
    groups: dict[object, list[D]] = defaultdict(list)
    for each in dated:
        groups[same(each)].append(each)
    for group in groups.values():
        ordered = sorted(group, key=lambda each: each.valid_from)
        for earlier, later in pairwise(ordered):
            if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
                return True
    return False


def _left_behind(after: Mapping[str, Unit], known: Mapping[str, Unit]) -> Iterator[Wrong]:
    """Yield who would stand below a unit that is no more."""
    ended = ending(known, after)
    every = {**known, **after}
    for unit_id in sorted(every):
        for each in every[unit_id].relations:
            last = ended.get(each.parent_id)
            if last is not None and each.kind != LEAD and (each.valid_to is None or each.valid_to > last):
                yield Wrong(
                    0,
                    unit_id,
                    f"còn quan hệ «{each.kind}» với «{each.parent_id}» sau ngày cuối {last}",
                    f"would still have the relation '{each.kind}' to '{each.parent_id}' after its last day {last}",
                )


def counts(units: Iterable[Unit], day: date) -> dict[str, int]:
    """Return how many of these units there are on a day, by type."""
    found: dict[str, int] = defaultdict(int)
    for unit in units:
        version = unit.on(day)
        if version is not None:
            found[version.unit_type] += 1
    return found
