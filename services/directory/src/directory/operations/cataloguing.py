"""Writing types and groups that have changed, and telling the others. The register is locked by who does it."""

from dataclasses import replace

from chassis.transaction import Transaction
from contracts.directory import GroupChanged, UnitSelector, UnitTypeChanged
from directory.domain.units import UnitType
from directory.store import catalogue, groups, units
from directory.store.groups import Group


async def tell_what_nobody_was_told(tx: Transaction) -> None:
    """Tell of the types and groups that were in the database before anybody was told of any. Safe to repeat."""
    await units.lock_register(tx.connection)
    for unit_type in await catalogue.untold(tx.connection):
        await put_and_tell_type(tx, unit_type)
    for group in (await groups.by_code(tx.connection)).values():
        if group.version == 0:
            await put_and_tell_group(tx, group)


async def put_and_tell_type(tx: Transaction, unit_type: UnitType) -> None:
    """Write a type under its next version and tell the others."""
    version = await catalogue.next_version(tx.connection)
    await catalogue.put(tx.connection, unit_type, version=version)
    tx.emit(_type_changed(tx, unit_type, version, is_removed=False))


async def tell_type_removed(tx: Transaction, unit_type: UnitType) -> None:
    """Tell the others that a type is no more."""
    tx.emit(_type_changed(tx, unit_type, await catalogue.next_version(tx.connection), is_removed=True))


async def put_and_tell_group(tx: Transaction, group: Group) -> Group:
    """Write a group under its next version and tell the others."""
    after = replace(group, version=await catalogue.next_version(tx.connection))
    await groups.put(tx.connection, after)
    selector = UnitSelector.model_validate(after.selector.model_dump(mode="json"))
    tx.emit(_group_changed(tx, after, selector))
    return after


async def tell_group_removed(tx: Transaction, group: Group) -> None:
    """Tell the others that a group is no more."""
    tx.emit(_group_changed(tx, replace(group, version=await catalogue.next_version(tx.connection)), None))


def _type_changed(tx: Transaction, unit_type: UnitType, version: int, *, is_removed: bool) -> UnitTypeChanged:
    return UnitTypeChanged(
        occurred_at=tx.now,
        code=unit_type.code,
        version=version,
        name=unit_type.name,
        levels=unit_type.levels,
        is_removed=is_removed,
    )


def _group_changed(tx: Transaction, group: Group, selector: UnitSelector | None) -> GroupChanged:
    return GroupChanged(occurred_at=tx.now, code=group.code, version=group.version, name=group.name, selector=selector)
