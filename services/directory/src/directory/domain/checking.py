"""What the files say, held against each other and against what is known: faults that no row shows by itself."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol, TypeVar

from contracts.directory import RelationKind
from directory.domain.cycles import Cycle, Edge, find_cycles
from directory.domain.faults import IDENTIFIERS, LINKS, RELATIONS, UNITS, Fault
from directory.domain.files import RELATION_KINDS, Files, Row
from directory.domain.units import Identifier, Lineage, Relation, Unit, Version

ONE_PARENT: frozenset[RelationKind] = frozenset({"administrative", "reporting"})
"""With two of these at once a unit would be counted twice, or answer to two."""


class Dated(Protocol):
    """Something that holds over a span of days."""

    @property
    def valid_from(self) -> date:
        """Return the first day."""
        ...

    @property
    def valid_to(self) -> date | None:
        """Return the last day, null when the span is open."""
        ...


D = TypeVar("D", bound=Dated)


def check(files: Files, known: Mapping[str, Unit], unit_types: Collection[str]) -> list[Fault]:
    """Return every fault, those of the rows by themselves included, in the order of files and rows."""
    faults = [*files.faults, *faults_of_units(files, unit_types)]
    if files.is_whole:
        faults += [*_strangers(files, known), *_loops(files, known), *_shared_codes(files, known)]
    return sorted(faults, key=lambda fault: fault.place)


def faults_of_units(files: Files, unit_types: Collection[str]) -> Iterator[Fault]:
    """Yield the faults for which only the rows about one unit must be seen together."""
    yield from _types(files, unit_types)
    yield from _overlapping_versions(files)
    yield from _overlapping_relations(files)
    yield from _repeated_links(files)


def changed_units(files: Files, known: Mapping[str, Unit]) -> list[Unit]:
    """Return the units that are new or differ from what is known, as the files describe them, by id.

    For the units they name the files are the whole truth, except for the leads of clusters; units they do not name
    stay as they are.
    """
    versions: dict[str, list[Version]] = defaultdict(list)
    relations: dict[str, list[Relation]] = defaultdict(list)
    lineage: dict[str, list[Lineage]] = defaultdict(list)
    identifiers: dict[str, list[Identifier]] = defaultdict(list)
    for version in files.versions:
        versions[version.unit_id].append(version.says)
    for relation in files.relations:
        relations[relation.unit_id].append(relation.says)
    for link in files.links or ():
        lineage[link.unit_id].append(link.says)
    for identifier in files.identifiers or ():
        identifiers[identifier.unit_id].append(identifier.says)
    changed = []
    for unit_id in sorted(files.named):
        before = known.get(unit_id, Unit(unit_id))
        after = before.restated(
            _with_what_is_not_said(versions[unit_id], before, files.silent),
            relations[unit_id],
            None if files.links is None else lineage[unit_id],
            None if files.identifiers is None else identifiers[unit_id],
        )
        if after != before:
            changed.append(after)
    return changed


def _with_what_is_not_said(versions: Iterable[Version], before: Unit, silent: frozenset[str]) -> list[Version]:
    since = {each.valid_from: each for each in before.versions}
    told = []
    for version in versions:
        old = since.get(version.valid_from)
        if old is not None and "abbreviation" in silent:
            version = replace(version, abbreviation=old.abbreviation)  # noqa: PLW2901  the same version, completed
        if old is not None and "levels" in silent:
            version = replace(version, levels=old.levels)  # noqa: PLW2901  as above
        told.append(version)
    return told


def _types(files: Files, unit_types: Collection[str]) -> Iterator[Fault]:
    for row in files.versions:
        if row.says.unit_type not in unit_types:
            yield Fault(
                UNITS,
                row.number,
                "unit_type",
                f"không có loại đơn vị «{row.says.unit_type}»",
                f"there is no unit type '{row.says.unit_type}'",
            )


def _overlapping_versions(files: Files) -> Iterator[Fault]:
    for earlier, later in _overlaps(files.versions, same=lambda row: row.unit_id):
        yield Fault(
            UNITS,
            later.number,
            "unit_id",
            f"đơn vị «{later.unit_id}» đã có ở dòng {earlier.number} trong cùng thời gian",
            f"unit '{later.unit_id}' is already in row {earlier.number} for some of these days",
        )


def _overlapping_relations(files: Files) -> Iterator[Fault]:
    def same(row: Row[Relation]) -> Hashable:
        return row.unit_id, row.says.kind, None if row.says.kind in ONE_PARENT else row.says.parent_id

    for earlier, later in _overlaps(files.relations, same=same):
        yield Fault(
            RELATIONS,
            later.number,
            "valid_from",
            f"quan hệ «{later.says.kind}» của «{later.unit_id}» trùng thời gian với dòng {earlier.number}",
            f"the relation '{later.says.kind}' of '{later.unit_id}' overlaps with row {earlier.number}",
        )


def _overlaps(rows: Iterable[Row[D]], *, same: Callable[[Row[D]], Hashable]) -> Iterator[tuple[Row[D], Row[D]]]:
    groups: dict[Hashable, list[Row[D]]] = defaultdict(list)
    for row in rows:
        groups[same(row)].append(row)
    for group in groups.values():
        longest, *others = sorted(group, key=lambda row: (row.says.valid_from, row.number))
        for row in others:
            if longest.says.valid_to is None or row.says.valid_from <= longest.says.valid_to:
                yield (longest, row) if longest.number < row.number else (row, longest)
            if longest.says.valid_to is not None and (
                row.says.valid_to is None or row.says.valid_to > longest.says.valid_to
            ):
                longest = row


def _shared_codes(files: Files, known: Mapping[str, Unit]) -> Iterator[Fault]:
    others = [
        Row(0, unit.unit_id, each)
        for unit in known.values()
        if unit.unit_id not in files.named
        for each in unit.identifiers
    ]
    return shared_codes([*others, *(files.identifiers or ())])


def shared_codes(rows: Iterable[Row[Identifier]]) -> Iterator[Fault]:
    """Yield a fault for each code that two units hold at once, or one unit twice; row 0 is what is known already."""
    for earlier, later in _overlaps(rows, same=lambda row: (row.says.scheme, row.says.code)):
        yield Fault(
            IDENTIFIERS,
            later.number,
            "code",
            f"mã «{later.says.code}» ({later.says.scheme}) trong cùng thời gian đã thuộc «{earlier.unit_id}»",
            f"the code '{later.says.code}' ({later.says.scheme}) belongs to '{earlier.unit_id}' for some of these days",
        )


def _strangers(files: Files, known: Mapping[str, Unit]) -> Iterator[Fault]:
    for file, rows in ((RELATIONS, files.relations), (LINKS, files.links), (IDENTIFIERS, files.identifiers)):
        for row in rows or ():
            if row.unit_id not in files.named:
                yield not_in_the_files(file, row.number, row.unit_id)
    parents = [(RELATIONS, row.number, row.says.parent_id) for row in files.relations]
    successors = [(LINKS, row.number, row.says.to_unit_id) for row in files.links or ()]
    for file, number, unit_id in (*parents, *successors):
        if unit_id not in files.named and unit_id not in known:
            yield unknown_unit(file, number, unit_id)


def not_in_the_files(file: str, number: int, unit_id: str) -> Fault:
    """Return what is wrong with a row about a unit that the file of units does not name."""
    return Fault(
        file,
        number,
        "from_unit" if file == LINKS else "unit_id",
        f"đơn vị «{unit_id}» không có trong tệp đơn vị",
        f"unit '{unit_id}' is not in the file of units",
    )


def unknown_unit(file: str, number: int, unit_id: str) -> Fault:
    """Return what is wrong with a row that leads to a unit nobody knows."""
    column = "to_unit" if file == LINKS else "parent_id"
    return Fault(file, number, column, f"không có đơn vị «{unit_id}»", f"there is no unit '{unit_id}'")


def _repeated_links(files: Files) -> Iterator[Fault]:
    seen: dict[tuple[str, str, str, date], int] = {}
    for row in files.links or ():
        if row.says.to_unit_id == row.unit_id:
            yield Fault(LINKS, row.number, "to_unit", "đơn vị nối với chính nó", "the unit is linked to itself")
        first = seen.setdefault((row.unit_id, row.says.kind, row.says.to_unit_id, row.says.effective_date), row.number)
        if first != row.number:
            yield Fault(LINKS, row.number, "", f"lặp lại dòng {first}", f"repeats row {first}")


def _loops(files: Files, known: Mapping[str, Unit]) -> Iterator[Fault]:
    for kind in RELATION_KINDS:
        edges = [
            Edge(row.unit_id, row.says.parent_id, row.says.valid_from, row.says.valid_to, row.number)
            for row in files.relations
            if row.says.kind == kind
        ]
        others = edges_of((unit for unit in known.values() if unit.unit_id not in files.named), kind)
        for cycle in find_cycles([*edges, *others]):
            yield closed_loop(kind, cycle)


def edges_of(units: Iterable[Unit], kind: RelationKind) -> Iterator[Edge]:
    """Yield the dated edges of one kind that units have."""
    for unit in units:
        for each in unit.relations:
            if each.kind == kind:
                yield Edge(unit.unit_id, each.parent_id, each.valid_from, each.valid_to)


def closed_loop(kind: str, cycle: Cycle) -> Fault:
    """Return what is wrong when relations of one kind run in a circle."""
    way = " → ".join([*(edge.unit_id for edge in cycle.edges), cycle.edges[-1].parent_id][:12])
    return Fault(
        RELATIONS,
        max(edge.number for edge in cycle.edges),
        "parent_id",
        f"quan hệ «{kind}» khép vòng vào ngày {cycle.day}: {way}",
        f"the relation '{kind}' runs in a circle on {cycle.day}: {way}",
    )
