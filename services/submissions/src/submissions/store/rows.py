"""Rows of submissions and their versions, and what they speak of."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from submissions.domain.answer import Explanation, Stated
from submissions.domain.consolidated import consolidated_of
from submissions.domain.fault import Remark
from submissions.domain.submission import FieldReason, Review, Submission, SubmissionVersion
from submissions.tables import submissions

SUBMISSION_COLUMNS = [
    submissions.c.submission_id,
    submissions.c.state,
    submissions.c.version.label("submission_version"),
    submissions.c.number,
    *submissions.c["carried_to", "due_again_at", "was_late", "reopened_until"],
]


def lists_of(version: SubmissionVersion) -> dict[str, list[Any] | None]:
    """Return what a version has many of, as it is kept in one column each."""
    return {
        "stated": [list(each.row) for each in version.values],
        "explanations": [list(each) for each in version.explanations] or None,
        "remarks": [list(each) for each in version.remarks] or None,
        "consolidates": [each.row for each in version.consolidates] or None,
    }


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
