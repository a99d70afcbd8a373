"""The catalogue of unit types in and out of PostgreSQL."""

from sqlalchemy import Text, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.domain.units import UnitType
from directory.tables import catalogue_versions, unit_types, unit_versions

_CODE = bindparam("code", type_=Text)
_ALL = select(unit_types).order_by(unit_types.c.code)
_UNTOLD = _ALL.where(unit_types.c.version == 0)
_NEXT_VERSION = select(catalogue_versions.next_value())
_INSERT = upsert(unit_types)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=[unit_types.c.code],
    set_={name: _INSERT.excluded[name] for name in ("name", "levels", "version")},
)
_IS_USED = select(exists().where(unit_versions.c.unit_type == _CODE))
_REMOVE = delete(unit_types).where(unit_types.c.code == _CODE)


async def unit_types_by_code(connection: AsyncConnection) -> dict[str, UnitType]:
    """Return the catalogue, in the order of codes."""
    return {row.code: UnitType(row.code, row.name, tuple(row.levels)) for row in (await connection.execute(_ALL)).all()}


async def untold(connection: AsyncConnection) -> list[UnitType]:
    """Return the types nobody was told of."""
    return [UnitType(row.code, row.name, tuple(row.levels)) for row in (await connection.execute(_UNTOLD)).all()]


async def next_version(connection: AsyncConnection) -> int:
    """Return the version of what is changed of a type or a group now; call it with the register locked."""
    return int((await connection.execute(_NEXT_VERSION)).scalar_one())


async def put(connection: AsyncConnection, unit_type: UnitType, *, version: int) -> None:
    """Write a type, new or known."""
    row = {"code": unit_type.code, "name": unit_type.name, "levels": list(unit_type.levels), "version": version}
    await connection.execute(_PUT, row)


async def is_used(connection: AsyncConnection, code: str) -> bool:
    """Say whether any unit is, was or will be of a type."""
    return bool((await connection.execute(_IS_USED, {"code": code})).scalar_one())


async def remove(connection: AsyncConnection, code: str) -> None:
    """Forget a type that no unit is of."""
    await connection.execute(_REMOVE, {"code": code})
