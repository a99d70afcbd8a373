"""Units in and out of PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    FromClause,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.domain.units import Lineage, Relation, Unit, UnitOnDay, Version
from directory.tables import unit_lineage, unit_relations, unit_types, unit_versions, units

_IDS = bindparam("unit_ids", type_=ARRAY(Text))
_DAY = bindparam("day", type_=Date)
_ANY_TYPE = bindparam("unit_type", type_=Text)


def _of(table: Table) -> ColumnElement[bool]:
    # Null instead of a list of ids: every unit.
    return or_(_IDS.is_(None), table.c.unit_id == any_(_IDS))


def _holds(source: FromClause) -> ColumnElement[bool]:
    return and_(source.c.valid_from <= _DAY, or_(source.c.valid_to.is_(None), source.c.valid_to >= _DAY))


_UNITS = select(units).where(_of(units))
_VERSIONS = select(unit_versions).where(_of(unit_versions)).order_by(unit_versions.c.valid_from)
_RELATIONS = (
    select(unit_relations)
    .where(_of(unit_relations))
    .order_by(unit_relations.c.kind, unit_relations.c.valid_from, unit_relations.c.parent_id)
)
_LINEAGE = (
    select(unit_lineage)
    .where(_of(unit_lineage))
    .order_by(unit_lineage.c.effective_date, unit_lineage.c.kind, unit_lineage.c.to_unit_id)
)
_ON_DAY = (
    select(unit_versions, unit_types.c.name.label("unit_type_name"), unit_types.c.levels)
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
_DATED = (unit_versions, unit_relations, unit_lineage)
_FORGET = tuple(delete(table).where(table.c.unit_id == any_(_IDS)) for table in _DATED)
_ENTER = tuple(insert(table) for table in _DATED)


async def take_register(connection: AsyncConnection) -> dict[str, Unit]:
    """Return every unit, and keep everyone else from changing any of them until this transaction ends."""
    await connection.execute(text("LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE"))
    return await _whole(connection, None)


async def find(connection: AsyncConnection, unit_id: str) -> Unit | None:
    """Return a unit with everything dated that is known of it, or null."""
    return (await _whole(connection, [unit_id])).get(unit_id)


async def _whole(connection: AsyncConnection, unit_ids: list[str] | None) -> dict[str, Unit]:
    only = {"unit_ids": unit_ids}
    versions: dict[str, list[Version]] = defaultdict(list)
    relations: dict[str, list[Relation]] = defaultdict(list)
    lineage: dict[str, list[Lineage]] = defaultdict(list)
    for row in (await connection.execute(_VERSIONS, only)).all():
        versions[row.unit_id].append(Version(row.valid_from, row.valid_to, row.unit_type, row.name, row.short_name))
    for row in (await connection.execute(_RELATIONS, only)).all():
        relations[row.unit_id].append(Relation(row.kind, row.parent_id, row.valid_from, row.valid_to))
    for row in (await connection.execute(_LINEAGE, only)).all():
        lineage[row.unit_id].append(Lineage(row.kind, row.to_unit_id, row.effective_date, row.legal_basis))
    return {
        row.unit_id: Unit(
            row.unit_id,
            tuple(versions[row.unit_id]),
            tuple(relations[row.unit_id]),
            tuple(lineage[row.unit_id]),
            row.version,
        )
        for row in (await connection.execute(_UNITS, only)).all()
    }


async def put(connection: AsyncConnection, changed: Sequence[Unit]) -> None:
    """Write units, new and known ones, with everything dated about them. Call `take_register` first."""
    if not changed:
        return
    await connection.execute(_PUT_UNITS, [{"unit_id": unit.unit_id, "version": unit.version} for unit in changed])
    for forget in _FORGET:
        await connection.execute(forget, {"unit_ids": [unit.unit_id for unit in changed]})
    for enter, rows in zip(_ENTER, _dated_rows(changed), strict=True):
        if rows:
            await connection.execute(enter, rows)


def _dated_rows(changed: Iterable[Unit]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    versions, relations, lineage = [], [], []
    for unit in changed:
        versions += [
            {
                "unit_id": unit.unit_id,
                "valid_from": each.valid_from,
                "valid_to": each.valid_to,
                "unit_type": each.unit_type,
                "name": each.name,
                "short_name": each.short_name,
            }
            for each in unit.versions
        ]
        relations += [
            {
                "unit_id": unit.unit_id,
                "kind": each.kind,
                "parent_id": each.parent_id,
                "valid_from": each.valid_from,
                "valid_to": each.valid_to,
            }
            for each in unit.relations
        ]
        lineage += [
            {
                "unit_id": unit.unit_id,
                "kind": each.kind,
                "to_unit_id": each.to_unit_id,
                "effective_date": each.effective_date,
                "legal_basis": each.legal_basis,
            }
            for each in unit.lineage
        ]
    return versions, relations, lineage


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
