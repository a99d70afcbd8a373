"""Whom a directive concerns and how each of its obligations stands, out of PostgreSQL, for pages people wait for."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from directives.domain.board import Stand, shown
from directives.tables import answers, deliveries, obligations

_STANDS = (
    select(
        *obligations.c["obligation_id", "requirement_id", "unit_id", "answering_unit_id", "due_at", "state", "period"],
        obligations.c.as_of,
        func.coalesce(answers.c.state, "none").label("answer_state"),
    )
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .where(obligations.c.directive_id == bindparam("directive_id"))
    .order_by(obligations.c.due_at, obligations.c.requirement_id, obligations.c.unit_id)
)

_UNIT_IDS = bindparam("unit_ids", type_=ARRAY(String))
_CONCERNS = select(
    or_(
        *(
            exists().where(table.c.directive_id == bindparam("directive_id"), unit == any_(_UNIT_IDS))
            for table, unit in (
                (obligations, obligations.c.unit_id),
                (obligations, obligations.c.answering_unit_id),
                (deliveries, deliveries.c.unit_id),
            )
        )
    )
)


async def stands_of(
    connection: AsyncConnection, directive_id: UUID, now: datetime
) -> tuple[list[Stand], dict[UUID, date]]:
    """Return the obligations of a directive, nearest deadline first, and the days of those asked on another tree."""
    rows: Sequence[Any] = (await connection.execute(_STANDS, {"directive_id": directive_id})).all()
    stands, own_days = [], {}
    # All columns at once: each one asked for by its name costs as much as making the stand of them.
    for obligation_id, requirement_id, unit_id, answering_unit_id, due_at, state, period, as_of, answer in rows:
        now_shown = shown(state, answer, due_at, now)
        stands.append(
            Stand(
                obligation_id,
                requirement_id,
                unit_id,
                answering_unit_id,
                due_at,
                state == "open",
                now_shown,
                period or None,
            )
        )
        if as_of is not None:
            own_days[obligation_id] = as_of
    return stands, own_days


async def concerns_any(connection: AsyncConnection, directive_id: UUID, unit_ids: Collection[str]) -> bool:
    """Say whether any of these units owes or answers an obligation of a directive, or was sent it."""
    return bool(await connection.scalar(_CONCERNS, {"directive_id": directive_id, "unit_ids": sorted(unit_ids)}))
