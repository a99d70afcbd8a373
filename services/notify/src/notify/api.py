"""The front door of notify: everyone's own inbox."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotSignedIn
from chassis.transaction import OpenTransaction
from notify import operations
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
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> InboxOut:
    """Answer the caller's own letters, newest first."""
    inbox = await operations.list_letters(tx, unread_only=unread_only, before=before, limit=limit, by=caller)
    return InboxOut(letters=[_out(letter) for letter in inbox.letters], unread_count=inbox.unread_count)


@router.post("/{letter_id}/read", responses=may_raise(NotSignedIn, NoSuchLetter, Malformed))
async def read_letter(letter_id: UUID, tx: OpenTransaction, caller: Calling) -> LetterOut:
    """Note that a letter was read."""
    return _out(await operations.read_letter(tx, letter_id=letter_id, by=caller))


def _out(letter: Letter) -> LetterOut:
    return LetterOut(
        letter_id=letter.letter_id,
        kind=letter.kind,
        **asdict(letter.text),
        directive_id=letter.directive_id,
        obligation_id=letter.obligation_id,
        created_at=letter.created_at,
        read_at=letter.read_at,
    )
