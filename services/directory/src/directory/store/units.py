"""Units in and out of PostgreSQL."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Table,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.domain.cycles import Edge
from directory.domain.units import Identifier, Lineage, Relation, Unit, UnitOnDay, Version
from directory.store.copying import copy_into
from directory.tables import unit_lineage, unit_relations, unit_types, unit_versions, units
from directory.unit_tables import unit_identifiers

UNITS_AT_ONCE = 1000
"""As many units as are held in memory where all of them are gone through."""

_IDS = bindparam("unit_ids", type_=ARRAY(Text))
_DAY = bindparam("day", type_=Date)
_ANY_TYPE = bindparam("unit_type", type_=Text)


def _of(table: Table) -> ColumnElement[bool]:
    # Null instead of a list of ids: every unit.
    return or_(_IDS.is_(None), table.c.unit_id == any_(_IDS))


def _holds(source: FromClause) -> ColumnElement[bool]:
    return and_(source.c.valid_from <= _DAY, or_(source.c.valid_to.is_(None), source.c.valid_to >= _DAY))


# Ordered as Python orders, whatever the database was made with: what is read is compared with what was sent.
_UNITS = select(units).order_by(units.c.unit_id)  # as they are read in turn
_VERSIONS = select(unit_versions).order_by(unit_versions.c.valid_from)
_RELATIONS = select(unit_relations).order_by(
    unit_relations.c.kind.collate("C"), unit_relations.c.valid_from, unit_relations.c.parent_id.collate("C")
)
_LINEAGE = select(unit_lineage).order_by(
    unit_lineage.c.effective_date, unit_lineage.c.kind.collate("C"), unit_lineage.c.to_unit_id.collate("C")
)
_IDENTIFIERS = select(unit_identifiers).order_by(
    unit_identifiers.c.scheme.collate("C"), unit_identifiers.c.valid_from, unit_identifiers.c.code.collate("C")
)
_SOME: dict[Select[Any], Select[Any]] = {
    query: query.where(query.selected_columns.unit_id == any_(_IDS))
    for query in (_UNITS, _VERSIONS, _RELATIONS, _LINEAGE, _IDENTIFIERS)
}
_ON_DAY = (
    select(
        *(column for column in unit_versions.c if column.name != "levels"),
        unit_types.c.name.label("unit_type_name"),
        func.coalesce(unit_versions.c.levels, unit_types.c.levels).label("levels"),
    )
    .join(unit_types, unit_types.c.code == unit_versions.c.unit_type)
    .where(_of(unit_versions), _holds(unit_versions), or_(_ANY_TYPE.is_(None), unit_versions.c.unit_type == _ANY_TYPE))
    .order_by(unit_versions.c.unit_id)
)
_RELATIONS_ON_DAY = (
    select(unit_relations.c.unit_id, unit_relations.c.kind, unit_relations.c.parent_id)
    .where(_of(unit_relations), _holds(unit_relations))
    .order_by(unit_relations.c.parent_id)
)
_LEVELS = select(unit_types.c.code, unit_types.c.levels)
_NEXT_IDS = (
    select(units.c.unit_id)
    .where(units.c.unit_id > bindparam("after", type_=Text))
    .order_by(units.c.unit_id)
    .limit(UNITS_AT_ONCE)
)
_OF_TYPE = select(unit_versions.c.unit_id).where(
    unit_versions.c.unit_type == _ANY_TYPE, unit_versions.c.levels.is_(None)
)
_STAMP = select(func.count(), func.coalesce(func.sum(units.c.version), 0)).select_from(units)
_VERSION_OF_EACH = select(units.c.unit_id, units.c.version)
_HOLDERS = select(unit_identifiers).where(
    unit_identifiers.c.scheme == bindparam("scheme", type_=Text),
    unit_identifiers.c.code == any_(bindparam("codes", type_=ARRAY(Text))),
)
_BELOW = select(unit_relations.c.unit_id).where(unit_relations.c.parent_id == any_(_IDS)).distinct()
_EDGES_BESIDES = select(
    unit_relations.c.unit_id, unit_relations.c.parent_id, unit_relations.c.valid_from, unit_relations.c.valid_to
).where(unit_relations.c.kind == bindparam("kind", type_=Text), unit_relations.c.unit_id != all_(_IDS))
_COUNTS_BESIDES = (
    select(unit_versions.c.unit_type, func.count().label("how_many"))
    .where(_holds(unit_versions), unit_versions.c.unit_id != all_(_IDS))
    .group_by(unit_versions.c.unit_type)
)
_KNOWN_IDS = select(units.c.unit_id).where(units.c.unit_id == any_(_IDS))

_start = (
    select(unit_relations.c.unit_id.label("below"), unit_relations.c.parent_id.label("above"))
    .where(unit_relations.c.kind == "reporting", unit_relations.c.unit_id == any_(_IDS), _holds(unit_relations))
    .cte("line", recursive=True)
)
# UNION, not UNION ALL: it forgets what it has seen before, so even a loop would end.
_line = _start.union(
    select(_start.c.below, unit_relations.c.parent_id)
    .join(unit_relations, unit_relations.c.unit_id == _start.c.above)
    .where(unit_relations.c.kind == "reporting", _holds(unit_relations))
)
_ABOVE = select(_line.c.below, _line.c.above)

_INSERT_UNITS = upsert(units)
_PUT_UNITS = _INSERT_UNITS.on_conflict_do_update(
    index_elements=[units.c.unit_id], set_={"version": _INSERT_UNITS.excluded.version}
)
_DATED = (unit_versions, unit_relations, unit_lineage, unit_identifiers)
_FORGET = tuple(delete(table).where(table.c.unit_id == any_(_IDS)) for table in _DATED)


async def lock_register(connection: AsyncConnection) -> None:
    """Keep everyone else from changing any unit until this transaction ends."""
    await connection.execute(text("LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE"))


async def take_register(connection: AsyncConnection) -> dict[str, Unit]:
    """Return every unit, and keep everyone else from changing any of them until this transaction ends."""
    await lock_register(connection)
    return await _whole(connection, None)


async def next_ids(connection: AsyncConnection, after: str) -> list[str]:
    """Return the ids of up to a thousand units that follow `after`, in the order of the database."""
    return list((await connection.execute(_NEXT_IDS, {"after": after})).scalars())


async def in_turn(connection: AsyncConnection) -> AsyncIterator[list[Unit]]:
    """Yield every unit, a thousand at a time."""
    ids = await next_ids(connection, "")
    while ids:
        yield list((await get_some(connection, ids)).values())
        ids = await next_ids(connection, ids[-1])


async def get_some(connection: AsyncConnection, unit_ids: Collection[str]) -> dict[str, Unit]:
    """Return those of these units that are known, with everything dated."""
    return await _whole(connection, sorted(unit_ids))


async def stamp(connection: AsyncConnection) -> tuple[int, int]:
    """Return two figures that name a state of the register: versions only grow and units are never deleted."""
    count, versions = (await connection.execute(_STAMP)).one()
    return int(count), int(versions)


async def versions_of_all(connection: AsyncConnection) -> dict[str, int]:
    """Return the version of every unit: how often it was changed."""
    return {row.unit_id: row.version for row in (await connection.execute(_VERSION_OF_EACH)).all()}


async def with_levels_of(connection: AsyncConnection, unit_type: str) -> set[str]:
    """Return the units that teach, or once taught, the levels of a type."""
    return set((await connection.execute(_OF_TYPE, {"unit_type": unit_type})).scalars())


async def ever_below(connection: AsyncConnection, unit_ids: Collection[str]) -> set[str]:
    """Return the units that stand, stood or will stand directly below one of these, by any kind of relation."""
    return set((await connection.execute(_BELOW, {"unit_ids": sorted(unit_ids)})).scalars())


async def holders(connection: AsyncConnection, scheme: str, codes: Collection[str]) -> list[tuple[str, Identifier]]:
    """Return who held, holds or will hold these codes."""
    found = await connection.execute(_HOLDERS, {"scheme": scheme, "codes": sorted(codes)})
    return [(row.unit_id, Identifier(row.scheme, row.code, row.valid_from, row.valid_to)) for row in found.all()]


async def edges_besides(connection: AsyncConnection, kind: str, unit_ids: Collection[str]) -> AsyncIterator[Edge]:
    """Yield the relations of one kind that all other units have than these."""
    async for row in await connection.stream(_EDGES_BESIDES, {"kind": kind, "unit_ids": sorted(unit_ids)}):
        yield Edge(row.unit_id, row.parent_id, row.valid_from, row.valid_to)


async def counts_besides(connection: AsyncConnection, day: date, unit_ids: Collection[str]) -> dict[str, int]:
    """Return how many other units than these there are on a day, by type."""
    found = await connection.execute(_COUNTS_BESIDES, {"day": day, "unit_ids": sorted(unit_ids)})
    return {row.unit_type: row.how_many for row in found.all()}


async def find(connection: AsyncConnection, unit_id: str) -> Unit | None:
    """Return a unit with everything dated that is known of it, or null."""
    return (await _whole(connection, [unit_id])).get(unit_id)


async def _whole(connection: AsyncConnection, unit_ids: list[str] | None) -> dict[str, Unit]:
    async def rows(query: Select[Any]) -> Sequence[Any]:
        # Two statements, not one with a condition that may be null: PostgreSQL would plan it to read everything.
        some = {} if unit_ids is None else {"unit_ids": unit_ids}
        found: Sequence[Any] = (await connection.execute(query if unit_ids is None else _SOME[query], some)).all()
        return found

    versions: dict[str, list[Version]] = defaultdict(list)
    relations: dict[str, list[Relation]] = defaultdict(list)
    lineage: dict[str, list[Lineage]] = defaultdict(list)
    identifiers: dict[str, list[Identifier]] = defaultdict(list)
    # The columns of each table are the fields of what they say, in order.
    for unit_id, *said in await rows(_VERSIONS):
        versions[unit_id].append(version_of(said))
    for unit_id, *said in await rows(_RELATIONS):
        relations[unit_id].append(Relation(*said))
    for unit_id, *said in await rows(_LINEAGE):
        lineage[unit_id].append(Lineage(*said))
    for unit_id, *said in await rows(_IDENTIFIERS):
        identifiers[unit_id].append(Identifier(*said))
    return {
        unit_id: Unit(
            unit_id,
            tuple(versions[unit_id]),
            tuple(relations[unit_id]),
            tuple(lineage[unit_id]),
            tuple(identifiers[unit_id]),
            version,
        )
        for unit_id, version in await rows(_UNITS)
    }


def version_of(values: Sequence[Any]) -> Version:
    """Return the version these columns of `unit_versions` are, from `valid_from` on."""
    *said, levels = values
    told: Any = (*said, None if levels is None else tuple(levels))
    return Version(*told)


async def put(connection: AsyncConnection, changed: Sequence[Unit]) -> None:
    """Write units, new and known ones, with everything dated about them. Call `take_register` first."""
    if not changed:
        return
    await connection.execute(_PUT_UNITS, [{"unit_id": unit.unit_id, "version": unit.version} for unit in changed])
    for forget in _FORGET:
        await connection.execute(forget, {"unit_ids": [unit.unit_id for unit in changed]})
    for table, rows in zip(_DATED, _dated_rows(changed), strict=True):
        await copy_into(connection, table.name, table.columns.keys(), rows)


def _dated_rows(changed: Iterable[Unit]) -> tuple[list[tuple[Any, ...]], ...]:
    # In the order of the columns of each table.
    versions: list[tuple[Any, ...]] = []
    relations: list[tuple[Any, ...]] = []
    lineage: list[tuple[Any, ...]] = []
    identifiers: list[tuple[Any, ...]] = []
    for unit in changed:
        versions += [
            (
                unit.unit_id,
                each.valid_from,
                each.valid_to,
                each.unit_type,
                each.name,
                each.short_name,
                each.abbreviation,
                each.levels,
            )
            for each in unit.versions
        ]
        relations += [
            (unit.unit_id, each.kind, each.parent_id, each.valid_from, each.valid_to) for each in unit.relations
        ]
        lineage += [
            (unit.unit_id, each.kind, each.to_unit_id, each.effective_date, each.legal_basis) for each in unit.lineage
        ]
        identifiers += [
            (unit.unit_id, each.scheme, each.code, each.valid_from, each.valid_to) for each in unit.identifiers
        ]
    return versions, relations, lineage, identifiers


async def all_on(
    connection: AsyncConnection, day: date, *, unit_type: str | None = None, unit_id: str | None = None
) -> list[UnitOnDay]:
    """Return the units that exist on `day`, by id: all, those of one type, or only one."""
    only = {"unit_ids": None if unit_id is None else [unit_id], "day": day}
    parents: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in (await connection.execute(_RELATIONS_ON_DAY, only)).all():
        parents[row.unit_id][row.kind].append(row.parent_id)
    return [
        UnitOnDay(
            unit_id=row.unit_id,
            unit_type=row.unit_type,
            unit_type_name=row.unit_type_name,
            levels=tuple(row.levels),
            name=row.name,
            short_name=row.short_name,
            abbreviation=row.abbreviation,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            parents={kind: tuple(above) for kind, above in parents[row.unit_id].items()},
        )
        for row in (await connection.execute(_ON_DAY, {**only, "unit_type": unit_type})).all()
    ]


async def levels_by_type(connection: AsyncConnection) -> dict[str, tuple[str, ...]]:
    """Return the catalogue of unit types: the levels each teaches."""
    return {row.code: tuple(row.levels) for row in (await connection.execute(_LEVELS)).all()}


async def known(connection: AsyncConnection, unit_ids: Collection[str]) -> set[str]:
    """Return those of the ids that belong to a registered unit."""
    return set((await connection.execute(_KNOWN_IDS, {"unit_ids": sorted(unit_ids)})).scalars())


async def above(connection: AsyncConnection, unit_ids: Collection[str], day: date) -> Mapping[str, set[str]]:
    """Return the ancestors of each unit in the reporting tree of `day`."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in (await connection.execute(_ABOVE, {"unit_ids": sorted(unit_ids), "day": day})).all():
        found[row.below].add(row.above)
    return found
