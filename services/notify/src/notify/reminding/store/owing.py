"""What is owed and when to look at it next, in and out of PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Row,
    SmallInteger,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.reminding.ladder import Outcome, Pending
from notify.reminding.tables import answers, reminders
from notify.tables import directives, obligations, requirements

ONE_AT_A_TIME = 0xC0_17E6
_TAKE_TURN = text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
_IDS = bindparam("ids", type_=ARRAY(UuidType()))
_MOMENT = DateTime(timezone=True)
_NOW = bindparam("now", type_=_MOMENT)

_new_answer = insert(answers)
_PUT_ANSWER = _new_answer.on_conflict_do_update(
    index_elements=[answers.c.obligation_id],
    set_={each: _new_answer.excluded[each] for each in ("version", "state", "due_again_at")},
    where=answers.c.version < _new_answer.excluded.version,
)

_is_returned = answers.c.state == "returned"
_is_owed = and_(
    obligations.c.ended_at.is_(None), or_(answers.c.state.is_(None), answers.c.state.in_(("returned", "withdrawn")))
)
_COPIED = (
    "directive_id", "requirement_id", "issuer_unit_id", "unit_id", "answering_unit_id", "counted_from", "closes_at",
    "is_owed",
)  # fmt: skip
_planned = insert(reminders).from_select(
    ["reminder_id", "awaited", *_COPIED, "since", "next_at"],
    select(
        obligations.c.obligation_id,
        literal("answer"),
        *obligations.c["directive_id", "requirement_id", "issuer_unit_id", "unit_id", "answering_unit_id"],
        case((_is_returned, func.coalesce(answers.c.due_again_at, obligations.c.due_at)), else_=obligations.c.due_at),
        obligations.c.closes_at,
        _is_owed,
        _NOW,
        case((_is_owed, _NOW), else_=null()),
    )
    .select_from(obligations.outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id))
    .where(obligations.c.obligation_id == any_(_IDS))
    # In one order for everyone, so that two transactions wait for each other and do not lock up.
    .order_by(obligations.c.obligation_id),
)
_goes_on = and_(reminders.c.is_owed, reminders.c.counted_from == _planned.excluded.counted_from)
_PLAN = _planned.on_conflict_do_update(
    index_elements=[reminders.c.reminder_id],
    set_={
        **{each: _planned.excluded[each] for each in (*_COPIED, "next_at")},
        # Whoever owes it anew, or by another day, was told so by the letter of this fact.
        "since": case((_goes_on, reminders.c.since), else_=_planned.excluded.since),
        "reached": case((_goes_on, reminders.c.reached), else_=null()),
    },
)
_LOOK_AGAIN = update(reminders).where(reminders.c.is_owed).values(next_at=_NOW)


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that is owed, with all that decides who is reminded of it."""

    reminder_id: UUID
    pending: Pending
    unit_id: str
    answering_unit_id: str
    desk_unit_id: str | None
    """Null: nobody has told yet whose desk waits for it."""
    is_urgent: bool
    """Hỏa tốc."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is or was owed, and what is known of it beside."""

    owed: Owed
    is_owed: bool
    answer_state: str | None
    issuer_unit_id: str | None
    requirement_id: UUID | None
    requirement: str | None

    @property
    def is_returned(self) -> bool:
        """Say whether what was sent was returned, and nothing since."""
        return self.answer_state == "returned"


_desk_unit_id = func.coalesce(requirements.c.reviewing_unit_id, reminders.c.issuer_unit_id).label("desk_unit_id")
_is_urgent = directives.c.priority.in_(("express", "express_timed")).label("is_urgent")
_KNOWN = select(
    *reminders.c,
    _desk_unit_id,
    func.coalesce(reminders.c.closes_at, requirements.c.closes_at).label("closing_at"),
    _is_urgent,
).select_from(
    reminders.outerjoin(requirements, requirements.c.requirement_id == reminders.c.requirement_id).outerjoin(
        directives, directives.c.directive_id == reminders.c.directive_id
    )
)
OWED = _KNOWN.where(reminders.c.is_owed)
"""Everything that is owed; `owed_of` reads a row."""
_due = (
    select(
        *reminders.c["reminder_id", "awaited", "counted_from", "since", "reached"],
        func.coalesce(reminders.c.closes_at, requirements.c.closes_at).label("closing_at"),
    )
    .select_from(reminders.outerjoin(requirements, requirements.c.requirement_id == reminders.c.requirement_id))
    .where(reminders.c.is_owed, reminders.c.next_at <= _NOW)
    .order_by(reminders.c.next_at)
    .limit(bindparam("limit"))
    # Whoever notes a fact about one of them at this moment goes first; it is looked at next time.
    .with_for_update(of=reminders, skip_locked=True)
    .cte("due")
)
_alike = _due.c["awaited", "counted_from", "since", "reached", "closing_at"]
_DUE = select(*_alike, func.array_agg(_due.c.reminder_id, type_=ARRAY(UuidType())).label("ids")).group_by(*_alike)
_OF_IDS = OWED.with_only_columns(
    *reminders.c["reminder_id", "unit_id", "answering_unit_id"], _desk_unit_id, _is_urgent
).where(reminders.c.reminder_id == any_(_IDS))
_IS_ANY_DUE = select(exists().where(reminders.c.next_at <= _NOW))
_looked_at = (
    func.unnest(
        _IDS,
        bindparam("reached", type_=ARRAY(SmallInteger())),
        bindparam("next_at", type_=ARRAY(_MOMENT)),
    )
    .table_valued(column("reminder_id", UuidType()), column("reached", SmallInteger()), column("next_at", _MOMENT))
    .render_derived(name="looked_at")
)
_NOTE_LOOK = (
    update(reminders)
    .where(reminders.c.reminder_id == _looked_at.c.reminder_id)
    .values(reached=_looked_at.c.reached, next_at=_looked_at.c.next_at)
)


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other transaction evaluates reminders or writes of them, then keep others waiting."""
    await connection.execute(_TAKE_TURN)


async def put_answers(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep the newest version of what became of each answer."""
    if rows:
        await connection.execute(_PUT_ANSWER, rows)


async def plan(connection: AsyncConnection, obligation_ids: Collection[UUID], *, now: datetime) -> None:
    """Derive the reminders of obligations from what is known of them; those that are owed are looked at next."""
    if obligation_ids:
        await connection.execute(_PLAN, {"ids": list(obligation_ids), "now": now})


async def look_again(connection: AsyncConnection, *, now: datetime) -> None:
    """Have everything that is owed looked at next: the days it is counted by, or the steps, are others."""
    await connection.execute(_LOOK_AGAIN, {"now": now})


async def due(connection: AsyncConnection, *, now: datetime, limit: int) -> list[tuple[Pending, list[UUID]]]:
    """Return what is to be looked at now, at most so many, locked; those that others hold are left out.

    What is alike comes together: what a directive asks of a thousand units is looked at once.
    """
    rows = (await connection.execute(_DUE, {"now": now, "limit": limit})).all()
    return [(Pending(row.awaited, row.counted_from, row.since, row.reached, row.closing_at), row.ids) for row in rows]


async def owed_among(connection: AsyncConnection, pending: Mapping[UUID, Pending]) -> list[Owed]:
    """Return all that decides who is reminded, of what is known to be pending."""
    rows = (await connection.execute(_OF_IDS, {"ids": list(pending)})).all()
    return [
        Owed(
            reminder_id=row.reminder_id,
            pending=pending[row.reminder_id],
            unit_id=row.unit_id,
            answering_unit_id=row.answering_unit_id,
            desk_unit_id=row.desk_unit_id,
            is_urgent=bool(row.is_urgent),
        )
        for row in rows
    ]


async def is_any_due(connection: AsyncConnection, *, now: datetime) -> bool:
    """Say whether anything is to be looked at now, whoever holds it."""
    return bool((await connection.execute(_IS_ANY_DUE, {"now": now})).scalar_one())


async def note_looks(connection: AsyncConnection, looked: Sequence[tuple[Outcome, Sequence[UUID]]]) -> None:
    """Note which step each has reached, and when to look at it next."""
    looked_at = {
        "ids": [each for _, ids in looked for each in ids],
        "reached": [outcome.reached for outcome, ids in looked for _ in ids],
        "next_at": [outcome.next_at for outcome, ids in looked for _ in ids],
    }
    await connection.execute(_NOTE_LOOK, looked_at)


async def of_directive(connection: AsyncConnection, directive_id: UUID) -> list[Known]:
    """Return everything a directive asks of units, owed or not, by requirement and unit."""
    query = (
        _KNOWN.add_columns(answers.c.state.label("answer_state"), requirements.c.title)
        .outerjoin(answers, answers.c.obligation_id == reminders.c.reminder_id)
        .where(reminders.c.directive_id == directive_id)
        .order_by(reminders.c.awaited, reminders.c.requirement_id, reminders.c.unit_id)
    )
    return [
        Known(owed_of(row), row.is_owed, row.answer_state, row.issuer_unit_id, row.requirement_id, row.title)
        for row in (await connection.execute(query)).all()
    ]


async def find_directive(connection: AsyncConnection, named: str) -> UUID | None:
    """Return the id of a directive that is named by its id or its code; of several with one code the newest."""
    query = (
        select(directives.c.directive_id)
        .where(or_(cast(directives.c.directive_id, Text) == named.lower(), directives.c.code == named))
        .order_by(directives.c.directive_id.desc())  # ids sort by the time they were made
        .limit(1)
    )
    return (await connection.execute(query)).scalar()


def owed_of(row: Row[*tuple[Any, ...]]) -> Owed:
    """Return what is owed by a row of `OWED`."""
    return Owed(
        reminder_id=row.reminder_id,
        pending=Pending(row.awaited, row.counted_from, row.since, row.reached, row.closing_at),
        unit_id=row.unit_id,
        answering_unit_id=row.answering_unit_id,
        desk_unit_id=row.desk_unit_id,
        is_urgent=bool(row.is_urgent),
    )
