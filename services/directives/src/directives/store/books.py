"""What the registers of a year hold, read from PostgreSQL."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import ObligationState
from directives.domain.document_types import DocumentType
from directives.domain.obligation import AnswerState
from directives.store.directives import number_of
from directives.tables import answers, deliveries, directives, obligations, requirements


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A directive that has a number, as the register of what goes out has it."""

    code: str
    document_type: DocumentType
    subject: str
    issuer_unit_id: str
    issued_on: date | None
    issued_at: datetime | None
    signer_name: str | None
    recipients: tuple[str, ...]
    division: str | None
    is_recalled: bool
    is_replaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a unit owes by one directive, as the register that follows it up has it."""

    directive: Sent
    title: str
    unit_id: str
    due_at: datetime
    state: ObligationState
    answer_state: AnswerState


_OUTGOING = (
    select(directives)
    .where(directives.c.issuer_unit_id == bindparam("unit_id"), directives.c.number_year == bindparam("wanted"))
    .order_by(directives.c.register, directives.c.number)
)
_OURS = or_(obligations.c.unit_id == bindparam("unit_id"), obligations.c.answering_unit_id == bindparam("unit_id"))
_OF_YEAR = and_(directives.c.issued_on.is_not(None), directives.c.number_year == bindparam("wanted"))
_INCOMING = (
    select(directives)
    .where(
        _OF_YEAR,
        directives.c.directive_id.in_(
            select(obligations.c.directive_id)
            .where(_OURS)
            .union(select(deliveries.c.directive_id).where(deliveries.c.unit_id == bindparam("unit_id")))
        ),
    )
    .order_by(directives.c.issued_at, directives.c.directive_id)
)
_FOLLOWED = (
    select(
        directives,
        requirements.c.title,
        obligations.c.unit_id,
        obligations.c.due_at,
        obligations.c.state,
        func.coalesce(answers.c.state, "none").label("answer_state"),
    )
    .join_from(obligations, directives, directives.c.directive_id == obligations.c.directive_id)
    .join(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .where(_OURS, _OF_YEAR)
    .order_by(directives.c.issued_at, directives.c.directive_id, requirements.c.place, obligations.c.unit_id)
)


async def outgoing(connection: AsyncConnection, issuer_unit_id: str, year: int) -> list[Sent]:
    """Return what an issuer gave a number in a year, register by register."""
    return [_sent(row) for row in await connection.execute(_OUTGOING, {"unit_id": issuer_unit_id, "wanted": year})]


async def incoming(connection: AsyncConnection, unit_id: str, year: int) -> list[Sent]:
    """Return the directives of a year that a unit was sent or owes something by, as they arrived."""
    return [_sent(row) for row in await connection.execute(_INCOMING, {"unit_id": unit_id, "wanted": year})]


async def followed(connection: AsyncConnection, unit_id: str, year: int) -> list[Followed]:
    """Return what a unit owes or answers for others by the directives of a year, as these arrived."""
    return [
        Followed(
            directive=_sent(row),
            title=row.title,
            unit_id=row.unit_id,
            due_at=row.due_at,
            state=row.state,
            answer_state=row.answer_state,
        )
        for row in await connection.execute(_FOLLOWED, {"unit_id": unit_id, "wanted": year})
    ]


def _sent(row: Row[*tuple[Any, ...]]) -> Sent:
    signer = row.form.get("signer") or {}
    return Sent(
        code=number_of(row).code,
        document_type=row.document_type,
        subject=row.subject,
        issuer_unit_id=row.issuer_unit_id,
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        signer_name=signer.get("name"),
        recipients=tuple(each["name"] for each in row.recipients if each["purpose"] != "archive"),
        division=row.form.get("division"),
        is_recalled=row.recalled_at is not None,
        is_replaced=row.replaced_at is not None,
    )
