"""Directives, registers, obligations and answers: in and out of PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Row,
    String,
    Uuid,
    bindparam,
    column,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import IndicatorAsked, MediaAsked, SectionAsked
from directives.domain.audience import AnswersAs, Audience
from directives.domain.directive import Directive, Issue, Number, Recipient, Stamp
from directives.domain.requirement import Requirement
from directives.tables import answers, directives, obligations, registers, requirements

Given = Literal["submitted", "returned", "accepted"]
AnswerState = Literal["none", "submitted", "returned", "accepted"]


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


@dataclass(frozen=True, slots=True)
class Answer:
    """How far the answer to an obligation has come."""

    obligation_id: UUID
    version: int
    state: Given
    submission_id: UUID
    changed_at: datetime


# Directives.

_FIND = select(directives).where(directives.c.directive_id == bindparam("directive_id"))
_TAKE = _FIND.with_for_update()
_REQUIREMENTS = (
    select(requirements).where(requirements.c.directive_id == bindparam("directive_id")).order_by(requirements.c.place)
)
_PUT = update(directives).where(directives.c.directive_id == bindparam("id"))


async def take(connection: AsyncConnection, directive_id: UUID) -> Directive | None:
    """Return a directive locked for change, or null."""
    return await _read(connection, _TAKE, directive_id)


async def find(connection: AsyncConnection, directive_id: UUID) -> Directive | None:
    """Return a directive, or null."""
    return await _read(connection, _FIND, directive_id)


async def _read(connection: AsyncConnection, statement: Any, directive_id: UUID) -> Directive | None:
    key = {"directive_id": directive_id}
    row = (await connection.execute(statement, key)).one_or_none()
    if row is None:
        return None
    required = (await connection.execute(_REQUIREMENTS, key)).all()
    return _directive(row, tuple(_requirement(each) for each in required))


async def add(connection: AsyncConnection, directive: Directive) -> None:
    """Write a new draft with its requirements."""
    await connection.execute(
        insert(directives).values(
            directive_id=directive.id,
            issuer_unit_id=directive.issuer_unit_id,
            document_type=directive.document_type,
            subject=directive.subject,
            body=directive.body,
            addressees=list(directive.addressees),
            recipients=[asdict(each) for each in directive.recipients],
            replaces_code=directive.replaces_code,
            drafted_by=directive.drafted.by,
            drafted_at=directive.drafted.at,
        )
    )
    await connection.execute(
        insert(requirements),
        [
            {
                "requirement_id": each.id,
                "directive_id": directive.id,
                "place": place,
                "kind": each.kind,
                "title": each.title,
                "as_of": each.as_of,
                "periods": list(each.periods),
                "indicators": [indicator.model_dump() for indicator in each.indicators],
                "sections": [section.model_dump() for section in each.sections],
                "media": each.media.model_dump() if each.media else None,
                "audience": asdict(each.audience),
                "due_phrase": each.due_phrase,
                "due_at": each.due_at,
                "cut_off_at": each.cut_off_at,
                "closes_at": each.closes_at,
            }
            for place, each in enumerate(directive.requirements)
        ],
    )


async def put(connection: AsyncConnection, directive: Directive) -> None:
    """Write how far a directive has come; what it says does not change after drafting."""
    signed, number, issue = directive.signed, directive.number, directive.issue
    await connection.execute(
        _PUT,
        {
            "id": directive.id,
            "signed_by": signed.by if signed else None,
            "signed_at": signed.at if signed else None,
            "number": number.value if number else None,
            "number_year": number.year if number else None,
            "notation": number.notation if number else None,
            "numbered_by": number.given.by if number else None,
            "numbered_at": number.given.at if number else None,
            "issued_on": issue.on if issue else None,
            "issued_by": issue.sent.by if issue else None,
            "issued_at": issue.sent.at if issue else None,
        },
    )


def _directive(row: Row[*tuple[Any, ...]], required: tuple[Requirement, ...]) -> Directive:
    return Directive(
        id=row.directive_id,
        issuer_unit_id=row.issuer_unit_id,
        document_type=row.document_type,
        subject=row.subject,
        body=row.body,
        addressees=tuple(row.addressees),
        recipients=tuple(Recipient(**each) for each in row.recipients),
        replaces_code=row.replaces_code,
        requirements=required,
        drafted=Stamp(row.drafted_by, row.drafted_at),
        signed=Stamp(row.signed_by, row.signed_at) if row.signed_at else None,
        number=_number(row) if row.number else None,
        issue=Issue(row.issued_on, Stamp(row.issued_by, row.issued_at)) if row.issued_on else None,
    )


def _number(row: Row[*tuple[Any, ...]]) -> Number:
    return Number(row.number, row.number_year, row.notation, Stamp(row.numbered_by, row.numbered_at))


def _requirement(row: Row[*tuple[Any, ...]]) -> Requirement:
    return Requirement(
        id=row.requirement_id,
        kind=row.kind,
        title=row.title,
        as_of=row.as_of,
        periods=tuple(row.periods),
        indicators=tuple(IndicatorAsked.model_validate(each) for each in row.indicators),
        sections=tuple(SectionAsked.model_validate(each) for each in row.sections),
        media=MediaAsked.model_validate(row.media) if row.media else None,
        audience=Audience(**{name: tuple(units) for name, units in row.audience.items()}),
        due_phrase=row.due_phrase,
        due_at=row.due_at,
        cut_off_at=row.cut_off_at,
        closes_at=row.closes_at,
    )


# Registers.

_KEY = ("issuer_unit_id", "year", "register")
_first = upsert(registers).values(next_number=2)
_DRAW = _first.on_conflict_do_update(index_elements=_KEY, set_={"next_number": registers.c.next_number + 1}).returning(
    registers.c.next_number - 1
)
_given = upsert(registers)
_RAISE = _given.on_conflict_do_update(
    index_elements=_KEY,
    set_={"next_number": _given.excluded.next_number},
    where=registers.c.next_number <= _given.excluded.next_number,
).returning(registers.c.next_number)
_NEXT = select(registers.c.next_number).where(*(registers.c[name] == bindparam(name) for name in _KEY))


async def draw_number(connection: AsyncConnection, issuer_unit_id: str, year: int, register: str) -> int:
    """Return the next number; until this transaction ends no other can draw from the same register."""
    key = {"issuer_unit_id": issuer_unit_id, "year": year, "register": register}
    return int((await connection.execute(_DRAW, key)).scalar_one())


async def raise_register(
    connection: AsyncConnection, issuer_unit_id: str, year: int, register: str, next_number: int
) -> int:
    """Let a register go on with `next_number` unless it is past it; return its next number."""
    key = {"issuer_unit_id": issuer_unit_id, "year": year, "register": register}
    raised = (await connection.execute(_RAISE, {**key, "next_number": next_number})).scalar_one_or_none()
    if raised is None:
        raised = (await connection.execute(_NEXT, key)).scalar_one()
    return int(raised)


# Obligations.

_OPENED: Mapping[str, Any] = {
    "obligation_id": Uuid,
    "directive_id": Uuid,
    "requirement_id": Uuid,
    "unit_id": String,
    "answering_unit_id": String,
    "answers_as": String,
    "due_at": DateTime(timezone=True),
}
_rows = (
    func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _OPENED.items()))
    .table_valued(*(column(name, kind) for name, kind in _OPENED.items()))
    .render_derived(name="opened")
)
# One statement with one array per column: its text does not depend on how many there are.
_OPEN = insert(obligations).from_select(list(_OPENED), select(*(_rows.c[name] for name in _OPENED)))
_OF_DIRECTIVE = (
    select(obligations, func.coalesce(answers.c.state, "none").label("answer_state"))
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .where(obligations.c.directive_id == bindparam("directive_id"))
    .order_by(obligations.c.due_at, obligations.c.requirement_id, obligations.c.unit_id)
)
_UNITS = select(obligations.c.unit_id, obligations.c.answering_unit_id).where(
    obligations.c.directive_id == bindparam("directive_id")
)
_COUNTS = (
    select(obligations.c.requirement_id, func.count().label("units"))
    .where(obligations.c.directive_id == bindparam("directive_id"))
    .group_by(obligations.c.requirement_id)
)
_OWED_BY = (
    select(
        *obligations.c["obligation_id", "directive_id", "requirement_id", "unit_id", "answering_unit_id", "due_at"],
        *directives.c["issuer_unit_id", "subject", "issued_on", "number", "number_year", "notation"],
        *directives.c["numbered_by", "numbered_at"],
        *requirements.c["kind", "title", "due_phrase", "cut_off_at", "closes_at"],
        func.coalesce(answers.c.state, "none").label("answer_state"),
    )
    .join(directives, directives.c.directive_id == obligations.c.directive_id)
    .join(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .where(or_(obligations.c.unit_id == bindparam("unit_id"), obligations.c.answering_unit_id == bindparam("unit_id")))
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
        },
    )


async def obligations_of(connection: AsyncConnection, directive_id: UUID) -> list[Obligation]:
    """Return the obligations of a directive with the state of their answers, nearest deadline first."""
    rows = await connection.execute(_OF_DIRECTIVE, {"directive_id": directive_id})
    return [
        Obligation(
            id=row.obligation_id,
            requirement_id=row.requirement_id,
            unit_id=row.unit_id,
            answering_unit_id=row.answering_unit_id,
            answers_as=row.answers_as,
            due_at=row.due_at,
            answer_state=row.answer_state,
        )
        for row in rows
    ]


async def units_of(connection: AsyncConnection, directive_id: UUID) -> set[str]:
    """Return the units that owe or answer an obligation of a directive."""
    rows = await connection.execute(_UNITS, {"directive_id": directive_id})
    return {unit_id for row in rows for unit_id in row}


async def count_obligations(connection: AsyncConnection, directive_id: UUID) -> dict[UUID, int]:
    """Return how many units owe an answer to each requirement of a directive."""
    rows = await connection.execute(_COUNTS, {"directive_id": directive_id})
    return {row.requirement_id: row.units for row in rows}


async def owed_by(connection: AsyncConnection, unit_id: str) -> list[Owed]:
    """Return what a unit owes or answers for another, nearest deadline first."""
    rows = await connection.execute(_OWED_BY, {"unit_id": unit_id})
    return [
        Owed(
            obligation_id=row.obligation_id,
            directive_id=row.directive_id,
            requirement_id=row.requirement_id,
            issuer_unit_id=row.issuer_unit_id,
            code=_number(row).code,
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
        )
        for row in rows
    ]


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
