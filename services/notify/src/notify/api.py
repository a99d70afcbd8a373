"""The front door of notify: everyone's own inbox."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from chassis.frame import Frame
from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotSignedIn
from chassis.transaction import OpenTransaction
from notify import operations, streaming
from notify.bell import Bell, TooManyListeners
from notify.domain import Kind, Letter
from notify.problems import NoSuchLetter

router = APIRouter(prefix="/letters", tags=["letters"])


class LetterOut(BaseModel):
    """A letter, in Vietnamese and in English."""

    letter_id: UUID
    kind: Kind
    subject_vi: str
    body_vi: str
    subject_en: str
    body_en: str
    directive_id: UUID | None
    """Null when the letter is about the house itself."""
    obligation_id: UUID | None
    """Null when the letter is about the directive as a whole."""
    created_at: datetime
    read_at: datetime | None


class InboxOut(BaseModel):
    """A page of the caller's inbox, newest first."""

    letters: list[LetterOut]
    unread_count: int


@router.get("", responses=may_raise(NotSignedIn, NoSuchLetter, Malformed))
async def list_letters(
    tx: OpenTransaction,
    caller: Calling,
    *,
    unread_only: bool = False,
    before: Annotated[UUID | None, Query(description="the last letter of the page before")] = None,
    limit: Annotated[int, Query(ge=0, le=200, description="0: only how many are unread")] = 50,
) -> InboxOut:
    """Answer the caller's own letters, newest first."""
    inbox = await operations.list_letters(tx, unread_only=unread_only, before=before, limit=limit, by=caller)
    return InboxOut(letters=[_out(letter) for letter in inbox.letters], unread_count=inbox.unread_count)


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses=may_raise(NotSignedIn, Malformed, TooManyListeners),
)
async def stream_letters(
    request: Request, caller: Calling, last_event_id: Annotated[UUID | None, Header()] = None
) -> StreamingResponse:
    """Send the caller's letters as they are written, as server-sent events, and how many are unread.

    The id of each is its letter's: a client that lost the line sends the last back in `Last-Event-ID`, as browsers do,
    and is told what came since; a letter may come twice. The stream ends when the token does.
    """
    frame: Frame = request.app.state.frame
    bell: Bell = request.app.state.bell
    bell.check_has_room()  # while an answer can still say so
    lines = streaming.stream(
        frame.transactions,
        bell,
        streaming.holder_of(frame.keys, request.headers["authorization"].partition(" ")[2]),
        since=await streaming.start_of(frame.transactions, caller, last_event_id),
        seen=last_event_id,
        out=lambda letter: _out(letter).model_dump_json(),
    )
    return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.post("/{letter_id}/read", responses=may_raise(NotSignedIn, NoSuchLetter, Malformed))
async def read_letter(letter_id: UUID, tx: OpenTransaction, caller: Calling) -> LetterOut:
    """Note that a letter was read."""
    return _out(await operations.read_letter(tx, letter_id=letter_id, by=caller))


def _out(letter: Letter) -> LetterOut:
    return LetterOut(
        letter_id=letter.letter_id,
        kind=letter.kind,
        subject_vi=letter.text.subject_vi,
        body_vi=letter.text.body_vi,
        subject_en=letter.text.subject_en,
        body_en=letter.text.body_en,
        directive_id=letter.directive_id,
        obligation_id=letter.obligation_id,
        created_at=letter.created_at,
        read_at=letter.read_at,
    )
