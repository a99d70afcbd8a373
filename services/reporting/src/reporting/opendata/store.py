"""What is open, in and out of PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.transaction import Transaction
from reporting.opendata.tables import openings


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether anybody may read the editions of a requirement, and who said so."""

    requirement_id: UUID
    is_open: bool
    changed_by: UUID
    changed_at: datetime


async def put_opening(tx: Transaction, opening: Opening) -> None:
    """Write whether a requirement is open."""
    row = asdict(opening)
    await tx.connection.execute(
        upsert(openings).values(**row).on_conflict_do_update(index_elements=["requirement_id"], set_=row)
    )


async def find_opening(tx: Transaction, requirement_id: UUID) -> Opening | None:
    """Return whether a requirement is open; null when nobody ever said."""
    row = (
        await tx.connection.execute(select(openings).where(openings.c.requirement_id == requirement_id))
    ).one_or_none()
    return Opening(**row._mapping) if row is not None else None  # noqa: SLF001  SQLAlchemy's public name for it


async def open_requirements(tx: Transaction) -> Sequence[UUID]:
    """Return the requirements that are open, in the order of their ids."""
    query = select(openings.c.requirement_id).where(openings.c.is_open).order_by(openings.c.requirement_id)
    return (await tx.connection.execute(query)).scalars().all()
