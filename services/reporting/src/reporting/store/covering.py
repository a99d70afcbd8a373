"""Where answers stand, out of PostgreSQL: without what they state."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.transaction import Transaction
from reporting.domain import Answer, AnswerValues, Obligation, ObligationChange, Requirement, Standing
from reporting.tables import answer_values, answers, obligation_changes, obligations

_REQUIREMENT = obligations.c.requirement_id == bindparam("requirement_id", type_=Uuid)
_UNITS = (
    select(obligations.c.unit_id)
    .where(_REQUIREMENT, obligations.c.unit_id > bindparam("after", type_=Text))
    .distinct()
    .order_by(obligations.c.unit_id)
    .limit(bindparam("how_many", type_=Integer))
)
_WHERE_THEY_STAND = (
    select(
        *obligations.c["obligation_id", "version", "unit_id", "answering_unit_id", "due_at", "period", "as_of"],
        obligation_changes.c.version.label("changed_version"),
        obligation_changes.c.state.label("changed_state"),
        obligation_changes.c.due_at.label("changed_due_at"),
        answers.c.version.label("answer_version"),
        *answers.c["number", "state"],
        *answer_values.c["is_late", "is_nil", "submitted_at", "media_awaited_until", "is_media_late"],
    )
    .outerjoin(obligation_changes, obligation_changes.c.obligation_id == obligations.c.obligation_id)
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .outerjoin(
        answer_values,
        and_(answer_values.c.obligation_id == answers.c.obligation_id, answer_values.c.number == answers.c.number),
    )
    .where(_REQUIREMENT, obligations.c.unit_id == any_(bindparam("units", type_=ARRAY(Text))))
)


async def units_asked(tx: Transaction, requirement_id: UUID, *, after: str, limit: int | None) -> list[str]:
    """Return the units of which an answer is, or was, owed: by id, beginning after one; all without a limit."""
    asked = {"requirement_id": requirement_id, "after": after, "how_many": limit}
    return list((await tx.connection.execute(_UNITS, asked)).scalars())


async def coverage_of(tx: Transaction, requirement: Requirement, unit_ids: Sequence[str]) -> list[Standing]:
    """Return where the answers of these units stand; what they state is left out, and what the totals have of them."""
    asked: dict[str, Any] = {"requirement_id": requirement.requirement_id, "units": list(unit_ids)}
    found = []
    for row in await tx.connection.execute(_WHERE_THEY_STAND, asked):
        owed, number = row.obligation_id, row.number
        obligation = Obligation(
            owed,
            row.version,
            requirement.requirement_id,
            row.unit_id,
            row.answering_unit_id,
            row.due_at,
            row.period,
            row.as_of,
        )
        answer = None if row.state is None else Answer(owed, row.answer_version, number, row.state)
        values = change = None
        if row.submitted_at is not None:
            values = AnswerValues(
                owed,
                number,
                row.is_late,
                row.is_nil,
                {},
                row.submitted_at,
                media_awaited_until=row.media_awaited_until,
                is_media_late=row.is_media_late,
            )
        if row.changed_version is not None:
            change = ObligationChange(owed, row.changed_version, row.changed_state, row.changed_due_at)
        found.append(Standing(obligation, requirement, answer, values, None, change))
    return found
