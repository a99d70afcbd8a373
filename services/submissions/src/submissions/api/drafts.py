"""The front door for drafts: read, save field by field, submit."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable
from chassis.text import Narrative, composed
from chassis.transaction import OpenTransaction
from submissions.api.answers import REPLAY_HEADER, IdempotencyKey, ReceiptOut, Text, Whole
from submissions.api.remarks import RemarkOut
from submissions.domain.draft import Draft, StepKind
from submissions.operations import approving, drafting
from submissions.operations.drafting import DraftStanding
from submissions.problems import (
    AlreadyAccepted,
    ApprovalNeeded,
    Closed,
    DraftConflict,
    DraftMovedOn,
    ExplanationNeeded,
    FieldsNotTaken,
    KeyReused,
    MediaNotReady,
    NotHandedUp,
    NotOwed,
    ValuesNotValid,
)

router = APIRouter(tags=["drafts"])

FieldName = Annotated[str, StringConstraints(min_length=1, max_length=250), AfterValidator(composed)]
Seen = Annotated[
    str,
    Header(
        alias="If-Match",
        pattern=r'^"[0-9]{1,15}"$',
        description='the version of the draft you have seen, as its `ETag` says it; `"0"`: none yet',
    ),
]


class ChangesIn(BaseModel):
    """What some fields are to hold; null clears one."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[FieldName, StrictBool | Whole | Text | list[Text] | None] = Field(min_length=1, max_length=5000)


class FieldOut(BaseModel):
    """What a field holds, and who made it so."""

    content: bool | int | str | list[str] | None
    version: int
    saved_by: UUID
    saved_at: datetime


class FaultOut(BaseModel):
    """What keeps the draft from being sent; `field` is null where no single one is at fault."""

    field: str | None
    indicator: str | None
    what_vi: str
    what_en: str


class DraftRemarkOut(RemarkOut):
    """Something about one figure that whoever sends the draft is told; `field` is where it stands."""

    field: str | None


class StepOut(BaseModel):
    """What the unit itself did with this version: `handed_up`, `approved` or `sent_back`, and why."""

    kind: StepKind
    by: UUID
    at: datetime
    reason: str | None


class DraftOut(BaseModel):
    """A draft, or of one that was just changed the fields that are newer than what was seen."""

    obligation_id: UUID
    version: int
    fields: dict[str, FieldOut]
    errors: list[FaultOut]
    warnings: list[DraftRemarkOut]
    """What it may be sent with, some of it only with an explanation: a field `explanations/<indicator>/<period>`."""
    step: StepOut | None
    """Null: this version waits for nobody and nobody has approved it."""

    @classmethod
    def of(cls, standing: DraftStanding, *, since: int = -1) -> "DraftOut":
        """Return the draft as it is shown: the fields that are newer than `since`."""
        return cls(
            obligation_id=standing.draft.obligation_id,
            version=standing.draft.version,
            fields={
                name: FieldOut(
                    content=each.content, version=each.version, saved_by=each.saved_by, saved_at=each.saved_at
                )
                for name, each in standing.draft.since(since).items()
            },
            errors=[
                FaultOut(field=field, indicator=fault.indicator, what_vi=fault.what_vi, what_en=fault.what_en)
                for field, fault in standing.faults
            ],
            warnings=[DraftRemarkOut(field=field, **each._asdict()) for field, each in standing.remarks],
            step=_step(standing.draft),
        )


class SendBackIn(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Narrative, Field(min_length=1)]


class SteppedOut(BaseModel):
    """A draft and what the unit did with this version of it."""

    obligation_id: UUID
    version: int
    step: StepOut | None


@router.get(
    "/obligations/{obligation_id}/draft",
    responses=may_raise(Malformed, NotFound, NotAllowed, NotSignedIn, Unavailable),
)
async def read_draft(obligation_id: UUID, response: Response, tx: OpenTransaction, caller: Calling) -> DraftOut:
    """Show the unit's draft and what keeps it from being sent; before anybody saved one, what was sent last."""
    standing = await drafting.read_draft(tx, obligation_id=obligation_id, by=caller)
    response.headers["ETag"] = draft_tag(standing)
    return DraftOut.of(standing)


@router.patch(
    "/obligations/{obligation_id}/draft",
    responses=may_raise(
        FieldsNotTaken, DraftConflict, NotOwed, Malformed, NotFound, NotAllowed, NotSignedIn, Unavailable
    ),
)
async def save_fields(
    obligation_id: UUID, body: ChangesIn, seen: Seen, response: Response, tx: OpenTransaction, caller: Calling
) -> DraftOut:
    """Save fields of the draft; `fields` of the answer are those that are newer than what you have seen, yours too.

    Fields that colleagues changed meanwhile stay as they made them. Where they changed one of yours to something else,
    nothing is saved and both are shown.
    """
    version = draft_version(seen)
    standing = await drafting.save_fields(tx, obligation_id=obligation_id, changes=body.fields, seen=version, by=caller)
    response.headers["ETag"] = draft_tag(standing)
    return DraftOut.of(standing, since=version)


@router.post(
    "/obligations/{obligation_id}/draft/submission",
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
        DraftMovedOn,
        Malformed,
        NotFound,
        NotAllowed,
        NotSignedIn,
        Unavailable,
    ),
)
async def submit_draft(
    obligation_id: UUID, seen: Seen, key: IdempotencyKey, request: Request, response: Response, caller: Calling
) -> ReceiptOut:
    """Send the draft as you have seen it. Answered after the commit, and the same again under the same key."""
    receipt, is_replay = await drafting.submit_draft(
        request.app.state.frame.strokes,
        request.app.state.frame.transactions,
        request.app.state.rules,
        obligation_id=obligation_id,
        seen=draft_version(seen),
        key=key,
        by=caller,
    )
    if is_replay:
        response.headers[REPLAY_HEADER] = "true"
    return ReceiptOut.of(receipt)


_STEP_PROBLEMS = may_raise(DraftMovedOn, NotOwed, Malformed, NotFound, NotAllowed, NotSignedIn)


@router.post("/obligations/{obligation_id}/draft/hand-up", responses=_STEP_PROBLEMS)
async def hand_up(obligation_id: UUID, seen: Seen, tx: OpenTransaction, caller: Calling) -> SteppedOut:
    """Ask the head of the unit to approve the draft as you have seen it."""
    return _stepped(await approving.hand_up(tx, obligation_id=obligation_id, seen=draft_version(seen), by=caller))


@router.post("/obligations/{obligation_id}/draft/approve", responses=_STEP_PROBLEMS)
async def approve(obligation_id: UUID, seen: Seen, tx: OpenTransaction, caller: Calling) -> SteppedOut:
    """Agree that the draft is sent as you have seen it."""
    return _stepped(await approving.approve(tx, obligation_id=obligation_id, seen=draft_version(seen), by=caller))


@router.post(
    "/obligations/{obligation_id}/draft/send-back",
    responses=may_raise(DraftMovedOn, NotHandedUp, NotOwed, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def send_back(
    obligation_id: UUID, body: SendBackIn, seen: Seen, tx: OpenTransaction, caller: Calling
) -> SteppedOut:
    """Want the draft changed, and say why."""
    sent_back = await approving.send_back(
        tx, obligation_id=obligation_id, seen=draft_version(seen), reason=body.reason, by=caller
    )
    return _stepped(sent_back)


def _stepped(draft: Draft) -> SteppedOut:
    return SteppedOut(obligation_id=draft.obligation_id, version=draft.version, step=_step(draft))


def _step(draft: Draft) -> StepOut | None:
    step = draft.step
    return None if step is None else StepOut(kind=step.kind, by=step.by, at=step.at, reason=step.reason)


def draft_version(tag: str) -> int:
    """Return the version an `If-Match` names."""
    return int(tag.strip('"'))


def draft_tag(standing: DraftStanding) -> str:
    """Return the `ETag` of a draft."""
    return f'"{standing.draft.version}"'
