"""What obligations wait for, in and out of PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, String, Uuid, any_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import ObligationOpened
from directives.domain.condition import Condition
from directives.tables import obligations, requirements
from directives.wait_tables import waits

_THESE = bindparam("these", type_=ARRAY(Uuid))
_OF = select(waits).where(waits.c.obligation_id == any_(_THESE))
_waiting = obligations.alias("waiting")
_given = obligations.alias("given")
# Of the unit whose answer was accepted, whatever waits for that requirement.
_FOR_ANSWERS = (
    select(
        waits.c.obligation_id, _waiting.c.directive_id, _given.c.obligation_id.label("given_id"), requirements.c.title
    )
    .select_from(_given)
    .join(waits, waits.c.depends_on == _given.c.requirement_id)
    .join(_waiting, _waiting.c.obligation_id == waits.c.obligation_id)
    .join(requirements, requirements.c.requirement_id == _given.c.requirement_id)
    .where(
        _given.c.obligation_id == any_(_THESE), _waiting.c.unit_id == _given.c.unit_id, _waiting.c.state == "waiting"
    )
    .order_by(waits.c.obligation_id)
)
_FOR_DOCUMENTS = (
    select(waits.c.obligation_id)
    .join(obligations, obligations.c.obligation_id == waits.c.obligation_id)
    .where(
        obligations.c.directive_id == any_(_THESE),
        waits.c.kind == "document_issued",
        obligations.c.state == "waiting",
        obligations.c.answering_unit_id == any_(bindparam("units", type_=ARRAY(String))),
    )
)
_MET_BY = select(waits.c.obligation_id).where(waits.c.met_by == bindparam("directive"))
_PUT = (
    update(waits)
    .where(waits.c.obligation_id == bindparam("changed"))
    .values(met_on=bindparam("day"), met_by=bindparam("document"), told_at=bindparam("told"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What an obligation waits for, and since when that is there."""

    obligation_id: UUID
    condition: Condition
    depends_on: UUID | None
    """The requirement whose answer it waits for."""
    telling: ObligationOpened
    """What is told when it becomes owed for the first time, but for when."""
    met_on: date | None = None
    """The day of what happened; null while it waits."""
    met_by: UUID | None = None
    """The directive that was waited for."""
    told_at: datetime | None = None
    """Since when others know of the obligation."""


@dataclass(frozen=True, slots=True)
class Freed:
    """An obligation that waited for an answer which was accepted."""

    obligation_id: UUID
    directive_id: UUID
    given_id: UUID
    title: str


async def add(connection: AsyncConnection, new: Sequence[Wait]) -> None:
    """Write what new obligations wait for."""
    if not new:
        return
    rows = [
        {
            "obligation_id": each.obligation_id,
            "kind": each.condition.kind,
            "working_days": each.condition.working_days,
            "depends_on": each.depends_on,
            "telling": each.telling.model_dump(mode="json"),
        }
        for each in new
    ]
    await connection.execute(insert(waits), rows)


async def of(connection: AsyncConnection, obligation_ids: Collection[UUID]) -> dict[UUID, Wait]:
    """Return what these obligations wait for; one that waits for nothing is left out."""
    return {row.obligation_id: _wait(row) for row in await connection.execute(_OF, {"these": list(obligation_ids)})}


async def freed_by_answers(connection: AsyncConnection, obligation_ids: Collection[UUID]) -> list[Freed]:
    """Return the obligations that wait for answers to these."""
    rows = await connection.execute(_FOR_ANSWERS, {"these": list(obligation_ids)})
    return [Freed(row.obligation_id, row.directive_id, row.given_id, row.title) for row in rows]


async def freed_by_documents(
    connection: AsyncConnection, directive_ids: Collection[UUID], unit_ids: Collection[str]
) -> list[UUID]:
    """Return the obligations of these directives, answered by these units, that wait for another document."""
    values = {"these": list(directive_ids), "units": list(unit_ids)}
    return list((await connection.execute(_FOR_DOCUMENTS, values)).scalars())


async def met_by(connection: AsyncConnection, directive_id: UUID) -> list[UUID]:
    """Return the obligations that waited for this directive."""
    return list((await connection.execute(_MET_BY, {"directive": directive_id})).scalars())


async def put(connection: AsyncConnection, changed: Sequence[Wait]) -> None:
    """Write since when what is waited for is there, or that it is not any more. The obligations are taken."""
    if changed:
        await connection.execute(
            _PUT,
            [
                {"changed": each.obligation_id, "day": each.met_on, "document": each.met_by, "told": each.told_at}
                for each in changed
            ],
        )


def _wait(row: Row[*tuple[Any, ...]]) -> Wait:
    return Wait(
        obligation_id=row.obligation_id,
        condition=Condition(kind=row.kind, working_days=row.working_days),
        depends_on=row.depends_on,
        telling=ObligationOpened.model_validate(row.telling),
        met_on=row.met_on,
        met_by=row.met_by,
        told_at=row.told_at,
    )
