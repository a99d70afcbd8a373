"""Directives at the units they were sent to, in and out of PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, String, Uuid, any_, bindparam, column, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from directives.domain.delivery import Delivery
from directives.tables import answers, deliveries, directives, obligations

_SENT = {"directive_id": Uuid, "unit_id": String, "purpose": String}
_rows = (
    func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _SENT.items()))
    .table_valued(*(column(name, kind) for name, kind in _SENT.items()))
    .render_derived(name="sent")
)
_sent = insert(deliveries).from_select(list(_SENT), select(*(_rows.c[name] for name in _SENT)))
_ADD = _sent.on_conflict_do_update(index_elements=["directive_id", "unit_id"], set_={"purpose": _sent.excluded.purpose})
_HAS_ANSWERED = exists().where(
    obligations.c.directive_id == deliveries.c.directive_id,
    obligations.c.answering_unit_id == deliveries.c.unit_id,
    answers.c.obligation_id == obligations.c.obligation_id,
)
_OF = (
    select(deliveries, _HAS_ANSWERED.label("has_answered"))
    .where(deliveries.c.directive_id == bindparam("directive"))
    .order_by(deliveries.c.unit_id)
)
_TAKE = _OF.where(deliveries.c.unit_id == bindparam("unit")).with_for_update(of=deliveries)
_FIND = _OF.where(deliveries.c.unit_id == bindparam("unit"))
_STANDS = [
    deliveries.c.moved_to.is_(None),
    deliveries.c.directive_id == directives.c.directive_id,
    directives.c.recalled_at.is_(None),
    directives.c.replaced_at.is_(None),
    directives.c.closed_at.is_(None),
]
_STANDING_AT = select(deliveries.c.unit_id).where(*_STANDS).distinct()
_TAKE_STANDING = (
    select(deliveries, _HAS_ANSWERED.label("has_answered"))
    .where(*_STANDS, deliveries.c.unit_id == any_(bindparam("units", type_=ARRAY(String))))
    .order_by(deliveries.c.directive_id, deliveries.c.unit_id)
    .with_for_update(of=deliveries)
)
_PUT = (
    update(deliveries)
    .where(deliveries.c.directive_id == bindparam("directive"), deliveries.c.unit_id == bindparam("unit"))
    .values({name: bindparam(f"new_{name}") for name in ("state", "reason", "decided_by", "decided_at")})
)


async def add(connection: AsyncConnection, sent: Sequence[Delivery]) -> None:
    """Write to whom a directive goes and what for, in one statement. Who has it already has it for this purpose now."""
    await connection.execute(_ADD, {name: [getattr(each, name) for each in sent] for name in _SENT})


async def of(connection: AsyncConnection, directive_id: UUID) -> list[Delivery]:
    """Return where a directive was sent, by unit."""
    return [Delivery(**row) for row in (await connection.execute(_OF, {"directive": directive_id})).mappings()]


async def find(connection: AsyncConnection, directive_id: UUID, unit_id: str) -> Delivery | None:
    """Return a directive at one unit, or null when it was not sent there."""
    row = (await connection.execute(_FIND, {"directive": directive_id, "unit": unit_id})).mappings().one_or_none()
    return None if row is None else Delivery(**row)


async def take(connection: AsyncConnection, directive_id: UUID, unit_id: str) -> Delivery | None:
    """Return a directive at one unit, locked for change, or null when it was not sent there."""
    row = (await connection.execute(_TAKE, {"directive": directive_id, "unit": unit_id})).mappings().one_or_none()
    return None if row is None else Delivery(**row)


async def standing_at(connection: AsyncConnection) -> list[str]:
    """Return the units that have directives in force and not closed, whether they still exist or not."""
    return list((await connection.execute(_STANDING_AT)).scalars())


async def take_standing(connection: AsyncConnection, unit_ids: Sequence[str]) -> list[Delivery]:
    """Return what these units have of directives in force and not closed, locked, always in the same order."""
    rows = (await connection.execute(_TAKE_STANDING, {"units": list(unit_ids)})).mappings()
    return [Delivery(**row) for row in rows]


async def put_moved(connection: AsyncConnection, delivery: Delivery, to_unit_id: str) -> bool:
    """Note that a delivery went on to another unit. False: that unit had it already, and has it to act if this was."""
    there = delivery.at(to_unit_id)
    values = {
        name: getattr(there, name)
        for name in ("directive_id", "unit_id", "purpose", "state", "decided_by", "decided_at")
    }
    new = insert(deliveries).values(values).on_conflict_do_nothing().returning(deliveries.c.unit_id)
    is_new = (await connection.execute(new)).one_or_none() is not None
    if not is_new and delivery.purpose == "execute":
        await add(connection, [there])
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.directive_id == delivery.directive_id, deliveries.c.unit_id == delivery.unit_id)
        .values(moved_to=to_unit_id)
    )
    return is_new


async def put(connection: AsyncConnection, delivery: Delivery) -> None:
    """Write what became of a delivery that was taken."""
    await connection.execute(
        _PUT,
        {
            "directive": delivery.directive_id,
            "unit": delivery.unit_id,
            "new_state": delivery.state,
            "new_reason": delivery.reason,
            "new_decided_by": delivery.decided_by,
            "new_decided_at": delivery.decided_at,
        },
    )
