"""What reviewers see of many submissions, what was said, and what was read, in and out of PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from chassis.transaction import Transaction
from submissions.domain.submission import State
from submissions.tables import comments, corrections, obligations, readings, submission_versions, submissions

Side = Literal["unit", "desk"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One submission in a list, as of its newest version."""

    submission_id: UUID
    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    state: State
    number: int
    submitted_at: datetime
    is_late: bool
    is_nil: bool
    media_awaited_until: datetime | None
    is_media_late: bool
    is_unread: bool
    """The reader has not read this version."""
    unread_comments: int
    """Of others, since the reader last read."""
    asks_to_correct: bool
    """A request to correct it waits for a decision."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one unit wrote in an answer that counts, by heading."""

    unit_id: str
    submission_id: UUID
    number: int
    narrative: Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a version."""

    comment_id: UUID
    submission_id: UUID
    number: int
    field: str | None
    words: str
    side: Side
    written_by: UUID
    written_at: datetime


async def listed(
    tx: Transaction, *, requirement_id: UUID, reader: UUID, state: State | None, after: UUID | None, limit: int
) -> Sequence[Listed]:
    """Return submissions of a requirement by id, and so in the order they first came in; those after `after`."""
    unread_comments = (
        select(func.count())
        .where(
            comments.c.submission_id == submissions.c.submission_id,
            comments.c.written_by != reader,
            or_(readings.c.read_at.is_(None), comments.c.written_at > readings.c.read_at),
        )
        .correlate(submissions, readings)
        .scalar_subquery()
    )
    query = (
        select(
            submissions.c.submission_id,
            *obligations.c["obligation_id", "unit_id", "answering_unit_id"],
            *submissions.c["state", "number"],
            *submission_versions.c["submitted_at", "is_late", "is_nil", "media_awaited_until", "is_media_late"],
            (func.coalesce(readings.c.number, 0) < submissions.c.number).label("is_unread"),
            unread_comments.label("unread_comments"),
            exists()
            .where(corrections.c.submission_id == submissions.c.submission_id, corrections.c.outcome.is_(None))
            .label("asks_to_correct"),
        )
        .join_from(obligations, submissions, submissions.c.obligation_id == obligations.c.obligation_id)
        .join(
            submission_versions,
            and_(
                submission_versions.c.submission_id == submissions.c.submission_id,
                submission_versions.c.number == submissions.c.number,
            ),
        )
        .outerjoin(
            readings, and_(readings.c.submission_id == submissions.c.submission_id, readings.c.person_id == reader)
        )
        .where(obligations.c.requirement_id == requirement_id, submissions.c.carried_to.is_(None))
        .order_by(submissions.c.submission_id)
        .limit(limit)
    )
    if state is not None:
        query = query.where(submissions.c.state == state)
    if after is not None:
        query = query.where(submissions.c.submission_id > after)
    return [Listed(**row) for row in (await tx.connection.execute(query)).mappings()]


async def written_for(tx: Transaction, *, requirement_id: UUID, after: UUID | None, limit: int) -> Sequence[Written]:
    """Return what units wrote for a requirement in answers that count, in the order these first came in."""
    query = (
        select(obligations.c.unit_id, *submissions.c["submission_id", "number"], submission_versions.c.narrative)
        .join_from(obligations, submissions, submissions.c.obligation_id == obligations.c.obligation_id)
        .join(
            submission_versions,
            and_(
                submission_versions.c.submission_id == submissions.c.submission_id,
                submission_versions.c.number == submissions.c.number,
            ),
        )
        .where(
            obligations.c.requirement_id == requirement_id,
            submissions.c.state.in_(("submitted", "accepted")),
            submissions.c.carried_to.is_(None),
        )
        .order_by(submissions.c.submission_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(submissions.c.submission_id > after)
    return [Written(**row) for row in (await tx.connection.execute(query)).mappings()]


async def put_reading(tx: Transaction, *, person_id: UUID, submission_id: UUID, number: int) -> None:
    """Note up to which version somebody has read a submission; never back."""
    new = insert(readings).values(person_id=person_id, submission_id=submission_id, number=number, read_at=tx.now)
    await tx.connection.execute(
        new.on_conflict_do_update(
            index_elements=[readings.c.person_id, readings.c.submission_id],
            set_={
                "number": func.greatest(readings.c.number, new.excluded.number),
                "read_at": func.greatest(readings.c.read_at, new.excluded.read_at),
            },
        )
    )


async def add_comment(tx: Transaction, comment: Comment) -> bool:
    """Write a comment, and say whether nobody has written one of this id before."""
    written = await tx.connection.execute(
        insert(comments).values(asdict(comment)).on_conflict_do_nothing().returning(comments.c.comment_id)
    )
    return written.one_or_none() is not None


async def find_comment(tx: Transaction, comment_id: UUID) -> Comment | None:
    """Return a comment, if there is one."""
    query = select(comments).where(comments.c.comment_id == comment_id)
    row = (await tx.connection.execute(query)).mappings().one_or_none()
    return None if row is None else Comment(**row)


async def comments_of(tx: Transaction, submission_id: UUID) -> Sequence[Comment]:
    """Return what was said about a submission, the first first."""
    query = (
        select(comments)
        .where(comments.c.submission_id == submission_id)
        .order_by(comments.c.written_at, comments.c.comment_id)
    )
    return [Comment(**row) for row in (await tx.connection.execute(query)).mappings()]
