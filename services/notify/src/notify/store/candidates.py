"""Everyone who may have to be written to and was not yet, found by whatever has just changed."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, and_, any_, bindparam, cast, exists, func, or_, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.domain import (
    AFTERWARDS,
    ANSWERING_ROLES,
    APPROVING_ROLES,
    FIRST_WORDS,
    OPERATING_ROLES,
    OWED,
    REVIEWING_ROLES,
    TO_THE_DESK,
    TO_THE_HEAD,
    TO_THE_OPERATORS,
    TO_THE_READERS,
    TOTALS_ROLES,
    Candidate,
    HeldPost,
    Kind,
    Owed,
    Quoted,
)
from notify.tables import acceptances, directives, letters, letters_due, obligations, people, posts, requirements

_recipient_id = func.coalesce(letters_due.c.person_id, posts.c.person_id)
_standing_posts = posts.join(
    people,
    and_(people.c.person_id == posts.c.person_id, people.c.version == posts.c.version, people.c.is_active),
)
_is_written_to = or_(
    and_(letters_due.c.kind.in_(TO_THE_DESK), posts.c.role.in_(REVIEWING_ROLES)),
    and_(letters_due.c.kind.in_(TO_THE_HEAD), posts.c.role.in_(APPROVING_ROLES)),
    and_(letters_due.c.kind.in_(TO_THE_READERS), posts.c.role.in_(TOTALS_ROLES)),
    and_(letters_due.c.kind.in_(TO_THE_OPERATORS), posts.c.role.in_(OPERATING_ROLES)),
    and_(
        letters_due.c.kind.not_in((*TO_THE_DESK, *TO_THE_HEAD, *TO_THE_READERS, *TO_THE_OPERATORS)),
        posts.c.role.in_(ANSWERING_ROLES),
    ),
)
_is_theirs = and_(posts.c.unit_id == letters_due.c.unit_id, _is_written_to)
_is_unwritten = and_(
    _recipient_id.is_not(None),
    ~exists().where(letters.c.due_id == letters_due.c.due_id, letters.c.person_id == _recipient_id),
)
_first_words = letters_due.alias("first_words")
_makes_sense = or_(
    letters_due.c.kind.not_in(AFTERWARDS),
    exists().where(_first_words.c.obligation_id == letters_due.c.obligation_id, _first_words.c.kind.in_(FIRST_WORDS)),
)
_CANDIDATES = (
    select(
        letters_due.c.due_id,
        letters_due.c.kind,
        letters_due.c.obligation_id,
        letters_due.c.occurred_at,
        letters_due.c.quoted,
        _recipient_id.label("recipient_id"),
        obligations.c.unit_id,
        obligations.c.answering_unit_id,
        obligations.c.due_at,
        directives.c.directive_id,
        directives.c.code,
        directives.c.subject,
        requirements.c.title,
        # Of the two the earlier; PostgreSQL leaves out what is null.
        func.least(acceptances.c.accepted_at, obligations.c.ended_at).label("settled_at"),
        posts.c.valid_from,
        posts.c.valid_to,
        posts.c.known_since,
    )
    .select_from(
        letters_due.join(obligations, obligations.c.obligation_id == letters_due.c.obligation_id)
        .join(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
        .join(directives, directives.c.directive_id == requirements.c.directive_id)
        .outerjoin(acceptances, acceptances.c.obligation_id == letters_due.c.obligation_id)
        .outerjoin(_standing_posts, _is_theirs)
    )
    .where(_is_unwritten, _makes_sense)
)
# About a directive as a whole, or the house itself: what is quoted came with the news, but for a code they do not name.
_NOTICES = (
    select(
        *letters_due.c["due_id", "kind", "directive_id", "occurred_at", "quoted"],
        *directives.c["code", "subject"],
        requirements.c.title,
        _recipient_id.label("recipient_id"),
        *posts.c["valid_from", "valid_to", "known_since"],
    )
    .select_from(
        letters_due.outerjoin(_standing_posts, _is_theirs)
        .outerjoin(directives, directives.c.directive_id == letters_due.c.directive_id)
        .outerjoin(
            requirements,
            and_(
                requirements.c.directive_id == letters_due.c.directive_id,
                cast(requirements.c.requirement_id, Text) == letters_due.c.quoted["requirement_id"].astext,
            ),
        )
    )
    .where(
        letters_due.c.obligation_id.is_(None),
        or_(letters_due.c.quoted.has_key("code"), directives.c.code.is_not(None)),
        _is_unwritten,
    )
)


def _one_of(column: ColumnElement[Any], kind: UuidType[UUID] | Text) -> ColumnElement[bool]:
    return column == any_(bindparam("ids", type_=ARRAY(kind)))


_BY_DUE = _CANDIDATES.where(_one_of(letters_due.c.due_id, UuidType()))
_NOTICES_BY_DUE = _NOTICES.where(_one_of(letters_due.c.due_id, UuidType()))
_NOTICES_BY_UNIT = _NOTICES.where(_one_of(letters_due.c.unit_id, Text()))
_NOTICES_BY_DIRECTIVE = _NOTICES.where(
    _one_of(letters_due.c.directive_id, UuidType()), letters_due.c.kind.in_(TO_THE_READERS)
)
_BY_OBLIGATION = _CANDIDATES.where(_one_of(letters_due.c.obligation_id, UuidType()))
_BY_DIRECTIVE = _CANDIDATES.where(
    letters_due.c.obligation_id.in_(
        select(obligations.c.obligation_id).where(_one_of(obligations.c.directive_id, UuidType()))
    )
)
_BY_UNIT = _CANDIDATES.where(_one_of(letters_due.c.unit_id, Text()))
_OPEN = _CANDIDATES.where(
    letters_due.c.kind.in_(OWED), acceptances.c.obligation_id.is_(None), obligations.c.ended_at.is_(None)
)


async def for_due(connection: AsyncConnection, due_ids: Collection[UUID]) -> list[Candidate]:
    """Return who may have to be told these news."""
    return [
        *await _candidates(connection, _BY_DUE, due_ids),
        *await _notices(connection, _NOTICES_BY_DUE, due_ids),
    ]


async def for_obligations(connection: AsyncConnection, obligation_ids: Collection[UUID]) -> list[Candidate]:
    """Return who may have to be told anything about these obligations."""
    return await _candidates(connection, _BY_OBLIGATION, obligation_ids)


async def for_directives(connection: AsyncConnection, directive_ids: Collection[UUID]) -> list[Candidate]:
    """Return who may have to be told anything about these directives."""
    return [
        *await _candidates(connection, _BY_DIRECTIVE, directive_ids),
        *await _notices(connection, _NOTICES_BY_DIRECTIVE, directive_ids),
    ]


async def for_units(connection: AsyncConnection, unit_ids: Collection[str]) -> list[Candidate]:
    """Return who may have to be told anything that goes to these units."""
    return [
        *await _candidates(connection, _BY_UNIT, unit_ids),
        *await _notices(connection, _NOTICES_BY_UNIT, unit_ids),
    ]


async def for_open_obligations(connection: AsyncConnection) -> list[Candidate]:
    """Return who may have to be told of any obligation that is not settled."""
    return [_candidate(row) for row in (await connection.execute(_OPEN)).all()]


async def _candidates(
    connection: AsyncConnection, query: Select[*tuple[Any, ...]], ids: Collection[UUID] | Collection[str]
) -> list[Candidate]:
    if not ids:
        return []
    rows = await connection.execute(query, {"ids": list(ids)})
    return [_candidate(row) for row in rows.all()]


def _candidate(row: Row[*tuple[Any, ...]]) -> Candidate:
    return Candidate(
        due_id=row.due_id,
        kind=Kind(row.kind),
        person_id=row.recipient_id,
        directive_id=row.directive_id,
        obligation_id=row.obligation_id,
        settled_at=row.settled_at,
        quoted=Quoted(
            code=row.code,
            subject=row.subject,
            occurred_at=row.occurred_at,
            more=row.quoted,
            owed=Owed(row.title, row.unit_id, row.answering_unit_id, row.due_at),
        ),
        post=_post(row),
    )


async def _notices(
    connection: AsyncConnection, query: Select[*tuple[Any, ...]], ids: Collection[UUID] | Collection[str]
) -> list[Candidate]:
    if not ids:
        return []
    return [
        Candidate(
            due_id=row.due_id,
            kind=Kind(row.kind),
            person_id=row.recipient_id,
            directive_id=row.directive_id,
            obligation_id=None,
            settled_at=None,
            quoted=Quoted(
                code=row.quoted.get("code", row.code),
                subject=row.quoted.get("subject", row.subject),
                occurred_at=row.occurred_at,
                more=row.quoted | ({"title": row.title} if row.title is not None else {}),
                owed=None,
            ),
            post=_post(row),
        )
        for row in await connection.execute(query, {"ids": list(ids)})
    ]


def _post(row: Row[*tuple[Any, ...]]) -> HeldPost | None:
    return HeldPost(row.valid_from, row.valid_to, row.known_since) if row.valid_from is not None else None
