"""The front door for what becomes of a file for the sake of people: declared, withdrawn, held, and who looked at it."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from submissions.api.files import OurArchive
from submissions.api.media import DeclarationOut
from submissions.domain.declaration import Declaration, Scope
from submissions.operations import declaring, retaining, withdrawing
from submissions.problems import ConsentMissing, UploadOver

router = APIRouter(tags=["files"])


class DeclarationIn(BaseModel):
    """What the unit declares. There is no field for a list of pupils: nobody here needs one."""

    model_config = ConfigDict(extra="forbid")

    is_pupil_identifiable: bool
    scope: Scope = "internal_review"
    has_consent_of_pupils: bool = False
    has_consent_of_representatives: bool = False
    obtained_on: date | None = None
    evidence: Annotated[Line, Field(max_length=200)] | None = None


class WithdrawalIn(BaseModel):
    """Why a file is withdrawn; who may see the file may read it, nobody else is told."""

    model_config = ConfigDict(extra="forbid")

    reason: Line


class HoldIn(BaseModel):
    """Why a file must be kept."""

    model_config = ConfigDict(extra="forbid")

    reason: Line


class HoldOut(BaseModel):
    """Whether the file is kept whatever the rule says."""

    media_id: UUID
    held_at: datetime | None
    reason: str | None
    lock: str | None
    """`locked`: the store itself keeps a copy; `wanted`: it is about to; `not-offered`: it cannot."""


class WithdrawnOut(BaseModel):
    """The file is shown to nobody any more."""

    media_id: UUID
    state: str
    withdrawn_at: datetime | None


class ViewOut(BaseModel):
    """Somebody was let look at the file."""

    person_id: UUID
    purpose: str
    viewed_at: datetime


class ViewsOut(BaseModel):
    """Who was let look at the file, newest first."""

    views: list[ViewOut]


@router.put(
    "/media/{media_id}/declaration",
    responses=may_raise(ConsentMissing, UploadOver, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def declare(media_id: UUID, body: DeclarationIn, tx: OpenTransaction, caller: Calling) -> DeclarationOut:
    """Declare which children can be recognised in a file, and who agreed to what. Without it: internal review only."""
    declared = Declaration(number=0, declared_by=caller.id, declared_at=datetime.now(UTC), **body.model_dump())
    return DeclarationOut.of(await declaring.declare(tx, media_id=media_id, declared=declared, by=caller))


@router.post(
    "/media/{media_id}/withdraw", responses=may_raise(UploadOver, Malformed, NotFound, NotAllowed, NotSignedIn)
)
async def withdraw(media_id: UUID, body: WithdrawalIn, archive: OurArchive, caller: Calling) -> WithdrawnOut:
    """Hide a file from everybody, at once and for good; that it was there stays on record."""
    media = await withdrawing.withdraw(archive, media_id=media_id, reason=body.reason, by=caller)
    return WithdrawnOut(media_id=media.id, state=media.state, withdrawn_at=media.withdrawn_at)


@router.get("/media/{media_id}/views", responses=may_raise(NotFound, NotSignedIn))
async def read_views(media_id: UUID, tx: OpenTransaction, caller: Calling) -> ViewsOut:
    """Show who was let look at a file."""
    views = await declaring.read_views(tx, media_id=media_id, by=caller)
    return ViewsOut(views=[ViewOut(person_id=v.person_id, purpose=v.purpose, viewed_at=v.viewed_at) for v in views])


@router.put("/media/{media_id}/hold", responses=may_raise(UploadOver, Malformed, NotFound, NotAllowed, NotSignedIn))
async def hold(media_id: UUID, body: HoldIn, archive: OurArchive, caller: Calling) -> HoldOut:
    """Keep a file whatever the rule says, as long as somebody has to answer for it."""
    media = await retaining.hold(archive, media_id=media_id, reason=body.reason, by=caller)
    return HoldOut(media_id=media.id, held_at=media.held_at, reason=media.hold_reason, lock=media.lock)


@router.delete("/media/{media_id}/hold", responses=may_raise(NotFound, NotAllowed, NotSignedIn))
async def let_go(media_id: UUID, archive: OurArchive, caller: Calling) -> HoldOut:
    """Let the rule decide again how long a file is kept."""
    media = await retaining.let_go(archive, media_id=media_id, by=caller)
    return HoldOut(media_id=media.id, held_at=media.held_at, reason=media.hold_reason, lock=media.lock)
