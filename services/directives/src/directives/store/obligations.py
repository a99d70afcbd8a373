"""What units owe and how far their answers have come, in and out of PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    DateTime,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import ObligationState, TargetAssigned
from directives.domain.obligation import AnswerState
from directives.period_tables import asked_periods
from directives.store.directives import number_of
from directives.tables import answers, deliveries, directives, obligations, requirements
from unit_tree.succession import AnswersAs

Given = Literal["submitted", "returned", "accepted", "withdrawn"]


class UnknownObligation(LookupError):
    """An answer came to an obligation that this service never opened."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A unit owes an answer to one requirement."""

    id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    answers_as: AnswersAs
    due_at: datetime
    answer_state: AnswerState = "none"
    state: ObligationState = "open"
    why_vi: str = ""
    why_en: str = ""
    continues: UUID | None = None
    """The obligation of a replaced directive it goes on from."""
    assigned_to: UUID | None = None
    period: str = ""
    """The period it is the answer of; empty: its requirement is asked once."""
    as_of: date | None = None
    """The day on whose tree the unit is asked; null: that of the requirement."""
    cut_off_at: datetime | None = None
    closes_at: datetime | None = None
    levels: tuple[str, ...] = ()
    """The education levels it is answered for; told to those who take the answer, not kept."""
    assigned: tuple[TargetAssigned, ...] = ()
    """What the unit is to reach; told as well, and kept with the requirement."""


@dataclass(frozen=True, slots=True)
class Open:
    """An obligation without an accepted answer, locked for change, with what decides who answers it."""

    obligation_id: UUID
    version: int
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    closes_at: datetime | None
    as_of: date


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation as the unit that has to answer looks at it."""

    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    code: str
    subject: str
    issued_on: date
    kind: str
    title: str
    unit_id: str
    answering_unit_id: str
    due_phrase: str
    due_at: datetime
    cut_off_at: datetime | None
    closes_at: datetime | None
    answer_state: AnswerState
    state: ObligationState
    assigned_to: UUID | None
    period: str | None
    period_name: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """How far the answer to an obligation has come."""

    obligation_id: UUID
    version: int
    state: Given
    submission_id: UUID
    changed_at: datetime


_OPENED: Mapping[str, Any] = {
    "obligation_id": Uuid,
    "directive_id": Uuid,
    "requirement_id": Uuid,
    "unit_id": String,
    "answering_unit_id": String,
    "answers_as": String,
    "due_at": DateTime(timezone=True),
    "why_vi": String,
    "why_en": String,
    "continues": Uuid,
    "assigned_to": Uuid,
    "state": String,
    "period": String,
    "as_of": Date,
    "cut_off_at": DateTime(timezone=True),
    "closes_at": DateTime(timezone=True),
}
_rows = (
    func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _OPENED.items()))
    .table_valued(*(column(name, kind) for name, kind in _OPENED.items()))
    .render_derived(name="opened")
)
# One statement with one array per column: its text does not depend on how many there are.
_OPEN = insert(obligations).from_select(list(_OPENED), select(*(_rows.c[name] for name in _OPENED)))
_STATE, _ANSWERED_BY = bindparam("answer_state", type_=String), bindparam("answered_by", type_=ARRAY(String))
_OF_DIRECTIVE = (
    select(obligations, func.coalesce(answers.c.state, "none").label("answer_state"))
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .where(obligations.c.directive_id == bindparam("directive_id"))
    .where(or_(_STATE.is_(None), func.coalesce(answers.c.state, "none") == _STATE))
    .where(or_(_ANSWERED_BY.is_(None), obligations.c.answering_unit_id == any_(_ANSWERED_BY)))
    .order_by(obligations.c.due_at, obligations.c.requirement_id, obligations.c.unit_id)
)
_UNITS = (
    select(obligations.c.unit_id, obligations.c.answering_unit_id)
    .where(obligations.c.directive_id == bindparam("directive_id"))
    .union(
        select(deliveries.c.unit_id, deliveries.c.unit_id.label("read_by")).where(
            deliveries.c.directive_id == bindparam("directive_id")
        )
    )
)
_UNIT_IDS = bindparam("unit_ids", type_=ARRAY(String))
_COUNTS = (
    select(obligations.c.requirement_id, func.count(obligations.c.unit_id.distinct()).label("units"))
    .where(obligations.c.directive_id == bindparam("directive_id"))
    .group_by(obligations.c.requirement_id)
)
_OWED_BY = (
    select(
        *obligations.c["obligation_id", "directive_id", "requirement_id", "unit_id", "answering_unit_id", "due_at"],
        *obligations.c["state", "assigned_to"],
        *directives.c["issuer_unit_id", "subject", "issued_on", "number", "number_year", "notation"],
        *directives.c["numbered_by", "numbered_at"],
        *requirements.c["kind", "title", "due_phrase"],
        func.coalesce(obligations.c.cut_off_at, requirements.c.cut_off_at).label("cut_off_at"),
        asked_periods.c.period,
        asked_periods.c.name.label("period_name"),
        func.coalesce(obligations.c.closes_at, requirements.c.closes_at).label("closes_at"),
        func.coalesce(answers.c.state, "none").label("answer_state"),
    )
    .join(directives, directives.c.directive_id == obligations.c.directive_id)
    .join(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .outerjoin(
        asked_periods,
        and_(
            asked_periods.c.requirement_id == obligations.c.requirement_id,
            asked_periods.c.period == obligations.c.period,
        ),
    )
    .where(or_(obligations.c.unit_id == any_(_UNIT_IDS), obligations.c.answering_unit_id == any_(_UNIT_IDS)))
    .order_by(obligations.c.due_at, obligations.c.obligation_id)
)


async def open_obligations(connection: AsyncConnection, directive_id: UUID, opened: Sequence[Obligation]) -> None:
    """Write the obligations of a directive in one statement."""
    await connection.execute(
        _OPEN,
        {
            "obligation_id": [each.id for each in opened],
            "directive_id": [directive_id] * len(opened),
            "requirement_id": [each.requirement_id for each in opened],
            "unit_id": [each.unit_id for each in opened],
            "answering_unit_id": [each.answering_unit_id for each in opened],
            "answers_as": [each.answers_as for each in opened],
            "due_at": [each.due_at for each in opened],
            "why_vi": [each.why_vi for each in opened],
            "why_en": [each.why_en for each in opened],
            "continues": [each.continues for each in opened],
            "assigned_to": [each.assigned_to for each in opened],
            "state": [each.state for each in opened],
            "period": [each.period for each in opened],
            "as_of": [each.as_of for each in opened],
            "cut_off_at": [each.cut_off_at for each in opened],
            "closes_at": [each.closes_at for each in opened],
        },
    )


async def obligations_of(
    connection: AsyncConnection, directive_id: UUID, *, answer_state: AnswerState | None, answered_by: list[str] | None
) -> list[Obligation]:
    """Return obligations of a directive with the state of their answers, nearest deadline first; null: all."""
    asked = {"directive_id": directive_id, "answer_state": answer_state, "answered_by": answered_by}
    rows = await connection.execute(_OF_DIRECTIVE, asked)
    return [
        Obligation(
            id=row.obligation_id,
            requirement_id=row.requirement_id,
            unit_id=row.unit_id,
            answering_unit_id=row.answering_unit_id,
            answers_as=row.answers_as,
            due_at=row.due_at,
            answer_state=row.answer_state,
            state=row.state,
            why_vi=row.why_vi,
            why_en=row.why_en,
            continues=row.continues,
            period=row.period,
            as_of=row.as_of,
            cut_off_at=row.cut_off_at,
            closes_at=row.closes_at,
        )
        for row in rows
    ]


async def units_of(connection: AsyncConnection, directive_id: UUID) -> set[str]:
    """Return the units that owe or answer an obligation of a directive, and those it was sent to."""
    rows = await connection.execute(_UNITS, {"directive_id": directive_id})
    return {unit_id for row in rows for unit_id in row}


async def count_obligations(connection: AsyncConnection, directive_id: UUID) -> dict[UUID, int]:
    """Return how many units owe an answer to each requirement of a directive."""
    rows = await connection.execute(_COUNTS, {"directive_id": directive_id})
    return {row.requirement_id: row.units for row in rows}


async def owed_by(connection: AsyncConnection, unit_ids: Sequence[str]) -> list[Owed]:
    """Return what units owe or answer for others, each once, nearest deadline first."""
    rows = await connection.execute(_OWED_BY, {"unit_ids": unit_ids})
    return [
        Owed(
            obligation_id=row.obligation_id,
            directive_id=row.directive_id,
            requirement_id=row.requirement_id,
            issuer_unit_id=row.issuer_unit_id,
            code=number_of(row).code,
            subject=row.subject,
            issued_on=row.issued_on,
            kind=row.kind,
            title=row.title,
            unit_id=row.unit_id,
            answering_unit_id=row.answering_unit_id,
            due_phrase=row.due_phrase,
            due_at=row.due_at,
            cut_off_at=row.cut_off_at,
            closes_at=row.closes_at,
            answer_state=row.answer_state,
            state=row.state,
            assigned_to=row.assigned_to,
            period=row.period,
            period_name=row.period_name,
        )
        for row in rows
    ]


# Transfers.

_IS_SETTLED = exists().where(answers.c.obligation_id == obligations.c.obligation_id, answers.c.state == "accepted")
_IS_OPEN = and_(obligations.c.state == "open", ~_IS_SETTLED)
_ANSWERING = select(obligations.c.answering_unit_id).where(_IS_OPEN).distinct()
_COUNT_OPEN = (
    select(obligations.c.answering_unit_id, func.count().label("open"))
    .where(obligations.c.answering_unit_id == any_(bindparam("units", type_=ARRAY(String))), _IS_OPEN)
    .group_by(obligations.c.answering_unit_id)
)
_TAKE_OPEN = (
    select(
        *obligations.c["obligation_id", "version", "directive_id", "requirement_id", "unit_id", "answering_unit_id"],
        *obligations.c["due_at", "closes_at"],
        directives.c.issuer_unit_id,
        func.coalesce(obligations.c.as_of, requirements.c.as_of).label("as_of"),
    )
    .join(directives, directives.c.directive_id == obligations.c.directive_id)
    .join(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
    .where(obligations.c.answering_unit_id == any_(bindparam("gone", type_=ARRAY(String))), _IS_OPEN)
    # In one order for everyone; who comes second finds that they answer for nobody gone any more.
    .order_by(obligations.c.obligation_id)
    .with_for_update(of=obligations)
)
_TRANSFER = (
    update(obligations)
    .where(obligations.c.obligation_id == bindparam("moved"))
    .values(
        answering_unit_id=bindparam("to_unit_id"),
        answers_as=bindparam("as_what"),
        version=bindparam("new_version"),
        assigned_to=None,  # who was named is of the unit that answers no more
    )
)


async def answering_units(connection: AsyncConnection) -> set[str]:
    """Return the units that answer an open obligation."""
    return set((await connection.execute(_ANSWERING)).scalars())


async def count_open(connection: AsyncConnection, answered_by: Collection[str]) -> dict[str, int]:
    """Return how many open obligations each of these units answers; a unit that answers none is left out."""
    rows = await connection.execute(_COUNT_OPEN, {"units": list(answered_by)})
    return {row.answering_unit_id: row.open for row in rows}


_COUNT_UNSETTLED = (
    select(func.count())
    .select_from(obligations.outerjoin(answers))
    .where(
        obligations.c.directive_id == bindparam("directive_id"),
        obligations.c.state == "open",
        answers.c.state.is_distinct_from("accepted"),
    )
)


async def count_unsettled(connection: AsyncConnection, directive_id: UUID) -> int:
    """Return how many units owe a directive an answer that was not accepted."""
    return int((await connection.execute(_COUNT_UNSETTLED, {"directive_id": directive_id})).scalar_one())


async def take_open(connection: AsyncConnection, answered_by: Collection[str]) -> list[Open]:
    """Return the open obligations these units answer, locked for change."""
    rows = await connection.execute(_TAKE_OPEN, {"gone": list(answered_by)})
    return [Open(**row) for row in rows.mappings()]


async def put_transfer(connection: AsyncConnection, moved: Open, *, to_unit_id: str, answers_as: AnswersAs) -> None:
    """Let another unit answer an obligation; its version counts up."""
    await connection.execute(
        _TRANSFER,
        {
            "moved": moved.obligation_id,
            "to_unit_id": to_unit_id,
            "as_what": answers_as,
            "new_version": moved.version + 1,
        },
    )


# Answers.

_answer = upsert(answers)
_PUT_ANSWER = _answer.on_conflict_do_update(
    index_elements=["obligation_id"],
    set_={name: _answer.excluded[name] for name in ("version", "state", "submission_id", "changed_at")},
    where=answers.c.version < _answer.excluded.version,
)


async def put_answers(connection: AsyncConnection, given: Sequence[Answer]) -> None:
    """Write how far answers have come; an older version never overwrites a newer one. Raise `UnknownObligation`."""
    # In one order for everyone, so that two workers wait for each other and do not lock up.
    rows = [asdict(each) for each in sorted(given, key=lambda each: each.obligation_id)]
    try:
        await connection.execute(_PUT_ANSWER, rows)
    except IntegrityError as error:
        raise UnknownObligation(str(error.orig)) from error
