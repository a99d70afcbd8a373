"""Who of a directive's units could not be told by any way, and why."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.tables import deliveries, letters, letters_due, obligations, requirements


@dataclass(frozen=True, slots=True)
class Unreached:
    """A unit nobody of whom could be told outside of the inbox."""

    unit_id: str
    people: int
    """To how many letters were written; 0: nobody holds a post there."""
    reason: str | None
    """Of one of them, in the words of the server; null where nobody holds a post."""


def _of(directive_id: UUID | None, requirement_id: UUID | None) -> ColumnElement[bool]:
    if requirement_id is not None:
        # By its directive, which has an index.
        its_directive = select(requirements.c.directive_id).where(requirements.c.requirement_id == requirement_id)
        return and_(
            obligations.c.directive_id == its_directive.scalar_subquery(),
            obligations.c.requirement_id == requirement_id,
        )
    return obligations.c.directive_id == directive_id


async def desks_of(
    connection: AsyncConnection, *, directive_id: UUID | None = None, requirement_id: UUID | None = None
) -> set[str]:
    """Return the units whose desk waits for answers to a directive, or to one requirement of one."""
    query = (
        select(obligations.c.issuer_unit_id, requirements.c.reviewing_unit_id)
        .select_from(obligations.outerjoin(requirements, requirements.c.requirement_id == obligations.c.requirement_id))
        .where(_of(directive_id, requirement_id))
        .distinct()
    )
    return {each for row in await connection.execute(query) for each in row if each is not None}


async def unreached_of(
    connection: AsyncConnection, *, directive_id: UUID | None = None, requirement_id: UUID | None = None
) -> tuple[int, list[Unreached]]:
    """Return how many units owe something of a directive, or one requirement, and those nobody of whom was told."""
    arrived = func.coalesce(
        func.bool_or(letters.c.read_at.is_not(None) | deliveries.c.state.in_(("sent", "waiting", "overtaken"))), False
    )
    query = (
        select(
            obligations.c.answering_unit_id,
            func.count(letters.c.person_id.distinct()).label("people"),
            func.max(case((deliveries.c.state == "failed", deliveries.c.last_error))).label("reason"),
            arrived.label("has_arrived"),
        )
        .select_from(
            obligations.outerjoin(letters_due, letters_due.c.obligation_id == obligations.c.obligation_id)
            .outerjoin(
                letters,
                and_(
                    letters.c.due_id == letters_due.c.due_id, letters_due.c.unit_id == obligations.c.answering_unit_id
                ),
            )
            .outerjoin(deliveries, deliveries.c.letter_id == letters.c.letter_id)
        )
        .where(_of(directive_id, requirement_id), obligations.c.ended_at.is_(None))
        .group_by(obligations.c.answering_unit_id)
        .order_by(obligations.c.answering_unit_id)
    )
    rows = (await connection.execute(query)).all()
    found = [Unreached(row.answering_unit_id, row.people, row.reason) for row in rows if not row.has_arrived]
    return len(rows), found
