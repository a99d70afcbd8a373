"""Writing units that have changed, and telling the others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chassis.transaction import Transaction
from contracts.directory import UnitChanged, UnitIdentifier, UnitLineage, UnitRelation, UnitVersion
from directory.domain.units import Unit
from directory.store import units as store

Levels = Mapping[str, tuple[str, ...]]
"""The education levels each type of unit teaches."""


async def put_and_tell(tx: Transaction, changed: Sequence[Unit], levels: Levels) -> list[Unit]:
    """Write units under their next version and tell the others of each. Call `store.lock_register` first."""
    after = [replace(unit, version=unit.version + 1) for unit in changed]
    await store.put(tx.connection, after)
    for unit in after:
        tx.emit(told(unit, levels, tx.now))
    return after


def told(unit: Unit, levels: Levels, now: datetime) -> UnitChanged:
    """Return what the others are told of a unit: everything dated that is known of it."""
    return UnitChanged(
        occurred_at=now,
        unit_id=unit.unit_id,
        version=unit.version,
        versions=tuple(
            UnitVersion(
                valid_from=each.valid_from,
                valid_to=each.valid_to,
                unit_type=each.unit_type,
                name=each.name,
                short_name=each.short_name,
                levels=levels[each.unit_type] if each.levels is None else each.levels,
                abbreviation=each.abbreviation,
            )
            for each in unit.versions
        ),
        relations=tuple(
            UnitRelation(kind=each.kind, parent_id=each.parent_id, valid_from=each.valid_from, valid_to=each.valid_to)
            for each in unit.relations
        ),
        lineage=tuple(
            UnitLineage(kind=each.kind, to_unit_id=each.to_unit_id, effective_date=each.effective_date)
            for each in unit.lineage
        ),
        identifiers=tuple(
            UnitIdentifier(scheme=each.scheme, code=each.code, valid_from=each.valid_from, valid_to=each.valid_to)
            for each in unit.identifiers
        ),
    )
