"""The front door for answers: submit, return, accept, read."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable
from chassis.straight import StraightRoute
from chassis.text import IndicatorCode, Narrative, Period, composed
from chassis.transaction import OpenTransaction
from submissions.api.kinds import DelegateIn, OfficialIn
from submissions.api.remarks import ConsolidatedIn, ExplanationIn
from submissions.api.versions import SubmissionOut, WholeSubmissionOut, shown
from submissions.domain.answer import LARGEST, Answer, Stated
from submissions.domain.document import Official
from submissions.domain.registration import MOST_DELEGATES, Delegate
from submissions.domain.submission import FieldReason, Receipt
from submissions.operations import following, reading, reviewing, submitting
from submissions.operations.following import Following
from submissions.problems import (
    AlreadyAccepted,
    ApprovalNeeded,
    CarriedOver,
    Closed,
    ExplanationNeeded,
    FieldsNotTaken,
    KeyReused,
    MediaAwaited,
    MediaNotReady,
    NothingAwaited,
    NotNow,
    NotOwed,
    PlacesTaken,
    Superseded,
    ValuesNotValid,
)

router = APIRouter(tags=["answers"])
receiving = APIRouter(tags=["answers"], route_class=StraightRoute)
"""Of the one address a whole province calls within an hour."""

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
    explanations: list[ExplanationIn] = Field(default_factory=list, max_length=500)
    consolidates: list[ConsolidatedIn] = Field(default_factory=list, max_length=500)

    def answer(self) -> Answer:
        """Return the answer in the domain's words."""
        return Answer(
            values=tuple(Stated(each.indicator, each.period, each.value, each.level or "") for each in self.values),
            narrative=self.narrative,
            media_ids=tuple(self.media_ids),
            is_nil=self.nil,
            delegates=tuple(Delegate(each.full_name, each.role, each.subject, each.unit_id) for each in self.delegates),
            document=Official(**self.document.model_dump()) if self.document else None,
            explanations=tuple(each.explanation() for each in self.explanations),
            consolidates=tuple(each.consolidated() for each in self.consolidates),
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


@receiving.post(
    "/obligations/{obligation_id}/submissions",
    status_code=201,
    responses=may_raise(
        ValuesNotValid,
        ExplanationNeeded,
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


class FollowingIn(BaseModel):
    """Files that follow the version you have seen."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(strict=True, ge=1)]
    media_ids: list[UUID] = Field(min_length=1, max_length=100)


@router.post(
    "/submissions/{submission_id}/media",
    status_code=201,
    responses=may_raise(
        NothingAwaited,
        Superseded,
        ValuesNotValid,
        MediaNotReady,
        ApprovalNeeded,
        AlreadyAccepted,
        CarriedOver,
        Closed,
        NotOwed,
        KeyReused,
        Malformed,
        NotFound,
        NotAllowed,
        NotSignedIn,
        Unavailable,
    ),
)
async def follow(
    submission_id: UUID,
    body: FollowingIn,
    key: IdempotencyKey,
    response: Response,
    tx: OpenTransaction,
    caller: Calling,
) -> ReceiptOut:
    """Let files follow an answer that awaits them; they make its next version, which says all else as before."""
    sent = Following(body.number, body.media_ids, key)
    receipt, is_replay = await following.follow(tx, submission_id=submission_id, sent=sent, by=caller)
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
    responses=may_raise(NotNow, Superseded, MediaAwaited, CarriedOver, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def accept_submission(submission_id: UUID, body: AcceptIn, tx: OpenTransaction, caller: Calling) -> SubmissionOut:
    """Accept the newest version."""
    return SubmissionOut.of(
        await reviewing.accept_submission(tx, submission_id=submission_id, number=body.number, by=caller)
    )


@router.get("/submissions/{submission_id}", responses=may_raise(NotFound, NotSignedIn))
async def read_submission(submission_id: UUID, tx: OpenTransaction, caller: Calling) -> WholeSubmissionOut:
    """Show a submission with all its versions and reviews."""
    return shown(await reading.read_submission(tx, submission_id=submission_id, by=caller))


@router.get("/obligations/{obligation_id}/submission", responses=may_raise(NotFound, NotSignedIn))
async def read_submission_of(obligation_id: UUID, tx: OpenTransaction, caller: Calling) -> WholeSubmissionOut:
    """Show the submission that answers an obligation."""
    return shown(await reading.read_submission_of(tx, obligation_id=obligation_id, by=caller))
