"""Nudges and whom they can reach, in and out of PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.reminding.store.owing import OWED, Owed, owed_of
from notify.reminding.tables import answers, digest_lines, digests, nudges, reminders


@dataclass(frozen=True, slots=True)
class Nudge:
    """That a desk nudged, and the words it added."""

    nudge_id: UUID
    requirement_id: UUID
    sent_by: UUID
    sent_at: datetime
    message: str | None


@dataclass(frozen=True, slots=True)
class Behind:
    """A unit that owes an answer still."""

    owed: Owed
    issuer_unit_id: str | None
    is_returned: bool
    nudged_at: datetime | None
    """When it was nudged last; null: never."""


_last_nudge = (
    select(func.max(digests.c.written_at))
    .select_from(digest_lines.join(digests, digests.c.digest_id == digest_lines.c.digest_id))
    .where(digest_lines.c.reminder_id == reminders.c.reminder_id, digests.c.step == "nudge")
    .scalar_subquery()
)
_BEHIND = (
    OWED.add_columns(answers.c.state.label("answer_state"), _last_nudge.label("nudged_at"))
    .outerjoin(answers, answers.c.obligation_id == reminders.c.reminder_id)
    .where(reminders.c.awaited == "answer")
    .order_by(reminders.c.unit_id, reminders.c.reminder_id)
)


async def behind(connection: AsyncConnection, requirement_id: UUID) -> list[Behind]:
    """Return every unit that owes an answer to a requirement still."""
    rows = await connection.execute(_BEHIND.where(reminders.c.requirement_id == requirement_id))
    return [
        Behind(owed_of(row), row.issuer_unit_id, row.answer_state == "returned", row.nudged_at) for row in rows.all()
    ]


async def put(connection: AsyncConnection, nudge: Nudge) -> None:
    """Keep that a desk nudged."""
    await connection.execute(
        insert(nudges).values(
            nudge_id=nudge.nudge_id,
            requirement_id=nudge.requirement_id,
            sent_by=nudge.sent_by,
            sent_at=nudge.sent_at,
            message=nudge.message,
        )
    )


async def message_of(connection: AsyncConnection, digest_id: UUID) -> str | None:
    """Return the words a desk added to the nudge a digest is of."""
    query = (
        select(nudges.c.message)
        .select_from(digests.join(nudges, nudges.c.nudge_id == digests.c.alone))
        .where(digests.c.digest_id == digest_id)
    )
    return (await connection.execute(query)).scalar()


async def of_requirement(connection: AsyncConnection, requirement_id: UUID) -> list[Nudge]:
    """Return the nudges about a requirement, newest first."""
    query = select(nudges).where(nudges.c.requirement_id == requirement_id).order_by(nudges.c.sent_at.desc())
    return [
        Nudge(row.nudge_id, row.requirement_id, row.sent_by, row.sent_at, row.message)
        for row in (await connection.execute(query)).all()
    ]
