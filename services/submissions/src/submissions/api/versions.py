"""A submission with all its versions, as it is shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from submissions.api.kinds import DelegateOut, OfficialOut
from submissions.api.remarks import ConsolidatedOut, ExplanationOut, RemarkOut
from submissions.domain.media import Media
from submissions.domain.submission import Submission, SubmissionVersion, receipt_code
from submissions.operations.reading import WholeSubmission


class SubmissionOut(BaseModel):
    """Where a submission stands."""

    submission_id: UUID
    obligation_id: UUID
    state: str
    number: int
    version: int
    due_again_at: datetime | None
    """By when what was returned is due revised, and taken in any case."""
    reopened_until: datetime | None
    """Until when one more version is taken by permission."""

    @classmethod
    def of(cls, submission: Submission) -> "SubmissionOut":
        """Return the submission as it is shown."""
        return cls(
            submission_id=submission.id,
            obligation_id=submission.obligation_id,
            state=submission.state,
            number=submission.number,
            version=submission.version,
            due_again_at=submission.due_again_at,
            reopened_until=submission.reopened_until,
        )


class FieldReasonOut(BaseModel):
    """Why one field or file must be revised."""

    field: str
    reason: str


class ReviewOut(BaseModel):
    """What was decided about a version."""

    outcome: str
    reason: str | None
    fields: list[FieldReasonOut]
    reviewed_by: UUID
    reviewed_at: datetime


class StatedOut(BaseModel):
    """One figure as it was stated."""

    indicator: str
    period: str
    value: bool | int
    level: str | None


class NamedMediaOut(BaseModel):
    """A file a version names."""

    media_id: UUID
    state: str
    file_name: str
    byte_count: int
    duration_ms: int | None
    format: str | None
    sha256: str | None
    """Of a document or a photograph: of the whole file as it lies in the store, in hex."""
    looks_like_pupils: bool


class VersionOut(BaseModel):
    """One answer as it was sent."""

    number: int
    submitted_by: UUID
    submitted_at: datetime
    receipt_code: str
    digest: str
    is_late: bool
    nil: bool
    values: list[StatedOut]
    narrative: dict[str, Any]
    media: list[NamedMediaOut]
    delegates: list[DelegateOut]
    document: OfficialOut | None
    signed_file: NamedMediaOut | None
    """The file behind `document.signed_media_id`."""
    explanations: list[ExplanationOut]
    consolidates: list[ConsolidatedOut]
    """Which units stand behind the figures it adds up."""
    remarks: list[RemarkOut]
    """What the sender was told when they sent it."""
    media_awaited_until: datetime | None
    """Until when files it asks for may follow; null: it has all."""
    is_media_late: bool
    review: ReviewOut | None


class CarriedFromOut(BaseModel):
    """The submission of a replaced directive that this one was made of."""

    submission_id: UUID
    obligation_id: UUID


class WholeSubmissionOut(SubmissionOut):
    """A submission with all its versions, the first one first."""

    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    carried_to: UUID | None
    """The submission that was made of this one when its directive was replaced."""
    carried_from: CarriedFromOut | None
    versions: list[VersionOut]


def shown(whole: WholeSubmission) -> WholeSubmissionOut:
    """Return a submission as it is shown."""
    obligation = whole.obligation
    return WholeSubmissionOut(
        **SubmissionOut.of(whole.submission).model_dump(),
        directive_id=obligation.directive_id,
        requirement_id=obligation.requirement_id,
        issuer_unit_id=obligation.issuer_unit_id,
        unit_id=obligation.unit_id,
        answering_unit_id=obligation.answering_unit_id,
        due_at=obligation.due_at,
        carried_to=whole.submission.carried_to,
        carried_from=_origin(whole.origin),
        versions=[_version_shown(version, whole) for version in whole.versions],
    )


def _origin(origin: Submission | None) -> CarriedFromOut | None:
    return None if origin is None else CarriedFromOut(submission_id=origin.id, obligation_id=origin.obligation_id)


def _named(media: Media) -> NamedMediaOut:
    return NamedMediaOut(
        media_id=media.id,
        state=media.state,
        file_name=media.file_name,
        byte_count=media.byte_count,
        duration_ms=media.duration_ms,
        format=media.format,
        sha256=media.sha256,
        looks_like_pupils=media.looks_like_pupils,
    )


def _version_shown(version: SubmissionVersion, whole: WholeSubmission) -> VersionOut:
    review = version.review
    files = [whole.media[media_id] for media_id in version.media_ids]
    official = whole.documents.get(version.number)
    signed = whole.media.get(official.signed_media_id) if official and official.signed_media_id else None
    return VersionOut(
        number=version.number,
        submitted_by=version.submitted_by,
        submitted_at=version.submitted_at,
        receipt_code=receipt_code(version.submission_id, version.number, version.request_digest),
        digest=version.request_digest.hex(),
        is_late=version.is_late,
        nil=version.is_nil,
        values=[
            StatedOut(indicator=each.indicator, period=each.period, value=each.value, level=each.level or None)
            for each in version.values
        ],
        narrative=dict(version.narrative),
        media=[_named(each) for each in files],
        delegates=[DelegateOut(**each._asdict()) for each in whole.delegates.get(version.number, ())],
        document=None if official is None else OfficialOut.model_validate(official),
        signed_file=None if signed is None else _named(signed),
        explanations=[ExplanationOut(**each._asdict()) for each in version.explanations],
        consolidates=[ConsolidatedOut.of(each, whole.quoted) for each in version.consolidates],
        remarks=[RemarkOut.of(each) for each in version.remarks],
        media_awaited_until=version.media_awaited_until,
        is_media_late=version.is_media_late,
        review=None
        if review is None
        else ReviewOut(
            outcome=review.outcome,
            reason=review.reason,
            fields=[FieldReasonOut(field=each.field, reason=each.reason) for each in review.reasons],
            reviewed_by=review.reviewed_by,
            reviewed_at=review.reviewed_at,
        ),
    )
