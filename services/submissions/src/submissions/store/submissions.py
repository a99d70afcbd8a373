"""Submissions and their versions, in and out of PostgreSQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from chassis.strokes import PLACE, CommonStroke, Strokes, asked_together, leaving_events, telling_together
from chassis.transaction import Transaction
from contracts.submissions import SubmissionSubmitted
from submissions.domain.asked import Obligation
from submissions.domain.submission import Receipt, Review, Submission, SubmissionVersion
from submissions.problems import key_reused
from submissions.store.asked import OBLIGATION_COLUMNS, PARTICULAR_COLUMNS, obligation_of
from submissions.store.rows import SUBMISSION_COLUMNS, lists_of, submission_of, version_of
from submissions.tables import ONE_PER_KEY, obligations, particulars, requirements, submission_versions, submissions


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides whether an obligation takes an answer, read at once."""

    obligation: Obligation
    requirement_version: int | None
    """Null while the directive has not been told."""
    submission: Submission | None
    repeated: Receipt | None
    """What this person was answered when they used this idempotency key before, for whatever request."""


_asked = asked_together(wanted=Uuid(), person=Uuid(), key=Text())
# One stroke, because every answer pays for it. It locks nothing: `put_version` notices who came in between.
_STANDING = (
    select(
        *OBLIGATION_COLUMNS,
        requirements.c.version.label("requirement_version"),
        *SUBMISSION_COLUMNS,
        *PARTICULAR_COLUMNS,
        submission_versions.c.submission_id.label("repeated_id"),
        submission_versions.c.number.label("repeated_number"),
        submission_versions.c.version.label("repeated_version"),
        submission_versions.c.submitted_at.label("repeated_at"),
        submission_versions.c.is_late.label("repeated_is_late"),
        submission_versions.c.request_digest.label("repeated_digest"),
        submission_versions.c.draft_version.label("repeated_draft_version"),
    )
    .add_columns(_asked.c[PLACE])
    .select_from(
        _asked.join(obligations, obligations.c.obligation_id == _asked.c.wanted)
        .outerjoin(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
        .outerjoin(submissions, submissions.c.obligation_id == obligations.c.obligation_id)
        .outerjoin(particulars, particulars.c.obligation_id == obligations.c.obligation_id)
        .outerjoin(
            submission_versions,
            and_(
                submission_versions.c.submitted_by == _asked.c.person,
                submission_versions.c.idempotency_key == _asked.c.key,
            ),
        )
    )
)
_FIND_STANDING = CommonStroke(_STANDING)

_VERSION_TYPES = {
    name: submission_versions.c[name].type
    for name in (
        "version",
        "submitted_by",
        "submitted_at",
        "idempotency_key",
        "request_digest",
        "is_late",
        "is_nil",
        "stated",
        "narrative",
        "media_ids",
        "draft_version",
        "explanations",
        "remarks",
        "media_awaited_until",
        "is_media_late",
        "consolidates",
    )
}
_WRITTEN_TYPES: dict[str, TypeEngine[Any]] = {
    "obligation_id": Uuid(),
    "submission_id": Uuid(),
    "number": Integer(),
    **_VERSION_TYPES,
    "media_ids": Text(),
}

_DOCUMENTS = ("stated", "narrative", "explanations", "remarks", "consolidates")
"""Given to the driver as text."""


def _version_written(asked: CTE) -> CTE:
    """The submissions asked for and their new versions, in one stroke.

    Only while the answer is owed: whoever carries answers over takes the obligation and ends it. The lock is the one a
    new submission takes anyway, for its reference. When somebody answered or reviewed in between, the first part
    changes no row, so the second writes none.
    """
    put = insert(submissions).from_select(
        ["submission_id", "obligation_id", "state", "version", "number"],
        select(
            asked.c.submission_id,
            asked.c.obligation_id,
            literal_column("'submitted'"),
            asked.c.version,
            asked.c.number,
        )
        .join(obligations, obligations.c.obligation_id == asked.c.obligation_id)
        .where(obligations.c.state == "open")
        # In one order, whoever asks: two statements that want the same rows wait for each other, not both ways.
        .order_by(asked.c.obligation_id)
        .with_for_update(read=True, key_share=True, of=obligations),
    )
    written = (
        put.on_conflict_do_update(
            index_elements=[submissions.c.obligation_id],
            # A permission to correct is good for one version.
            set_={name: put.excluded[name] for name in ("state", "version", "number")} | {"reopened_until": null()},
            where=submissions.c.version == put.excluded.version - 1,
        )
        .returning(submissions.c.submission_id)
        .cte("written")
    )
    columns: dict[str, ColumnElement[Any]] = {name: asked.c[name] for name in _VERSION_TYPES}
    columns["media_ids"] = cast(asked.c.media_ids, submission_versions.c.media_ids.type)
    return (
        insert(submission_versions)
        .from_select(
            ["submission_id", "number", *columns],
            select(asked.c.submission_id, asked.c.number, *columns.values()).join(
                written, written.c.submission_id == asked.c.submission_id
            ),
        )
        .returning(submission_versions.c.submission_id)
        .cte("version_written")
    )


_telling = telling_together(**_WRITTEN_TYPES)
_PUT_VERSION = CommonStroke(leaving_events(_version_written(_telling), _telling, by="submission_id"))
_WRITE_VERSION = select(_version_written(asked_together(**_WRITTEN_TYPES)).c.submission_id)

_SUBMISSION = (
    select(*OBLIGATION_COLUMNS, *SUBMISSION_COLUMNS, *PARTICULAR_COLUMNS)
    .join_from(submissions, obligations)
    .outerjoin(particulars, particulars.c.obligation_id == obligations.c.obligation_id)
)
_FIND_SUBMISSION = _SUBMISSION.where(submissions.c.submission_id == bindparam("wanted"))
_FIND_SUBMISSION_OF = _SUBMISSION.where(submissions.c.obligation_id == bindparam("wanted"))
_TAKE_SUBMISSION = _FIND_SUBMISSION.with_for_update(of=submissions)
_VERSIONS_OF = (
    select(submission_versions)
    .where(submission_versions.c.submission_id == bindparam("wanted"))
    .order_by(submission_versions.c.number)
)
_GET_VERSION = select(submission_versions).where(
    submission_versions.c.submission_id == bindparam("wanted"), submission_versions.c.number == bindparam("which")
)
_PUT_SUBMISSION = (
    update(submissions)
    .where(submissions.c.submission_id == bindparam("wanted"))
    .values(
        state=bindparam("new_state"),
        version=bindparam("new_version"),
        due_again_at=bindparam("new_due_again_at"),
        was_late=bindparam("new_was_late"),
        reopened_until=bindparam("new_reopened_until"),
    )
)
_PUT_REVIEW = (
    update(submission_versions)
    .where(
        submission_versions.c.submission_id == bindparam("wanted"), submission_versions.c.number == bindparam("which")
    )
    .values(
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
        reasons=bindparam("new_reasons"),
        reviewed_by=bindparam("new_reviewed_by"),
        reviewed_at=bindparam("new_reviewed_at"),
    )
)


async def find_standing(strokes: Strokes, obligation_id: UUID, *, person: UUID, key: str) -> Standing | None:
    """Return how an obligation stands, and what `person` was answered under `key` before."""
    row = await strokes.row(_FIND_STANDING, wanted=obligation_id, person=person, key=key)
    return None if row is None else _standing_of(row, obligation_id)


async def read_standing(tx: Transaction, obligation_id: UUID, *, person: UUID, key: str) -> Standing:
    """Return how an obligation that exists stands, as `find_standing` does, in a transaction that is open."""
    found = await tx.connection.execute(_STANDING, {"wanted": [obligation_id], "person": [person], "key": [key]})
    return _standing_of(found.mappings().one(), obligation_id)


def _standing_of(row: Mapping[Any, Any], obligation_id: UUID) -> Standing:
    repeated = None
    if row["repeated_id"] is not None:
        repeated = Receipt(
            submission_id=row["repeated_id"],
            obligation_id=obligation_id,
            number=row["repeated_number"],
            version=row["repeated_version"],
            submitted_at=row["repeated_at"],
            is_late=row["repeated_is_late"],
            request_digest=row["repeated_digest"],
            draft_version=row["repeated_draft_version"],
        )
    submission = None if row["submission_id"] is None else submission_of(row)
    return Standing(obligation_of(row), row["requirement_version"], submission, repeated)


async def put_version(strokes: Strokes, new: SubmissionVersion, *, telling: SubmissionSubmitted) -> bool:
    """Write a version, the submission it belongs to and the event; say whether the version before it was the newest.

    When the submission had moved on, nothing was written: read again and decide anew. Raises `KeyReused` when the key
    was used for another obligation at this very moment.
    """
    row = _row(new)
    row |= {name: json.dumps(row[name], ensure_ascii=False) for name in _DOCUMENTS if row[name] is not None}
    try:
        told = await strokes.tell(_PUT_VERSION, telling, apart=new.obligation_id, **row)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == ONE_PER_KEY:
            raise key_reused() from error
        raise
    return told is not None


async def write_version(tx: Transaction, new: SubmissionVersion) -> bool:
    """Write a version and the submission it belongs to, as `put_version` does, in a transaction that is open.

    What is told of it is left to the caller.
    """
    try:
        written = await tx.connection.execute(_WRITE_VERSION, {name: [value] for name, value in _row(new).items()})
    except IntegrityError as error:
        # The driver's own error is behind the one SQLAlchemy makes of it.
        if getattr(error.orig.__cause__ if error.orig else None, "constraint_name", None) == ONE_PER_KEY:
            raise key_reused() from error
        raise
    return written.one_or_none() is not None


def _row(new: SubmissionVersion) -> dict[str, Any]:
    lists = lists_of(new)
    row = {name: getattr(new, name) for name in _WRITTEN_TYPES if name not in lists} | lists
    row["media_ids"] = "{" + ",".join(map(str, new.media_ids)) + "}"
    return row


async def find_submission(tx: Transaction, submission_id: UUID) -> tuple[Obligation, Submission] | None:
    """Return a submission with the obligation it answers."""
    return await _one_submission(tx, _FIND_SUBMISSION, submission_id)


async def find_submission_of(tx: Transaction, obligation_id: UUID) -> tuple[Obligation, Submission] | None:
    """Return the submission that answers an obligation, if there is one."""
    return await _one_submission(tx, _FIND_SUBMISSION_OF, obligation_id)


async def take_submission(tx: Transaction, submission_id: UUID) -> tuple[Obligation, Submission] | None:
    """Return a submission, locked for a change, with the obligation it answers."""
    return await _one_submission(tx, _TAKE_SUBMISSION, submission_id)


async def _one_submission(
    tx: Transaction, query: Select[*tuple[Any, ...]], wanted: UUID
) -> tuple[Obligation, Submission] | None:
    row = (await tx.connection.execute(query, {"wanted": wanted})).mappings().one_or_none()
    return None if row is None else (obligation_of(row), submission_of(row))


async def versions_of(tx: Transaction, submission: Submission) -> Sequence[SubmissionVersion]:
    """Return every version of a submission, the first one first."""
    rows = await tx.connection.execute(_VERSIONS_OF, {"wanted": submission.id})
    return [version_of(row, submission) for row in rows]


async def get_version(tx: Transaction, submission: Submission, number: int) -> SubmissionVersion:
    """Return one version that exists."""
    row = (await tx.connection.execute(_GET_VERSION, {"wanted": submission.id, "which": number})).one()
    return version_of(row, submission)


async def put_submission(tx: Transaction, submission: Submission) -> None:
    """Write where a submission that is taken stands now."""
    await tx.connection.execute(
        _PUT_SUBMISSION,
        {
            "wanted": submission.id,
            "new_state": submission.state,
            "new_version": submission.version,
            "new_due_again_at": submission.due_again_at,
            "new_was_late": submission.was_late,
            "new_reopened_until": submission.reopened_until,
        },
    )


async def put_review(tx: Transaction, submission: Submission, review: Review) -> None:
    """Write what was decided about the newest version of a submission."""
    await put_submission(tx, submission)
    await tx.connection.execute(
        _PUT_REVIEW,
        {
            "wanted": submission.id,
            "which": submission.number,
            "new_outcome": review.outcome,
            "new_reason": review.reason,
            "new_reasons": [list(each) for each in review.reasons] or None,
            "new_reviewed_by": review.reviewed_by,
            "new_reviewed_at": review.reviewed_at,
        },
    )
