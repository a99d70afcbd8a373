"""Corrections that were asked for, in and out of PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update

from chassis.transaction import Transaction
from submissions.domain.correction import Correction
from submissions.tables import corrections

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
    row = (await tx.connection.execute(_FIND, {"wanted": correction_id})).one_or_none()
    return None if row is None else _correction(row)


async def take(tx: Transaction, correction_id: UUID) -> Correction:
    """Return a correction that exists, locked for a change."""
    return _correction((await tx.connection.execute(_TAKE, {"wanted": correction_id})).one())


async def find_undecided(tx: Transaction, submission_id: UUID) -> Correction | None:
    """Return the correction of a submission that waits for a decision."""
    row = (await tx.connection.execute(_UNDECIDED, {"wanted": submission_id})).one_or_none()
    return None if row is None else _correction(row)


async def all_of(tx: Transaction, submission_id: UUID) -> Sequence[Correction]:
    """Return every correction of a submission, the first one first."""
    return [_correction(row) for row in await tx.connection.execute(_OF_SUBMISSION, {"wanted": submission_id})]


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


def _correction(row: Row[*tuple[Any, ...]]) -> Correction:
    members = dict(row._mapping)  # noqa: SLF001  SQLAlchemy's public name for a row as a mapping
    return Correction(id=members.pop("correction_id"), **members)
