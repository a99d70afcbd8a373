"""What the files say, held against each other and against what is known: faults that no row shows by itself."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

from contracts.directory import RelationKind
from directory.domain.cycles import Edge, find_cycles
from directory.domain.files import LINKS, RELATION_KINDS, RELATIONS, UNITS, Fault, Files, Row
from directory.domain.units import Lineage, Relation, Unit, Version

ONE_PARENT: frozenset[RelationKind] = frozenset({"administrative", "reporting"})
"""With two of these at once a unit would be counted twice, or answer to two."""


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


D = TypeVar("D", bound=_Dated)


def check(files: Files, known: Mapping[str, Unit], unit_types: Collection[str]) -> list[Fault]:
    """Return every fault, those of the rows by themselves included, in the order of files and rows."""
    faults = [
        *files.faults,
        *_types(files, unit_types),
        *_overlapping_versions(files),
        *_overlapping_relations(files),
        *_repeated_links(files),
    ]
    if files.is_whole:
        faults += [*_strangers(files, known), *_loops(files, known)]
    order = (UNITS, RELATIONS, LINKS)
    return sorted(faults, key=lambda fault: (order.index(fault.file), fault.row))


def changed_units(files: Files, known: Mapping[str, Unit]) -> list[Unit]:
    """Return the units that are new or differ from what is known, as the files describe them, by id.

    For the units they name the files are the whole truth, except for the leads of clusters; units they do not name
    stay as they are.
    """
    versions: dict[str, list[Version]] = defaultdict(list)
    relations: dict[str, list[Relation]] = defaultdict(list)
    lineage: dict[str, list[Lineage]] = defaultdict(list)
    for version in files.versions:
        versions[version.unit_id].append(version.says)
    for relation in files.relations:
        relations[relation.unit_id].append(relation.says)
    for link in files.links or ():
        lineage[link.unit_id].append(link.says)
    changed = []
    for unit_id in sorted(files.named):
        before = known.get(unit_id, Unit(unit_id))
        after = before.restated(
            versions[unit_id], relations[unit_id], None if files.links is None else lineage[unit_id]
        )
        if after != before:
            changed.append(after)
    return changed


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


def _overlaps(rows: Sequence[Row[D]], *, same: Callable[[Row[D]], Hashable]) -> Iterator[tuple[Row[D], Row[D]]]:
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


def _strangers(files: Files, known: Mapping[str, Unit]) -> Iterator[Fault]:
    for file, column, rows in (
        (RELATIONS, "unit_id", [(row.number, row.unit_id) for row in files.relations]),
        (LINKS, "from_unit", [(row.number, row.unit_id) for row in files.links or ()]),
    ):
        for number, unit_id in rows:
            if unit_id not in files.named:
                yield Fault(
                    file,
                    number,
                    column,
                    f"đơn vị «{unit_id}» không có trong tệp đơn vị",
                    f"unit '{unit_id}' is not in the file of units",
                )
    for file, column, rows in (
        (RELATIONS, "parent_id", [(row.number, row.says.parent_id) for row in files.relations]),
        (LINKS, "to_unit", [(row.number, row.says.to_unit_id) for row in files.links or ()]),
    ):
        for number, unit_id in rows:
            if unit_id not in files.named and unit_id not in known:
                yield Fault(file, number, column, f"không có đơn vị «{unit_id}»", f"there is no unit '{unit_id}'")


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
        rows = {
            Edge(row.unit_id, row.says.parent_id, row.says.valid_from, row.says.valid_to): row.number
            for row in files.relations
            if row.says.kind == kind
        }
        others = [
            Edge(unit.unit_id, each.parent_id, each.valid_from, each.valid_to)
            for unit in known.values()
            if unit.unit_id not in files.named
            for each in unit.relations
            if each.kind == kind
        ]
        for cycle in find_cycles([*rows, *others]):
            number = max(rows.get(edge, 0) for edge in cycle.edges)
            way = " → ".join([*(edge.unit_id for edge in cycle.edges), cycle.edges[-1].parent_id][:12])
            yield Fault(
                RELATIONS,
                number,
                "parent_id",
                f"quan hệ «{kind}» khép vòng vào ngày {cycle.day}: {way}",
                f"the relation '{kind}' runs in a circle on {cycle.day}: {way}",
            )
