"""Registering units, and saying who leads a cluster."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from contracts.directory import UnitChanged, UnitLineage, UnitRelation, UnitVersion
from directory.domain.checking import changed_units, check
from directory.domain.files import read_files
from directory.domain.units import CLUSTER_TYPE, Unit, UnitOnDay
from directory.problems import ImportRejected, NotACluster, NotAMember, UnknownUnitType
from directory.store import audit
from directory.store import units as store

FAULTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows the files had, and how many units they changed."""

    units: int
    relations: int
    links: int
    changed: int


async def import_units(tx: Transaction, *, units: bytes, relations: bytes, links: bytes | None, by: Caller) -> Imported:
    """Register the units of three CSV files: all of them or, with one fault anywhere, none. Safe to repeat."""
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị được nhập danh mục đơn vị.", "Only an administrator may import units.")
    files = await asyncio.to_thread(read_files, units, relations, links)
    register = await store.take_register(tx.connection)
    levels = await store.levels_by_type(tx.connection)
    faults = await asyncio.to_thread(check, files, register, levels)
    if faults:
        raise ImportRejected(
            f"Các tệp có {len(faults)} lỗi, chưa có gì thay đổi; xem danh sách «errors».",
            f"The files have {len(faults)} fault(s) and nothing was changed; see `errors`.",
            error_count=len(faults),
            errors=[asdict(fault) for fault in faults[:FAULTS_SHOWN]],
        )
    changed = await asyncio.to_thread(changed_units, files, register)
    await _put(tx, changed, levels)
    if changed:
        await audit.record(tx, "units.imported", by=by, about=PROVINCE, changed=[unit.unit_id for unit in changed])
    return Imported(len(files.versions), len(files.relations), len(files.links or ()), len(changed))


async def appoint_lead(tx: Transaction, *, cluster_id: str, school_id: str, valid_from: date, by: Caller) -> Unit:
    """Make a school the lead of a cluster from a day on, for as long as it is a member. Safe to repeat."""
    above = await store.above(tx.connection, [cluster_id], today(tx.now))
    if not may(by, Purpose.ADMINISTER, cluster_id, above=above.get(cluster_id, ())):
        raise NotAllowed("Chỉ quản trị được chỉ định cụm trưởng.", "Only an administrator may appoint a lead.")
    register = await store.take_register(tx.connection)
    cluster = register.get(cluster_id)
    if cluster is None:
        raise _no_such_unit(cluster_id)
    as_of = cluster.on(valid_from)
    if as_of is None or as_of.unit_type != CLUSTER_TYPE:
        raise NotACluster(
            f"«{cluster_id}» không phải cụm chuyên môn vào ngày {valid_from}.",
            f"'{cluster_id}' is no professional cluster on {valid_from}.",
        )
    try:
        led = cluster.led_by(register.get(school_id, Unit(school_id)), valid_from=valid_from)
    except LookupError as error:
        raise NotAMember(
            f"«{school_id}» không thuộc cụm «{cluster_id}» vào ngày {valid_from}.",
            f"'{school_id}' is no member of '{cluster_id}' on {valid_from}.",
        ) from error
    if led != cluster:
        [led] = await _put(tx, [led], await store.levels_by_type(tx.connection))
        await audit.record(
            tx, "cluster.lead-appointed", by=by, about=cluster_id, school_id=school_id, valid_from=valid_from
        )
    return led


async def units_on(tx: Transaction, day: date | None, *, unit_type: str | None = None) -> list[UnitOnDay]:
    """Return the units that exist on `day` (today when null), all or those of one type, by id."""
    if unit_type is not None and unit_type not in await store.levels_by_type(tx.connection):
        raise UnknownUnitType(f"Không có loại đơn vị «{unit_type}».", f"There is no unit type '{unit_type}'.")
    return await store.all_on(tx.connection, day or today(tx.now), unit_type=unit_type)


async def unit_on(tx: Transaction, unit_id: str, day: date | None) -> tuple[UnitOnDay, Unit]:
    """Return a unit as it is on `day` (today when null), and everything dated about it."""
    found = await store.all_on(tx.connection, day or today(tx.now), unit_id=unit_id)
    unit = await store.find(tx.connection, unit_id)
    if not found or unit is None:
        raise _no_such_unit(unit_id)
    return found[0], unit


async def _put(tx: Transaction, changed: Sequence[Unit], levels: Mapping[str, tuple[str, ...]]) -> list[Unit]:
    after = [replace(unit, version=unit.version + 1) for unit in changed]
    await store.put(tx.connection, after)
    for unit in after:
        tx.emit(
            UnitChanged(
                occurred_at=tx.now,
                unit_id=unit.unit_id,
                version=unit.version,
                versions=tuple(
                    UnitVersion(
                        valid_from=each.valid_from,
                        valid_to=each.valid_to,
                        unit_type=each.unit_type,
                        name=each.name,
                        short_name=each.short_name,
                        levels=levels[each.unit_type],
                    )
                    for each in unit.versions
                ),
                relations=tuple(
                    UnitRelation(
                        kind=each.kind, parent_id=each.parent_id, valid_from=each.valid_from, valid_to=each.valid_to
                    )
                    for each in unit.relations
                ),
                lineage=tuple(
                    UnitLineage(kind=each.kind, to_unit_id=each.to_unit_id, effective_date=each.effective_date)
                    for each in unit.lineage
                ),
            )
        )
    return after


def _no_such_unit(unit_id: str) -> NotFound:
    return NotFound(f"Không có đơn vị «{unit_id}» vào ngày này.", f"There is no unit '{unit_id}' on this day.")
