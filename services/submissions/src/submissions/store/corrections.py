"""Corrections that were asked for, in and out of PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from chassis.transaction import Transaction
from submissions.domain.asked import Obligation
from submissions.domain.correction import Correction
from submissions.store.asked import OBLIGATION_COLUMNS, at_desks, obligation_of
from submissions.tables import corrections, obligations, submissions

_FIND = select(corrections).where(corrections.c.correction_id == bindparam("wanted"))
_TAKE = _FIND.with_for_update()
_UNDECIDED = select(corrections).where(
    corrections.c.submission_id == bindparam("wanted"), corrections.c.outcome.is_(None)
)
_OF_SUBMISSION = (
    select(corrections)
    .where(corrections.c.submission_id == bindparam("wanted"))
    .order_by(corrections.c.asked_at, corrections.c.correction_id)
)


async def find(tx: Transaction, correction_id: UUID) -> Correction | None:
    """Return a correction, if there is one."""
    row = (await tx.connection.execute(_FIND, {"wanted": correction_id})).mappings().one_or_none()
    return None if row is None else _correction(row)


async def take(tx: Transaction, correction_id: UUID) -> Correction:
    """Return a correction that exists, locked for a change."""
    return _correction((await tx.connection.execute(_TAKE, {"wanted": correction_id})).mappings().one())


async def find_undecided(tx: Transaction, submission_id: UUID) -> Correction | None:
    """Return the correction of a submission that waits for a decision."""
    row = (await tx.connection.execute(_UNDECIDED, {"wanted": submission_id})).mappings().one_or_none()
    return None if row is None else _correction(row)


async def all_of(tx: Transaction, submission_id: UUID) -> Sequence[Correction]:
    """Return every correction of a submission, the first one first."""
    found = await tx.connection.execute(_OF_SUBMISSION, {"wanted": submission_id})
    return [_correction(row) for row in found.mappings()]


async def undecided(
    tx: Transaction, *, desks: Sequence[str] | None, limit: int
) -> Sequence[tuple[Correction, Obligation]]:
    """Return what waits for a decision of these desks, null for all, the longest first, and what it is about."""
    query = (
        select(*corrections.c, *OBLIGATION_COLUMNS)
        .join_from(corrections, submissions, submissions.c.submission_id == corrections.c.submission_id)
        .join(obligations, obligations.c.obligation_id == submissions.c.obligation_id)
        .where(corrections.c.outcome.is_(None))
        .order_by(corrections.c.asked_at, corrections.c.correction_id)
        .limit(limit)
    )
    if desks is not None:
        query = query.where(at_desks(desks))
    names = [column.name for column in corrections.c]
    found = (await tx.connection.execute(query)).mappings()
    return [(_correction({name: row[name] for name in names}), obligation_of(row)) for row in found]


async def add(tx: Transaction, correction: Correction) -> None:
    """Write a correction that is asked for."""
    await tx.connection.execute(insert(corrections), _row(correction))


async def put(tx: Transaction, correction: Correction) -> None:
    """Write what was decided about a correction that is taken."""
    row = _row(correction)
    await tx.connection.execute(
        update(corrections).where(corrections.c.correction_id == row.pop("correction_id")).values(row)
    )


def _row(correction: Correction) -> dict[str, Any]:
    row = asdict(correction)
    return {"correction_id": row.pop("id"), **row}


def _correction(row: Mapping[Any, Any]) -> Correction:
    members = dict(row)
    return Correction(id=members.pop("correction_id"), **members)
