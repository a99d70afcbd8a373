"""Submissions and their versions, in and out of PostgreSQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import BigInteger, Integer, Row, Select, Uuid, and_, bindparam, literal_column, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from chassis.strokes import Stroke, Strokes, leaving_event
from chassis.transaction import Transaction
from contracts.submissions import SubmissionSubmitted
from submissions.domain.answer import Explanation, Stated
from submissions.domain.asked import Obligation
from submissions.domain.consolidated import consolidated_of
from submissions.domain.fault import Remark
from submissions.domain.submission import FieldReason, Receipt, Review, Submission, SubmissionVersion
from submissions.problems import key_reused
from submissions.store.asked import OBLIGATION_COLUMNS, PARTICULAR_COLUMNS, obligation_of
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


SUBMISSION_COLUMNS = [
    submissions.c.submission_id,
    submissions.c.state,
    submissions.c.version.label("submission_version"),
    submissions.c.number,
    *submissions.c["carried_to", "due_again_at", "was_late", "reopened_until"],
]

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
    .select_from(
        obligations.outerjoin(requirements, requirements.c.requirement_id == obligations.c.requirement_id)
        .outerjoin(submissions, submissions.c.obligation_id == obligations.c.obligation_id)
        .outerjoin(particulars, particulars.c.obligation_id == obligations.c.obligation_id)
        .outerjoin(
            submission_versions,
            and_(
                submission_versions.c.submitted_by == bindparam("person"),
                submission_versions.c.idempotency_key == bindparam("key"),
            ),
        )
    )
    .where(obligations.c.obligation_id == bindparam("wanted"))
)
_FIND_STANDING = Stroke(_STANDING)

# Only while the answer is owed: whoever carries answers over takes the obligation and ends it. The lock is the one a
# new submission takes anyway, for its reference.
_put_submission = insert(submissions).from_select(
    ["submission_id", "obligation_id", "state", "version", "number"],
    select(
        bindparam("new_submission_id", type_=Uuid),
        obligations.c.obligation_id,
        literal_column("'submitted'"),
        bindparam("version", type_=BigInteger),
        bindparam("number", type_=Integer),
    )
    .where(obligations.c.obligation_id == bindparam("obligation_id"), obligations.c.state == "open")
    .with_for_update(read=True, key_share=True),
)
_written = (
    _put_submission.on_conflict_do_update(
        index_elements=[submissions.c.obligation_id],
        # A permission to correct is good for one version.
        set_={name: _put_submission.excluded[name] for name in ("state", "version", "number")}
        | {"reopened_until": null()},
        where=submissions.c.version == bindparam("seen_version"),
    )
    .returning(submissions.c.submission_id)
    .cte("written")
)
_VERSION_COLUMNS = (
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
_LISTS = ("stated", "explanations", "remarks", "consolidates")
# The submission, its new version and the event in one stroke. When somebody answered or reviewed in between, the first
# part changes no row, so the others write none.
_version_written = (
    insert(submission_versions)
    .from_select(
        ["submission_id", "number", *_VERSION_COLUMNS],
        select(
            _written.c.submission_id,
            bindparam("number", type_=Integer),
            *(bindparam(name, type_=submission_versions.c[name].type) for name in _VERSION_COLUMNS),
        ),
    )
    .returning(submission_versions.c.submission_id)
    .cte("version_written")
)
_PUT_VERSION = Stroke(leaving_event(_version_written))
_WRITE_VERSION = select(_version_written.c.submission_id)

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
    found = await tx.connection.execute(_STANDING, {"wanted": obligation_id, "person": person, "key": key})
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


async def put_version(strokes: Strokes, new: SubmissionVersion, *, after: int, telling: SubmissionSubmitted) -> bool:
    """Write a version, the submission it belongs to and the event; say whether the submission was at version `after`.

    `after` is 0 where there was no submission. When it had moved on, nothing was written: read again and decide anew.
    Raises `KeyReused` when the key was used for another obligation at this very moment.
    """
    try:
        told = await strokes.tell(
            _PUT_VERSION,
            telling,
            new_submission_id=new.submission_id,
            obligation_id=new.obligation_id,
            seen_version=after,
            number=new.number,
            version=new.version,
            submitted_by=new.submitted_by,
            submitted_at=new.submitted_at,
            idempotency_key=new.idempotency_key,
            request_digest=new.request_digest,
            is_late=new.is_late,
            is_nil=new.is_nil,
            stated=json.dumps([each.row for each in new.values], ensure_ascii=False),
            narrative=json.dumps(new.narrative, ensure_ascii=False),
            media_ids=new.media_ids,
            draft_version=new.draft_version,
            explanations=json.dumps(new.explanations, ensure_ascii=False) if new.explanations else None,
            remarks=json.dumps(new.remarks, ensure_ascii=False) if new.remarks else None,
            media_awaited_until=new.media_awaited_until,
            is_media_late=new.is_media_late,
            consolidates=json.dumps([each.row for each in new.consolidates]) if new.consolidates else None,
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == ONE_PER_KEY:
            raise key_reused() from error
        raise
    return told is not None


async def write_version(tx: Transaction, new: SubmissionVersion, *, after: int) -> bool:
    """Write a version and the submission it belongs to, as `put_version` does, in a transaction that is open.

    What is told of it is left to the caller.
    """
    values = {name: getattr(new, name) for name in _VERSION_COLUMNS if name not in _LISTS}
    about = {"new_submission_id": new.submission_id, "obligation_id": new.obligation_id, "seen_version": after}
    try:
        written = await tx.connection.execute(_WRITE_VERSION, values | about | lists_of(new) | {"number": new.number})
    except IntegrityError as error:
        # The driver's own error is behind the one SQLAlchemy makes of it.
        if getattr(error.orig.__cause__ if error.orig else None, "constraint_name", None) == ONE_PER_KEY:
            raise key_reused() from error
        raise
    return written.one_or_none() is not None


def lists_of(version: SubmissionVersion) -> dict[str, list[Any] | None]:
    """Return what a version has many of, as it is kept in one column each."""
    return {
        "stated": [list(each.row) for each in version.values],
        "explanations": [list(each) for each in version.explanations] or None,
        "remarks": [list(each) for each in version.remarks] or None,
        "consolidates": [each.row for each in version.consolidates] or None,
    }


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


def submission_of(row: Mapping[Any, Any]) -> Submission:
    """Return the submission a row speaks of, whichever of the two ways to PostgreSQL it came by."""
    return Submission(
        id=row["submission_id"],
        obligation_id=row["obligation_id"],
        state=row["state"],
        version=row["submission_version"],
        number=row["number"],
        carried_to=row["carried_to"],
        due_again_at=row["due_again_at"],
        was_late=row["was_late"],
        reopened_until=row["reopened_until"],
    )


def version_of(row: Row[*tuple[Any, ...]], submission: Submission) -> SubmissionVersion:
    """Return the version a row of `submission_versions` holds."""
    review = None
    if row.outcome is not None:
        reasons = tuple(FieldReason(*each) for each in row.reasons or ())
        review = Review(row.outcome, row.reason, row.reviewed_by, row.reviewed_at, reasons)
    return SubmissionVersion(
        submission_id=row.submission_id,
        obligation_id=submission.obligation_id,
        number=row.number,
        version=row.version,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        idempotency_key=row.idempotency_key,
        request_digest=row.request_digest,
        is_late=row.is_late,
        is_nil=row.is_nil,
        values=[Stated(*each) for each in row.stated],
        narrative=row.narrative,
        media_ids=row.media_ids,
        draft_version=row.draft_version,
        explanations=[Explanation(*each) for each in row.explanations or ()],
        remarks=[Remark(*each) for each in row.remarks or ()],
        media_awaited_until=row.media_awaited_until,
        is_media_late=row.is_media_late,
        consolidates=[consolidated_of(each) for each in row.consolidates or ()],
        review=review,
    )
