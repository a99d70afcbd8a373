"""Exports and what they are made of, in and out of PostgreSQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, Text, Uuid, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.transaction import Transaction
from reporting.exports.tables import export_parts, exports, wordings

PART_BYTES = 1 << 20
AT_ONCE = 2000
"""So many rows are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Export:
    """A table somebody asked for as a file."""

    export_id: UUID
    asked_by: UUID
    requirement_id: UUID
    period: str
    form: str
    totals_of: tuple[str, ...] | None
    """The units whose totals whoever asked may read; null: all."""
    answers_of: tuple[str, ...] | None
    """The units of which they may read what those submitted; null: all."""
    state: str
    attempts: int
    rows_done: int
    rows_total: int | None
    byte_count: int | None
    digest: str | None
    asked_at: datetime


async def put_export(tx: Transaction, export: Export) -> None:
    """Write what was asked for."""
    row = {name: getattr(export, name) for name in ("export_id", "asked_by", "requirement_id", "period", "form")}
    for name in ("totals_of", "answers_of", "state", "asked_at"):
        row[name] = getattr(export, name)
    await tx.connection.execute(insert(exports).values(**row))


_FIND = select(exports).where(exports.c.export_id == bindparam("export_id", type_=Uuid))


async def find_export(tx: Transaction, export_id: UUID) -> Export | None:
    """Return an export; null when there is none."""
    row = (await tx.connection.execute(_FIND, {"export_id": export_id})).one_or_none()
    return None if row is None else _export(row)


async def count_unfinished(tx: Transaction, asked_by: UUID) -> int:
    """Return how many exports of a person are still to be made."""
    query = select(exports.c.export_id).where(
        exports.c.asked_by == asked_by, exports.c.state.in_(("waiting", "making"))
    )
    return len((await tx.connection.execute(query)).all())


async def take_next(tx: Transaction, *, before: datetime) -> UUID | None:
    """Return what is to be made next and lock it: the oldest that waits, or whose maker was last heard of `before`."""
    query = (
        select(exports.c.export_id)
        .where(
            (exports.c.state == "waiting") | ((exports.c.state == "making") & (exports.c.taken_at < before)),
        )
        .order_by(exports.c.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await tx.connection.execute(query)).scalar_one_or_none()


async def change(tx: Transaction, export_id: UUID, **values: Any) -> None:
    """Write how an export stands that is not ready; one that is stays as it is, whoever was late with it."""
    unfinished = (exports.c.export_id == export_id) & (exports.c.state != "ready")
    await tx.connection.execute(update(exports).where(unfinished).values(**values))


async def begin_anew(tx: Transaction, export_id: UUID) -> bool:
    """Lock an export and forget what was made of it; false when it is ready or there is none: then nothing is done."""
    query = select(exports.c.state).where(exports.c.export_id == export_id).with_for_update()
    state = (await tx.connection.execute(query)).scalar_one_or_none()
    if state is None or state == "ready":
        return False
    await tx.connection.execute(delete(export_parts).where(export_parts.c.export_id == export_id))
    return True


async def put_part(tx: Transaction, export_id: UUID, number: int, body: bytes) -> None:
    """Write a part of a file."""
    await tx.connection.execute(insert(export_parts).values(export_id=export_id, number=number, body=body))


_PART = select(export_parts.c.body).where(
    export_parts.c.export_id == bindparam("export_id", type_=Uuid), export_parts.c.number == bindparam("number")
)


async def get_part(tx: Transaction, export_id: UUID, number: int) -> bytes:
    """Return a part of a file that is ready."""
    return bytes((await tx.connection.execute(_PART, {"export_id": export_id, "number": number})).scalar_one())


async def drop_old(tx: Transaction, *, before: datetime) -> None:
    """Forget what was asked for before a moment."""
    await tx.connection.execute(delete(exports).where(exports.c.asked_at < before))


_UPSERT = upsert(wordings)
_PUT_WORDING = _UPSERT.on_conflict_do_update(
    index_elements=["requirement_id"],
    set_={column.name: _UPSERT.excluded[column.name] for column in wordings.columns if not column.primary_key},
    where=wordings.c.version < _UPSERT.excluded.version,
)


async def put_wordings(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what requirements are called; the newest version counts."""
    if rows:
        await tx.connection.execute(_PUT_WORDING, list(rows))


async def find_wording(tx: Transaction, requirement_id: UUID) -> Row[Any] | None:
    """Return what a requirement is called; null when that was never told."""
    query = select(wordings).where(wordings.c.requirement_id == requirement_id)
    return (await tx.connection.execute(query)).one_or_none()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit that owes stands in the table."""

    obligation_id: UUID
    unit_id: str
    above: tuple[str, ...]


_PLACES = text(
    """SELECT o.obligation_id, o.unit_id, coalesce(c.above, '{}') AS above
       FROM obligations o LEFT JOIN contributions c USING (obligation_id)
       WHERE o.requirement_id = :requirement_id AND (o.period IS NULL OR o.period = :period)"""
).bindparams(bindparam("requirement_id", type_=Uuid))


async def places_of(tx: Transaction, requirement_id: UUID, period: str) -> list[Place]:
    """Return where every unit stands that was ever to answer for a period."""
    asked = {"requirement_id": requirement_id, "period": period}
    chains: dict[tuple[str, ...], tuple[str, ...]] = {}  # thousands stand below the same few
    found = []
    async with tx.connection.stream(_PLACES, asked, execution_options={"yield_per": AT_ONCE}) as rows:
        async for row in rows:
            above = tuple(row.above)
            found.append(Place(row.obligation_id, row.unit_id, chains.setdefault(above, above)))
    return found


_NAMES = text(
    """SELECT unit_id, coalesce(
         (SELECT v->>'name' FROM jsonb_array_elements(state->'versions') v
          WHERE (v->>'valid_from')::date <= :day AND coalesce((v->>'valid_to')::date, :day) >= :day LIMIT 1),
         state->'versions'->-1->>'name', unit_id) AS name
       FROM known_units WHERE unit_id = ANY(:unit_ids)"""
).bindparams(bindparam("day", type_=Date), bindparam("unit_ids", type_=ARRAY(Text)))


async def names_of(tx: Transaction, unit_ids: Sequence[str], day: date) -> dict[str, str]:
    """Return what units were called on a day, or last; those nobody has heard of are left out."""
    found: dict[str, str] = {}
    for start in range(0, len(unit_ids), AT_ONCE):
        some = {"unit_ids": list(unit_ids[start : start + AT_ONCE]), "day": day}
        found |= {row.unit_id: row.name for row in await tx.connection.execute(_NAMES, some)}
    return found


_DETAILS = text(
    """SELECT o.obligation_id, o.levels, coalesce(h.state, 'open') AS owed, a.state AS answered,
              v.is_late, v.is_nil, v.stated -> :period AS stated, c.level
       FROM obligations o
       LEFT JOIN obligation_changes h USING (obligation_id)
       LEFT JOIN answers a USING (obligation_id)
       LEFT JOIN answer_values v ON v.obligation_id = a.obligation_id AND v.number = a.number
       LEFT JOIN contributions c ON c.obligation_id = o.obligation_id
       WHERE o.obligation_id = ANY(:ids)"""
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def details_of(
    tx: Transaction, obligation_ids: Sequence[UUID], period: str, *, at_once: int = AT_ONCE
) -> AsyncIterator[Row[Any]]:
    """Return what came back of each of these known obligations, in their order, some thousand at a time."""
    for start in range(0, len(obligation_ids), at_once):
        ids = obligation_ids[start : start + at_once]
        rows = await tx.connection.execute(_DETAILS, {"ids": list(ids), "period": period})
        found = {row.obligation_id: row for row in rows}
        for each in ids:
            yield found[each]


def _export(row: Row[Any]) -> Export:
    return Export(
        export_id=row.export_id,
        asked_by=row.asked_by,
        requirement_id=row.requirement_id,
        period=row.period,
        form=row.form,
        totals_of=tuple(row.totals_of) if row.totals_of is not None else None,
        answers_of=tuple(row.answers_of) if row.answers_of is not None else None,
        state=row.state,
        attempts=row.attempts,
        rows_done=row.rows_done,
        rows_total=row.rows_total,
        byte_count=row.byte_count,
        digest=row.digest,
        asked_at=row.asked_at,
    )
