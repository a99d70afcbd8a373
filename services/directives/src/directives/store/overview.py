"""The directives of a desk at a glance, out of PostgreSQL: how far each has come, and the answers to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from directives.domain.directive import Directive
from directives.store.directives import bare
from directives.tables import answers, directives, obligations, requirements


@dataclass(frozen=True, slots=True)
class Glance:
    """A directive, without its requirements and relations, and what it is owed."""

    directive: Directive
    answers: Mapping[str, int] = field(default_factory=dict)
    """How many open obligations stand at each state of an answer; `late`: no answer, and the deadline is over."""
    next_due_at: datetime | None = None
    """The nearest deadline that is still to come of what nobody has answered."""


_PAGE = (
    select(directives)
    .where(
        or_(
            directives.c.issuer_unit_id == bindparam("desk"),
            directives.c.owning_unit_id == bindparam("desk"),
            directives.c.directive_id.in_(
                select(requirements.c.directive_id).where(requirements.c.reviewing_unit_id == bindparam("desk"))
            ),
        ),
        or_(bindparam("before", type_=Uuid).is_(None), directives.c.directive_id < bindparam("before", type_=Uuid)),
    )
    .order_by(directives.c.directive_id.desc())  # which grows with time
    .limit(bindparam("most"))
)
_UNANSWERED = answers.c.state.is_(None)
_STATE = case(
    (_UNANSWERED & (obligations.c.due_at <= bindparam("now")), "late"),
    else_=func.coalesce(answers.c.state, "none"),
)
_COUNTS = (
    select(
        obligations.c.directive_id,
        _STATE.label("state"),
        func.count().label("number"),
        func.min(obligations.c.due_at).label("next_due_at"),
    )
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .where(obligations.c.directive_id.in_(bindparam("directive_ids", expanding=True)), obligations.c.state == "open")
    .group_by(obligations.c.directive_id, _STATE)
)


async def of_desk(
    connection: AsyncConnection, desk_unit_id: str, *, before: UUID | None, most: int, now: datetime
) -> list[Glance]:
    """Return the newest directives a unit issues, owns or reviews, those drafted before `before` where it is given."""
    page = {"desk": desk_unit_id, "before": before, "most": most}
    found = [bare(row) for row in await connection.execute(_PAGE, page)]
    if not found:
        return []
    counts: dict[UUID, dict[str, int]] = {}
    next_due: dict[UUID, datetime] = {}
    asked: dict[str, Any] = {"directive_ids": [each.id for each in found], "now": now}
    for row in await connection.execute(_COUNTS, asked):
        counts.setdefault(row.directive_id, {})[row.state] = row.number
        if row.state == "none":
            next_due[row.directive_id] = row.next_due_at
    return [Glance(each, counts.get(each.id, {}), next_due.get(each.id)) for each in found]
