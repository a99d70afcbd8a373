"""What units are on a day, and who leads a cluster."""

from datetime import date

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from directory.domain.units import CLUSTER_TYPE, Unit, UnitOnDay
from directory.operations.registering import put_and_tell
from directory.problems import NotACluster, NotAMember, UnknownUnitType
from directory.store import audit
from directory.store import units as store


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
        [led] = await put_and_tell(tx, [led], await store.levels_by_type(tx.connection))
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


def _no_such_unit(unit_id: str) -> NotFound:
    return NotFound(f"Không có đơn vị «{unit_id}» vào ngày này.", f"There is no unit '{unit_id}' on this day.")
