"""The front door for corrections: what was accepted or closed is sent once more, by permission."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn
from chassis.text import Narrative
from chassis.transaction import OpenTransaction
from submissions.domain.correction import Correction
from submissions.operations import correcting
from submissions.problems import AskedAlready, CarriedOver, DecidedAlready, NoNeedToAsk, NotLater, NotOwed

router = APIRouter(tags=["reviews"])

Words = Annotated[Narrative, Field(min_length=1)]


class ReasonIn(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class GrantIn(BaseModel):
    """Until when one more version is taken."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime


class CorrectionOut(BaseModel):
    """What a unit asks to correct, and what was decided; `answer` is why it was refused."""

    correction_id: UUID
    submission_id: UUID
    reason: str
    asked_by: UUID
    asked_at: datetime
    outcome: Literal["granted", "refused"] | None
    answer: str | None
    granted_until: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None

    @classmethod
    def of(cls, correction: Correction) -> "CorrectionOut":
        """Return the correction as it is shown."""
        return cls(
            correction_id=correction.id,
            submission_id=correction.submission_id,
            reason=correction.reason,
            asked_by=correction.asked_by,
            asked_at=correction.asked_at,
            outcome=correction.outcome,
            answer=correction.answer,
            granted_until=correction.granted_until,
            decided_by=correction.decided_by,
            decided_at=correction.decided_at,
        )


class CorrectionsOut(BaseModel):
    """What was asked to correct, the first first."""

    corrections: list[CorrectionOut]


class WaitingOut(CorrectionOut):
    """What a unit asks to correct and nobody decided yet, with what it is about."""

    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str


class WaitingsOut(BaseModel):
    """What waits for a decision, the longest first."""

    corrections: list[WaitingOut]


@router.get("/corrections", responses=may_raise(NotSignedIn))
async def read_waiting(tx: OpenTransaction, caller: Calling) -> WaitingsOut:
    """List what units ask to correct and you may decide."""
    return WaitingsOut(
        corrections=[
            WaitingOut(
                **CorrectionOut.of(correction).model_dump(),
                obligation_id=obligation.id,
                directive_id=obligation.directive_id,
                requirement_id=obligation.requirement_id,
                unit_id=obligation.unit_id,
                answering_unit_id=obligation.answering_unit_id,
            )
            for correction, obligation in await correcting.read_waiting(tx, by=caller)
        ]
    )


@router.post(
    "/submissions/{submission_id}/corrections",
    status_code=201,
    responses=may_raise(NoNeedToAsk, AskedAlready, CarriedOver, NotOwed, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def ask_to_correct(submission_id: UUID, body: ReasonIn, tx: OpenTransaction, caller: Calling) -> CorrectionOut:
    """Ask for permission to send one more version of what was accepted or closed."""
    return CorrectionOut.of(
        await correcting.ask_to_correct(tx, submission_id=submission_id, reason=body.reason, by=caller)
    )


@router.get("/submissions/{submission_id}/corrections", responses=may_raise(Malformed, NotFound, NotSignedIn))
async def read_corrections(submission_id: UUID, tx: OpenTransaction, caller: Calling) -> CorrectionsOut:
    """Show what was asked to correct, and what was decided."""
    found = await correcting.read_corrections(tx, submission_id=submission_id, by=caller)
    return CorrectionsOut(corrections=[CorrectionOut.of(each) for each in found])


@router.post(
    "/corrections/{correction_id}/grant",
    responses=may_raise(DecidedAlready, NotLater, CarriedOver, NotOwed, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def grant(correction_id: UUID, body: GrantIn, tx: OpenTransaction, caller: Calling) -> CorrectionOut:
    """Let the unit send one more version; what stands counts until it is sent."""
    return CorrectionOut.of(await correcting.grant(tx, correction_id=correction_id, until=body.until, by=caller))


@router.post(
    "/corrections/{correction_id}/refuse",
    responses=may_raise(DecidedAlready, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def refuse(correction_id: UUID, body: ReasonIn, tx: OpenTransaction, caller: Calling) -> CorrectionOut:
    """Leave what was submitted as it is."""
    return CorrectionOut.of(await correcting.refuse(tx, correction_id=correction_id, reason=body.reason, by=caller))
