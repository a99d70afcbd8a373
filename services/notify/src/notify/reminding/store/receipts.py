"""Directives at units that are to act on them, until there is a word of it, in and out of PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ARRAY, DateTime, and_, any_, bindparam, case, exists, func, literal, null, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.reminding.tables import receipts, reminders

EVERYBODY = "*"
"""Stands for every unit a directive was sent to."""
_NOW = bindparam("now", type_=DateTime(timezone=True))
_new = insert(receipts)
_PUT = _new.on_conflict_do_update(
    index_elements=[receipts.c.directive_id, receipts.c.unit_id],
    set_={
        "issuer_unit_id": func.coalesce(receipts.c.issuer_unit_id, _new.excluded.issuer_unit_id),
        # Of two moments the earlier; PostgreSQL leaves out what is null.
        "delivered_at": func.least(receipts.c.delivered_at, _new.excluded.delivered_at),
        "settled_at": func.least(receipts.c.settled_at, _new.excluded.settled_at),
    },
)
_everybody = receipts.alias("everybody")
_is_awaited = and_(
    receipts.c.settled_at.is_(None),
    ~exists().where(_everybody.c.directive_id == receipts.c.directive_id, _everybody.c.unit_id == EVERYBODY),
)
_planned = insert(reminders).from_select(
    ["reminder_id", "awaited", "directive_id", "issuer_unit_id", "unit_id", "answering_unit_id", "counted_from",
     "is_owed", "since", "next_at"],
    select(
        receipts.c.reminder_id,
        literal("acknowledgement"),
        receipts.c.directive_id,
        receipts.c.issuer_unit_id,
        receipts.c.unit_id,
        receipts.c.unit_id,
        receipts.c.delivered_at,
        _is_awaited,
        _NOW,
        case((_is_awaited, _NOW), else_=null()),
    )
    .where(
        receipts.c.directive_id == any_(bindparam("directive_ids", type_=ARRAY(UuidType()))),
        receipts.c.reminder_id == any_(bindparam("ids", type_=ARRAY(UuidType()))),
        receipts.c.delivered_at.is_not(None),
    )
    .order_by(receipts.c.reminder_id),
)  # fmt: skip
_PLAN = _planned.on_conflict_do_update(
    index_elements=[reminders.c.reminder_id],
    set_={each: _planned.excluded[each] for each in ("issuer_unit_id", "counted_from", "is_owed", "next_at")},
)
_OF_DIRECTIVES = select(receipts.c.reminder_id).where(
    receipts.c.directive_id == any_(bindparam("directive_ids", type_=ARRAY(UuidType())))
)


def row(
    directive_id: UUID,
    unit_id: str,
    *,
    issuer_unit_id: str | None = None,
    delivered_at: datetime | None = None,
    settled_at: datetime | None = None,
) -> dict[str, Any]:
    """Return what is known of a directive at a unit, or at `EVERYBODY`."""
    return {
        "directive_id": directive_id,
        "unit_id": unit_id,
        "reminder_id": uuid5(directive_id, unit_id),
        "issuer_unit_id": issuer_unit_id,
        "delivered_at": delivered_at,
        "settled_at": settled_at,
    }


async def put(connection: AsyncConnection, rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Keep what was heard of, and bring the reminders of it up to that."""
    in_order = sorted(rows, key=lambda each: each["reminder_id"])
    await connection.execute(_PUT, in_order)
    over = {each["directive_id"] for each in rows if each["unit_id"] == EVERYBODY}
    ids = {each["reminder_id"] for each in rows} | await _of(connection, over)
    about = {"directive_ids": list({each["directive_id"] for each in rows}), "ids": sorted(ids), "now": now}
    await connection.execute(_PLAN, about)


async def _of(connection: AsyncConnection, directive_ids: Collection[UUID]) -> set[UUID]:
    if not directive_ids:
        return set()
    return set((await connection.execute(_OF_DIRECTIVES, {"directive_ids": list(directive_ids)})).scalars())
