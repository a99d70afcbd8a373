"""How directives go further down, in and out of PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Date, DateTime, Text, Uuid, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.submissions import SubmissionSubmitted
from directives.domain.cascade import OwnDocument
from directives.file_tables import directive_files
from directives.store.directives import number_of
from directives.tables import (
    answers,
    deliveries,
    directive_relations,
    directives,
    implementing_documents,
    obligations,
    requirements,
)

_THESE = bindparam("these", type_=ARRAY(Uuid))
_ISSUED = (
    select(directives)
    .join(directive_relations, directive_relations.c.directive_id == directives.c.directive_id)
    .where(
        directive_relations.c.target_id == bindparam("directive"),
        directive_relations.c.kind.in_(("cascades", "implements")),
        directives.c.issued_at.is_not(None),
        directives.c.recalled_at.is_(None),
        directives.c.replaced_at.is_(None),
    )
    .order_by(directives.c.issued_at, directives.c.directive_id)
)
_REGISTERED = (
    select(implementing_documents, directive_files.c.name.label("file_name"), directive_files.c.sha256)
    .outerjoin(
        directive_files,
        and_(
            directive_files.c.directive_id == implementing_documents.c.directive_id,
            directive_files.c.unit_id == implementing_documents.c.unit_id,
        ),
    )
    .where(implementing_documents.c.directive_id == bindparam("directive"))
)
_FIND_REGISTERED = _REGISTERED.where(implementing_documents.c.unit_id == bindparam("unit"))
_SENT_TO = select(deliveries.c.directive_id, deliveries.c.unit_id).where(deliveries.c.directive_id == any_(_THESE))
_ANSWERED = (
    select(obligations.c.answering_unit_id)
    .join(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .where(obligations.c.directive_id == any_(_THESE), answers.c.state.not_in(("returned", "withdrawn")))
    .distinct()
)
_OWN_DUE = (
    select(obligations.c.requirement_id, func.min(obligations.c.due_at).label("due_at"))
    .where(
        obligations.c.directive_id == any_(_THESE),
        obligations.c.answering_unit_id == bindparam("unit"),
        obligations.c.state == "open",
    )
    .group_by(obligations.c.requirement_id)
)
_document = insert(implementing_documents)
_REGISTER = _document.on_conflict_do_update(
    index_elements=["directive_id", "unit_id"],
    set_={
        name: _document.excluded[name] for name in ("code", "subject", "issued_on", "registered_by", "registered_at")
    },
)

# Of those that were sent as an answer: whose requirement asks for one, and no older than what they carry out, unless
# they were sent to the directive this one replaced. What was said later stays.
_sent = insert(implementing_documents)
_REGISTER_SENT = _sent.from_select(
    ["directive_id", "unit_id", "code", "subject", "issued_on", "registered_by", "registered_at"],
    select(
        requirements.c.directive_id,
        bindparam("unit_id", type_=Text),
        bindparam("code", type_=Text),
        requirements.c.title,
        bindparam("issued_on", type_=Date),
        bindparam("registered_by", type_=Uuid),
        bindparam("registered_at", type_=DateTime(timezone=True)),
    )
    .join(directives, directives.c.directive_id == requirements.c.directive_id)
    .where(
        requirements.c.requirement_id == bindparam("requirement_id"),
        or_(
            directives.c.issued_on <= bindparam("issued_on", type_=Date),
            bindparam("is_carried", type_=Boolean),
        ),
    ),
).on_conflict_do_update(
    index_elements=["directive_id", "unit_id"],
    set_={name: _sent.excluded[name] for name in ("code", "subject", "issued_on", "registered_by", "registered_at")},
    where=implementing_documents.c.registered_at < _sent.excluded.registered_at,
)


async def documents_of(connection: AsyncConnection, directive_id: UUID) -> list[OwnDocument]:
    """Return the documents by which units carry out a directive: those issued here and in force, then the others."""
    key = {"directive": directive_id}
    issued = [
        OwnDocument(row.issuer_unit_id, row.directive_id, number_of(row).code, row.subject, row.issued_on)
        for row in await connection.execute(_ISSUED, key)
    ]
    registered = [_document_of(row) for row in await connection.execute(_REGISTERED, key)]
    return [*issued, *registered]


async def find_registered(connection: AsyncConnection, directive_id: UUID, unit_id: str) -> OwnDocument | None:
    """Return the document a unit issued elsewhere to carry out a directive, or null."""
    row = (await connection.execute(_FIND_REGISTERED, {"directive": directive_id, "unit": unit_id})).one_or_none()
    return None if row is None else _document_of(row)


def _document_of(row: Any) -> OwnDocument:
    return OwnDocument(row.unit_id, None, row.code, row.subject, row.issued_on, row.file_name, row.sha256)


async def sent_to(connection: AsyncConnection, directive_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Return the units each of these directives was sent to."""
    found: dict[UUID, set[str]] = {}
    for row in await connection.execute(_SENT_TO, {"these": list(directive_ids)}):
        found.setdefault(row.directive_id, set()).add(row.unit_id)
    return found


async def answered(connection: AsyncConnection, directive_ids: Collection[UUID]) -> set[str]:
    """Return the units that have answered any of these directives, and whose answer was not returned."""
    return set((await connection.execute(_ANSWERED, {"these": list(directive_ids)})).scalars())


async def own_due_at(
    connection: AsyncConnection, directive_ids: Collection[UUID], unit_id: str
) -> dict[UUID, datetime]:
    """Return by requirement until when a unit itself owes an answer to these directives."""
    rows = await connection.execute(_OWN_DUE, {"these": list(directive_ids), "unit": unit_id})
    return {row.requirement_id: row.due_at for row in rows}


async def register(
    connection: AsyncConnection, directive_id: UUID, document: OwnDocument, *, by: UUID, at: datetime
) -> None:
    """Write the document a unit issued elsewhere; a later word of the unit replaces the one before."""
    await connection.execute(
        _REGISTER,
        {
            "directive_id": directive_id,
            "unit_id": document.unit_id,
            "code": document.code,
            "subject": document.subject,
            "issued_on": document.issued_on,
            "registered_by": by,
            "registered_at": at,
        },
    )


async def register_sent(connection: AsyncConnection, sent: Sequence[SubmissionSubmitted]) -> None:
    """Write the documents that units sent as answers; one that is older than its directive carries out nothing.

    What was carried over was an answer to the directive that this one replaced, and is one to this.
    """
    rows = [
        {
            "requirement_id": event.requirement_id,
            "unit_id": event.answering_unit_id,
            "code": document.code,
            "issued_on": document.issued_on,
            "registered_by": event.submitted_by,
            "registered_at": event.occurred_at if event.carried is None else event.carried.submitted_at,
            "is_carried": event.carried is not None,
        }
        for event in sorted(sent, key=lambda each: each.obligation_id)
        for document in event.documents
    ]
    for row in rows:
        await connection.execute(_REGISTER_SENT, row)
