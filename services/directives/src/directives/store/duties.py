"""Obligations one at a time: as they stand, what was asked about them, and what people changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Row,
    String,
    Uuid,
    any_,
    bindparam,
    case,
    column,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import ObligationChange, ObligationState
from directives.domain.obligation import Decision, Duty, Extension
from directives.tables import (
    answers,
    assignments,
    directives,
    extensions,
    obligation_changes,
    obligations,
    requirements,
)
from directives.wait_tables import waits

_REVIEWER = func.coalesce(requirements.c.reviewing_unit_id, directives.c.owning_unit_id, directives.c.issuer_unit_id)
_ANY_DUTY = (
    select(
        obligations.c.obligation_id.label("id"),
        *obligations.c["version", "directive_id", "requirement_id", "unit_id", "answering_unit_id"],
        *obligations.c["state", "due_at", "closes_at", "assigned_to", "period"],
        directives.c.issuer_unit_id,
        _REVIEWER.label("reviewing_unit_id"),
        requirements.c.closes_at.label("requirement_closes_at"),
        func.coalesce(answers.c.state, "none").label("answer_state"),
        or_(waits.c.obligation_id.is_(None), waits.c.met_on.is_not(None)).label("is_met"),
        case(
            (directives.c.recalled_at.is_not(None), "recalled"),
            (directives.c.replaced_at.is_not(None), "replaced"),
            (directives.c.closed_at.is_not(None), "closed"),
        ).label("ended_as"),
    )
    .join(directives, directives.c.directive_id == obligations.c.directive_id)
    .join(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .outerjoin(waits, waits.c.obligation_id == obligations.c.obligation_id)
)
_DUTY = _ANY_DUTY.where(obligations.c.obligation_id == bindparam("wanted"))
_TAKE_DUTY = _DUTY.with_for_update(of=obligations)
_OF_DIRECTIVE = _ANY_DUTY.where(
    obligations.c.directive_id == bindparam("directive"),
    obligations.c.state.in_(("open", "waiting")),
    func.coalesce(answers.c.state, "none") != "accepted",
)
_TAKE_OF_DIRECTIVES = (
    _ANY_DUTY.where(obligations.c.directive_id == any_(bindparam("these", type_=ARRAY(Uuid))))
    .order_by(obligations.c.obligation_id)
    .with_for_update(of=obligations)
)
_TAKE_THESE = (
    _ANY_DUTY.where(obligations.c.obligation_id == any_(bindparam("these", type_=ARRAY(Uuid))))
    .order_by(obligations.c.obligation_id)
    .with_for_update(of=obligations)
)
# In the same order as transfers take them, so that nobody locks up.
_TAKE_OPEN_OF_DIRECTIVE = _OF_DIRECTIVE.order_by(obligations.c.obligation_id).with_for_update(of=obligations)
_CHANGED: Mapping[str, Any] = {
    "id": Uuid,
    "state": String,
    "due_at": DateTime(timezone=True),
    "closes_at": DateTime(timezone=True),
    "version": BigInteger,
}
_changed = (
    func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _CHANGED.items()))
    .table_valued(*(column(name, kind) for name, kind in _CHANGED.items()))
    .render_derived(name="changed")
)
# One statement, however many there are: a directive that is recalled or replaced ends thousands at once.
_PUT_DUTIES = (
    update(obligations)
    .where(obligations.c.obligation_id == _changed.c.id)
    .values({name: _changed.c[name] for name in _CHANGED if name != "id"})
)
_CHANGES = (
    select(obligation_changes)
    .where(obligation_changes.c.obligation_id == bindparam("wanted"))
    .order_by(obligation_changes.c.version)
)
_EXTENSION = select(extensions).where(extensions.c.extension_id == bindparam("wanted"))
_EXTENSIONS_OF = (
    select(extensions).where(extensions.c.obligation_id == bindparam("wanted")).order_by(extensions.c.extension_id)
)
_WAITING_FOR = (
    select(extensions)
    .join(obligations, obligations.c.obligation_id == extensions.c.obligation_id)
    .join(directives, directives.c.directive_id == obligations.c.directive_id)
    .join(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
    .where(
        or_(directives.c.issuer_unit_id == bindparam("desk"), bindparam("desk") == _REVIEWER),
        extensions.c.outcome.is_(None),
    )
    .where(obligations.c.state == "open")
    .order_by(extensions.c.extension_id)
)
_ASSIGN = (
    update(obligations)
    .where(obligations.c.obligation_id == bindparam("changed"))
    .values(assigned_to=bindparam("person"))
)
_DECIDE = update(extensions).where(extensions.c.extension_id == bindparam("decided"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What somebody changed of an obligation, and why."""

    version: int
    change: ObligationChange
    state: ObligationState
    due_at: datetime
    closes_at: datetime | None
    former_due_at: datetime
    reason: str
    changed_by: UUID
    changed_at: datetime


async def find(connection: AsyncConnection, obligation_id: UUID) -> Duty | None:
    """Return an obligation, or null."""
    row = (await connection.execute(_DUTY, {"wanted": obligation_id})).mappings().one_or_none()
    return None if row is None else Duty(**row)


async def take(connection: AsyncConnection, obligation_id: UUID) -> Duty | None:
    """Return an obligation locked for change, or null; what belongs to it is locked by that too."""
    row = (await connection.execute(_TAKE_DUTY, {"wanted": obligation_id})).mappings().one_or_none()
    return None if row is None else Duty(**row)


async def take_open_of(connection: AsyncConnection, directive_id: UUID) -> list[Duty]:
    """Return the obligations of a directive that are owed and not settled, locked for change."""
    rows = (await connection.execute(_TAKE_OPEN_OF_DIRECTIVE, {"directive": directive_id})).mappings()
    return [Duty(**row) for row in rows]


async def take_these(connection: AsyncConnection, obligation_ids: Sequence[UUID]) -> list[Duty]:
    """Return these obligations, locked for change."""
    rows = (await connection.execute(_TAKE_THESE, {"these": obligation_ids})).mappings()
    return [Duty(**row) for row in rows]


async def take_all_of(connection: AsyncConnection, directive_ids: Sequence[UUID]) -> list[Duty]:
    """Return every obligation of these directives, locked for change."""
    rows = (await connection.execute(_TAKE_OF_DIRECTIVES, {"these": directive_ids})).mappings()
    return [Duty(**row) for row in rows]


async def put(connection: AsyncConnection, changed: Sequence[tuple[Duty, Changed]]) -> None:
    """Write obligations that were taken, and what was changed of each."""
    if not changed:
        return
    await connection.execute(_PUT_DUTIES, {name: [getattr(duty, name) for duty, _ in changed] for name in _CHANGED})
    names = [each.name for each in obligation_changes.c if each.name != "obligation_id"]
    rows = [{"obligation_id": duty.id} | {name: getattr(each, name) for name in names} for duty, each in changed]
    await connection.execute(insert(obligation_changes), rows)


async def put_assignee(
    connection: AsyncConnection, duty: Duty, person_id: UUID | None, *, assignment_id: UUID, by: UUID, at: datetime
) -> None:
    """Write who sees to an obligation that was taken, and who said so."""
    await connection.execute(_ASSIGN, {"changed": duty.id, "person": person_id})
    row = {"assignment_id": assignment_id, "obligation_id": duty.id, "person_id": person_id}
    await connection.execute(insert(assignments), row | {"assigned_by": by, "assigned_at": at})


async def changes_of(connection: AsyncConnection, obligation_id: UUID) -> list[Changed]:
    """Return what people changed of an obligation, oldest first."""
    rows = (await connection.execute(_CHANGES, {"wanted": obligation_id})).mappings()
    return [Changed(**{name: value for name, value in row.items() if name != "obligation_id"}) for row in rows]


async def find_extension(connection: AsyncConnection, extension_id: UUID) -> Extension | None:
    """Return a request for a later deadline, or null."""
    row = (await connection.execute(_EXTENSION, {"wanted": extension_id})).one_or_none()
    return None if row is None else _extension(row)


async def extensions_of(connection: AsyncConnection, obligation_id: UUID) -> list[Extension]:
    """Return the requests for a later deadline of an obligation, oldest first."""
    return [_extension(row) for row in await connection.execute(_EXTENSIONS_OF, {"wanted": obligation_id})]


async def extensions_waiting_for(connection: AsyncConnection, desk_unit_id: str) -> list[Extension]:
    """Return the requests an issuer has not decided, oldest first."""
    return [_extension(row) for row in await connection.execute(_WAITING_FOR, {"desk": desk_unit_id})]


async def add_extension(connection: AsyncConnection, asked: Extension) -> None:
    """Write a new request; its obligation is taken."""
    await connection.execute(
        insert(extensions),
        {
            "extension_id": asked.id,
            "obligation_id": asked.obligation_id,
            "wished_due_at": asked.wished_due_at,
            "reason": asked.reason,
            "asked_by": asked.asked_by,
            "asked_at": asked.asked_at,
        },
    )


async def put_decision(connection: AsyncConnection, extension_id: UUID, decision: Decision) -> None:
    """Write what the issuer said to a request."""
    await connection.execute(
        _DECIDE,
        {
            "decided": extension_id,
            "outcome": decision.outcome,
            "granted_due_at": decision.due_at,
            "why": decision.why,
            "decided_by": decision.by,
            "decided_at": decision.at,
        },
    )


def _extension(row: Row[*tuple[Any, ...]]) -> Extension:
    decision = None
    if row.outcome is not None:
        decision = Decision(
            outcome=row.outcome, due_at=row.granted_due_at, why=row.why, by=row.decided_by, at=row.decided_at
        )
    return Extension(
        id=row.extension_id,
        obligation_id=row.obligation_id,
        wished_due_at=row.wished_due_at,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decision=decision,
    )
