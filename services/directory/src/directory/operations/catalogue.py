"""The catalogue of unit types, which the province edits."""

from dataclasses import dataclass

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from directory.domain.units import CLUSTER_TYPE, UnitType
from directory.operations.cataloguing import put_and_tell_type, tell_type_removed
from directory.operations.registering import put_and_tell
from directory.problems import UnitTypeInUse
from directory.store import audit, units
from directory.store import catalogue as store


@dataclass(frozen=True, slots=True)
class Edited:
    """A type as it is now, and how many units teach other levels because of it."""

    unit_type: UnitType
    changed: int


async def list_unit_types(tx: Transaction) -> list[UnitType]:
    """Return every type, by code."""
    return list((await store.unit_types_by_code(tx.connection)).values())


async def put_unit_type(tx: Transaction, unit_type: UnitType, *, by: Caller) -> Edited:
    """Add a type or change what it is called and teaches; tell of every unit that teaches the levels of its type.

    The change holds for the past as well: a type has no dates, a unit that changes gets another type. Safe to repeat.
    """
    _see_that_it_is_allowed(by)
    await units.lock_register(tx.connection)
    before = (await store.unit_types_by_code(tx.connection)).get(unit_type.code)
    if before == unit_type:
        return Edited(unit_type, 0)
    await put_and_tell_type(tx, unit_type)
    await audit.record(
        tx, "unit-type.set", by=by, about=unit_type.code, name=unit_type.name, levels=list(unit_type.levels)
    )
    if before is None or before.levels == unit_type.levels:
        return Edited(unit_type, 0)
    levels = await units.levels_by_type(tx.connection)
    affected = sorted(await units.with_levels_of(tx.connection, unit_type.code))
    for first in range(0, len(affected), units.UNITS_AT_ONCE):
        some = await units.get_some(tx.connection, affected[first : first + units.UNITS_AT_ONCE])
        await put_and_tell(tx, list(some.values()), levels)
        await tx.make_room()
    return Edited(unit_type, len(affected))


async def remove_unit_type(tx: Transaction, code: str, *, by: Caller) -> None:
    """Forget a type. Raises `UnitTypeInUse` when a unit ever was of it, or when the platform itself goes by it."""
    _see_that_it_is_allowed(by)
    await units.lock_register(tx.connection)
    there = await store.unit_types_by_code(tx.connection)
    if code not in there:
        raise NotFound(f"Không có loại đơn vị «{code}».", f"There is no unit type '{code}'.")
    if code == CLUSTER_TYPE or await store.is_used(tx.connection, code):
        raise UnitTypeInUse(
            f"Loại đơn vị «{code}» đang hoặc đã được dùng, không thể xóa.",
            f"The unit type '{code}' is or was in use and cannot be removed.",
        )
    await store.remove(tx.connection, code)
    await tell_type_removed(tx, there[code])
    await audit.record(tx, "unit-type.removed", by=by, about=code)


def _see_that_it_is_allowed(by: Caller) -> None:
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị được sửa danh mục loại đơn vị.", "Only an administrator may edit unit types.")
