"""The front door for answers: submit, return, accept, read."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable
from chassis.text import IndicatorCode, Narrative, Period, composed
from chassis.transaction import OpenTransaction
from submissions.api.kinds import DelegateIn, DelegateOut, OfficialIn, OfficialOut
from submissions.domain.answer import LARGEST, Answer, Stated
from submissions.domain.document import Official
from submissions.domain.registration import MOST_DELEGATES, Delegate
from submissions.domain.submission import FieldReason, Receipt, Submission, SubmissionVersion, receipt_code
from submissions.operations import reading, reviewing, submitting
from submissions.operations.reading import WholeSubmission
from submissions.problems import (
    AlreadyAccepted,
    ApprovalNeeded,
    CarriedOver,
    Closed,
    FieldsNotTaken,
    KeyReused,
    MediaNotReady,
    NotNow,
    NotOwed,
    PlacesTaken,
    Superseded,
    ValuesNotValid,
)

router = APIRouter(tags=["answers"])

Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(composed)]
"""How long it may be, the rules of the requirement say, together with all else that is wrong."""
SectionCode = Annotated[str, StringConstraints(min_length=1, max_length=100)]
EducationLevel = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Whole = Annotated[int, Field(strict=True, ge=-LARGEST - 1, le=LARGEST)]
"""A whole number of 64 bits: neither 1.0 nor true."""
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{8,200}$",
        description="names this request of yours; the same key with the same body is answered as the first time",
    ),
]
REPLAY_HEADER = "Idempotent-Replay"


class StatedIn(BaseModel):
    """One figure."""

    model_config = ConfigDict(extra="forbid")

    indicator: IndicatorCode
    period: Period
    value: StrictBool | Whole
    level: EducationLevel | None = None
    """Of an indicator that is asked per level; which levels there are, the obligation says."""


class AnswerIn(BaseModel):
    """The answer to one obligation."""

    model_config = ConfigDict(extra="forbid")

    values: list[StatedIn] = Field(default_factory=list, max_length=5000)
    narrative: dict[SectionCode, Text | list[Text]] = Field(default_factory=dict)
    media_ids: list[UUID] = Field(default_factory=list, max_length=100)
    nil: StrictBool = False
    delegates: list[DelegateIn] = Field(default_factory=list, max_length=MOST_DELEGATES)
    document: OfficialIn | None = None

    def answer(self) -> Answer:
        """Return the answer in the domain's words."""
        return Answer(
            values=tuple(Stated(each.indicator, each.period, each.value, each.level or "") for each in self.values),
            narrative=self.narrative,
            media_ids=tuple(self.media_ids),
            is_nil=self.nil,
            delegates=tuple(Delegate(each.full_name, each.role, each.subject, each.unit_id) for each in self.delegates),
            document=Official(**self.document.model_dump()) if self.document else None,
        )


class ReceiptOut(BaseModel):
    """The receipt of an answer."""

    submission_id: UUID
    obligation_id: UUID
    number: int
    version: int
    state: str
    submitted_at: datetime
    receipt_code: str
    digest: str
    """The SHA-256 of what was sent, in hexadecimal digits: of its canonical JSON."""
    is_late: bool
    places_left: int | None
    """Of a registration: for how many more there is room."""

    @classmethod
    def of(cls, receipt: Receipt) -> "ReceiptOut":
        """Return the receipt as it is shown."""
        return cls(
            submission_id=receipt.submission_id,
            obligation_id=receipt.obligation_id,
            number=receipt.number,
            version=receipt.version,
            state=receipt.state,
            submitted_at=receipt.submitted_at,
            receipt_code=receipt.code,
            digest=receipt.request_digest.hex(),
            is_late=receipt.is_late,
            places_left=receipt.places_left,
        )


class FieldReasonIn(BaseModel):
    """Why one field or file must be revised; named as in a draft, a file as `media_ids/<id>`."""

    model_config = ConfigDict(extra="forbid")

    field: Annotated[str, StringConstraints(min_length=1, max_length=250)]
    reason: Annotated[Narrative, Field(min_length=1)]


class ReturnIn(BaseModel):
    """Which version goes back, and why: as a whole, and field by field."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(strict=True, ge=1)]
    reason: Annotated[Narrative, Field(min_length=1)]
    fields: list[FieldReasonIn] = Field(default_factory=list, max_length=500)


class AcceptIn(BaseModel):
    """Which version is accepted."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(strict=True, ge=1)]


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


@router.post(
    "/obligations/{obligation_id}/submissions",
    status_code=201,
    responses=may_raise(
        ValuesNotValid,
        MediaNotReady,
        ApprovalNeeded,
        AlreadyAccepted,
        Closed,
        NotOwed,
        KeyReused,
        PlacesTaken,
        Malformed,
        NotFound,
        NotAllowed,
        NotSignedIn,
        Unavailable,
    ),
)
async def submit(
    obligation_id: UUID,
    body: AnswerIn,
    key: IdempotencyKey,
    request: Request,
    response: Response,
    caller: Calling,
) -> ReceiptOut:
    """Send an answer; a later one replaces it until it is accepted. Answered after the commit."""
    receipt, is_replay = await submitting.submit(
        request.app.state.frame.strokes,
        request.app.state.frame.transactions,
        request.app.state.rules,
        obligation_id=obligation_id,
        answer=body.answer(),
        key=key,
        by=caller,
    )
    if is_replay:
        response.headers[REPLAY_HEADER] = "true"
    return ReceiptOut.of(receipt)


@router.post(
    "/submissions/{submission_id}/return",
    responses=may_raise(FieldsNotTaken, NotNow, Superseded, CarriedOver, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def return_submission(submission_id: UUID, body: ReturnIn, tx: OpenTransaction, caller: Calling) -> SubmissionOut:
    """Send the newest version back for revision."""
    returned = await reviewing.return_submission(
        tx,
        submission_id=submission_id,
        number=body.number,
        reason=body.reason,
        reasons=[FieldReason(each.field, each.reason) for each in body.fields],
        by=caller,
    )
    return SubmissionOut.of(returned)


@router.post(
    "/submissions/{submission_id}/accept",
    responses=may_raise(NotNow, Superseded, CarriedOver, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def accept_submission(submission_id: UUID, body: AcceptIn, tx: OpenTransaction, caller: Calling) -> SubmissionOut:
    """Accept the newest version."""
    return SubmissionOut.of(
        await reviewing.accept_submission(tx, submission_id=submission_id, number=body.number, by=caller)
    )


@router.get("/submissions/{submission_id}", responses=may_raise(NotFound, NotSignedIn))
async def read_submission(submission_id: UUID, tx: OpenTransaction, caller: Calling) -> WholeSubmissionOut:
    """Show a submission with all its versions and reviews."""
    return _shown(await reading.read_submission(tx, submission_id=submission_id, by=caller))


@router.get("/obligations/{obligation_id}/submission", responses=may_raise(NotFound, NotSignedIn))
async def read_submission_of(obligation_id: UUID, tx: OpenTransaction, caller: Calling) -> WholeSubmissionOut:
    """Show the submission that answers an obligation."""
    return _shown(await reading.read_submission_of(tx, obligation_id=obligation_id, by=caller))


def _shown(whole: WholeSubmission) -> WholeSubmissionOut:
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


def _version_shown(version: SubmissionVersion, whole: WholeSubmission) -> VersionOut:
    review = version.review
    files = [whole.media[media_id] for media_id in version.media_ids]
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
        media=[
            NamedMediaOut(
                media_id=each.id,
                state=each.state,
                file_name=each.file_name,
                byte_count=each.byte_count,
                duration_ms=each.duration_ms,
            )
            for each in files
        ],
        delegates=[DelegateOut(**each._asdict()) for each in whole.delegates.get(version.number, ())],
        document=OfficialOut.model_validate(official) if (official := whole.documents.get(version.number)) else None,
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
