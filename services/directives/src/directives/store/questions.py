"""Questions and obstacles, in and out of PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from directives.domain.question import Question, Reply
from directives.tables import directives, questions

_OF = select(questions).where(questions.c.directive_id == bindparam("directive")).order_by(questions.c.question_id)
_TAKE = select(questions).where(questions.c.question_id == bindparam("wanted")).with_for_update()
_WAITING_AT = (
    select(questions)
    .join(directives, directives.c.directive_id == questions.c.directive_id)
    .where(
        questions.c.answered_at.is_(None),
        or_(
            questions.c.desk_unit_id == bindparam("desk"),
            directives.c.issuer_unit_id == bindparam("desk"),
        ),
    )
    .order_by(questions.c.question_id)
)
_ANSWER = (
    update(questions)
    .where(questions.c.question_id == bindparam("wanted"))
    .values({name: bindparam(f"new_{name}") for name in ("answer", "is_shared", "answered_by", "answered_at")})
)


async def of(connection: AsyncConnection, directive_id: UUID) -> list[Question]:
    """Return what was asked about a directive, oldest first."""
    return [_question(row) for row in await connection.execute(_OF, {"directive": directive_id})]


async def waiting_at(connection: AsyncConnection, unit_id: str) -> list[Question]:
    """Return what nobody has answered of what a unit is asked, or was asked about what it issued, oldest first."""
    return [_question(row) for row in await connection.execute(_WAITING_AT, {"desk": unit_id})]


async def take(connection: AsyncConnection, question_id: UUID) -> Question | None:
    """Return a question, locked for change, or null."""
    row = (await connection.execute(_TAKE, {"wanted": question_id})).one_or_none()
    return None if row is None else _question(row)


async def add(connection: AsyncConnection, asked: Question) -> None:
    """Write a new question."""
    await connection.execute(
        insert(questions),
        {
            "question_id": asked.id,
            "kind": asked.kind,
            "directive_id": asked.directive_id,
            "obligation_id": asked.obligation_id,
            "unit_id": asked.unit_id,
            "desk_unit_id": asked.desk_unit_id,
            "question": asked.text,
            "asked_by": asked.asked_by,
            "asked_at": asked.asked_at,
        },
    )


async def put_reply(connection: AsyncConnection, question_id: UUID, reply: Reply) -> None:
    """Write what was answered to a question that was taken."""
    await connection.execute(
        _ANSWER,
        {
            "wanted": question_id,
            "new_answer": reply.text,
            "new_is_shared": reply.is_shared,
            "new_answered_by": reply.by,
            "new_answered_at": reply.at,
        },
    )


def _question(row: Row[*tuple[Any, ...]]) -> Question:
    reply = None
    if row.answered_at is not None:
        reply = Reply(text=row.answer, is_shared=row.is_shared, by=row.answered_by, at=row.answered_at)
    return Question(
        id=row.question_id,
        kind=row.kind,
        directive_id=row.directive_id,
        obligation_id=row.obligation_id,
        unit_id=row.unit_id,
        desk_unit_id=row.desk_unit_id,
        text=row.question,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        reply=reply,
    )
