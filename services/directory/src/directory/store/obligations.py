"""What units owe, in and out of PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.duty_tables import known_obligations, settled_obligations
from unit_tree.noting import newest_wins

_NOTE = newest_wins(known_obligations)
_SETTLE = insert(settled_obligations).on_conflict_do_nothing()
_OPEN = (
    select(*known_obligations.c["obligation_id", "directive_id", "requirement_id", "unit_id", "answering_unit_id"])
    .where(
        known_obligations.c.answering_unit_id == any_(bindparam("unit_ids", type_=ARRAY(Text))),
        known_obligations.c.is_owed,
        ~exists().where(settled_obligations.c.obligation_id == known_obligations.c.obligation_id),
    )
    .order_by(known_obligations.c.answering_unit_id.collate("C"), known_obligations.c.obligation_id)
)


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """Something a unit owes that has no accepted answer."""

    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str


async def note(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what obligations are now; an older version never overwrites a newer one."""
    if rows:
        # In one order for everyone, so that two workers wait for each other and do not lock up.
        await connection.execute(_NOTE, sorted(rows, key=lambda row: str(row["obligation_id"])))


async def note_settled(connection: AsyncConnection, obligation_ids: Collection[UUID]) -> None:
    """Write that these have an accepted answer."""
    if obligation_ids:
        await connection.execute(_SETTLE, [{"obligation_id": each} for each in sorted(obligation_ids)])


async def open_of(connection: AsyncConnection, answered_by: Collection[str]) -> list[OpenObligation]:
    """Return what these units still have to answer, for themselves or for others, by unit."""
    return [OpenObligation(*row) for row in await connection.execute(_OPEN, {"unit_ids": sorted(answered_by)})]
