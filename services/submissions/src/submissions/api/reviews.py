"""The front door for what happens around a review: withdraw, correct, look through, accept together, talk."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn
from chassis.text import Narrative
from chassis.transaction import OpenTransaction
from submissions.api.answers import AcceptIn
from submissions.api.drafts import FieldName
from submissions.api.versions import SubmissionOut
from submissions.domain.submission import State
from submissions.operations import correcting, discussing, reviewing
from submissions.problems import (
    AlreadyAccepted,
    CarriedOver,
    Closed,
    NotNow,
    NotOwed,
    Superseded,
)
from submissions.store.reviews import Comment

router = APIRouter(tags=["reviews"])

Number = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
NumberAsked = Annotated[int, Query(ge=1, le=2**31 - 1)]
Words = Annotated[Narrative, Field(min_length=1)]
MOST_TOGETHER = 500
"""So many may be accepted in one transaction; what is more is sent again."""


class ChosenIn(BaseModel):
    """A version that was looked at."""

    model_config = ConfigDict(extra="forbid")

    submission_id: UUID
    number: Number


class AcceptancesIn(BaseModel):
    """What is accepted together."""

    model_config = ConfigDict(extra="forbid")

    submissions: list[ChosenIn] = Field(min_length=1, max_length=MOST_TOGETHER)


class ExceptionOut(BaseModel):
    """What was not accepted, and why."""

    submission_id: UUID
    code: str
    what_vi: str
    what_en: str


class AcceptancesOut(BaseModel):
    """What was accepted, and what was not."""

    accepted: list[SubmissionOut]
    exceptions: list[ExceptionOut]


class ListedOut(BaseModel):
    """One submission in a list."""

    submission_id: UUID
    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    state: State
    number: int
    submitted_at: datetime
    is_late: bool
    is_nil: bool
    media_awaited_until: datetime | None
    is_media_late: bool
    is_unread: bool
    unread_comments: int
    asks_to_correct: bool


class ListOut(BaseModel):
    """Submissions in the order they first came in; `after` of the next page is the last one's id."""

    submissions: list[ListedOut]


class WrittenOut(BaseModel):
    """What one unit wrote under a heading."""

    unit_id: str
    submission_id: UUID
    number: int
    words: str | list[str]


class HeadingOut(BaseModel):
    """A heading of the outline, with what was written under it, by unit."""

    code: str
    title: str
    written: list[WrittenOut]


class NarrativesOut(BaseModel):
    """What units wrote; `after` of the next page is `next_after`, null when there is none."""

    sections: list[HeadingOut]
    next_after: UUID | None


class DifferenceOut(BaseModel):
    """What a field said and says; null: nothing."""

    field: str
    before: bool | int | str | list[str] | None
    now: bool | int | str | list[str] | None


class DifferencesOut(BaseModel):
    """What two versions say differently."""

    before: int
    now: int
    fields: list[DifferenceOut]


class ReadIn(BaseModel):
    """Up to which version."""

    model_config = ConfigDict(extra="forbid")

    number: Number


class CommentIn(BaseModel):
    """What is said, about a field or about all of it."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    field: FieldName | None = None


class CommentOut(BaseModel):
    """What somebody said; `side` says for whom they spoke."""

    comment_id: UUID
    number: int
    field: str | None
    words: str
    side: Literal["unit", "desk"]
    written_by: UUID
    written_at: datetime

    @classmethod
    def of(cls, comment: Comment) -> "CommentOut":
        """Return the comment as it is shown."""
        return cls(
            comment_id=comment.comment_id,
            number=comment.number,
            field=comment.field,
            words=comment.words,
            side=comment.side,
            written_by=comment.written_by,
            written_at=comment.written_at,
        )


class CommentsOut(BaseModel):
    """What was said, the first first."""

    comments: list[CommentOut]


@router.post(
    "/submissions/{submission_id}/withdraw",
    responses=may_raise(
        NotNow, Superseded, CarriedOver, AlreadyAccepted, Closed, NotOwed, Malformed, NotFound, NotAllowed, NotSignedIn
    ),
)
async def withdraw(submission_id: UUID, body: AcceptIn, tx: OpenTransaction, caller: Calling) -> SubmissionOut:
    """Take the newest version back before it is reviewed."""
    return SubmissionOut.of(await correcting.withdraw(tx, submission_id=submission_id, number=body.number, by=caller))


@router.post("/requirements/{requirement_id}/acceptances", responses=may_raise(Malformed, NotFound, NotSignedIn))
async def accept_together(
    requirement_id: UUID, body: AcceptancesIn, tx: OpenTransaction, caller: Calling
) -> AcceptancesOut:
    """Accept those versions that were looked at; what cannot be accepted is listed with its reason."""
    accepted, exceptions = await reviewing.accept_together(
        tx,
        requirement_id=requirement_id,
        chosen={each.submission_id: each.number for each in body.submissions},
        by=caller,
    )
    return AcceptancesOut(
        accepted=[SubmissionOut.of(each) for each in accepted],
        exceptions=[
            ExceptionOut(submission_id=submission_id, code=problem.code, what_vi=problem.vi, what_en=problem.en)
            for submission_id, problem in exceptions
        ],
    )


@router.get("/requirements/{requirement_id}/submissions", responses=may_raise(Malformed, NotFound, NotSignedIn))
async def list_submissions(
    requirement_id: UUID,
    tx: OpenTransaction,
    caller: Calling,
    state: State | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> ListOut:
    """List what answers a requirement, with what you have not read of it."""
    found = await discussing.list_submissions(
        tx, requirement_id=requirement_id, state=state, after=after, limit=limit, by=caller
    )
    return ListOut(submissions=[ListedOut(**asdict(each)) for each in found])


@router.get("/requirements/{requirement_id}/narratives", responses=may_raise(Malformed, NotFound, NotSignedIn))
async def read_narratives(
    requirement_id: UUID,
    tx: OpenTransaction,
    caller: Calling,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> NarrativesOut:
    """Show what units wrote under each heading, each under its name: what a report that sums them up begins with."""
    headings, found = await discussing.read_narratives(
        tx, requirement_id=requirement_id, after=after, limit=limit, by=caller
    )
    return NarrativesOut(
        sections=[
            HeadingOut(
                code=heading.code,
                title=heading.title,
                written=[
                    WrittenOut(unit_id=each.unit_id, submission_id=each.submission_id, number=each.number, words=words)
                    for each in found
                    if (words := each.narrative.get(heading.code))
                ],
            )
            for heading in headings
        ],
        next_after=found[-1].submission_id if len(found) == limit else None,
    )


@router.get("/submissions/{submission_id}/differences", responses=may_raise(Malformed, NotFound, NotSignedIn))
async def compare(
    submission_id: UUID, before: NumberAsked, now: NumberAsked, tx: OpenTransaction, caller: Calling
) -> DifferencesOut:
    """Show what one version says otherwise than another, field by field."""
    compared = await discussing.compare(tx, submission_id=submission_id, before=before, now=now, by=caller)
    return DifferencesOut(
        before=before,
        now=now,
        fields=[DifferenceOut(field=field, before=was, now=is_now) for field, (was, is_now) in compared.fields.items()],
    )


@router.post(
    "/submissions/{submission_id}/read", status_code=204, responses=may_raise(Malformed, NotFound, NotSignedIn)
)
async def mark_read(submission_id: UUID, body: ReadIn, tx: OpenTransaction, caller: Calling) -> None:
    """Note that you have read it up to this version, and all that was said until now."""
    await discussing.mark_read(tx, submission_id=submission_id, number=body.number, by=caller)


@router.put(
    "/submissions/{submission_id}/comments/{comment_id}",
    responses=may_raise(Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def write_comment(
    submission_id: UUID, comment_id: UUID, body: CommentIn, tx: OpenTransaction, caller: Calling
) -> CommentOut:
    """Say something about a submission; you make the id, and sent again it is one comment."""
    return CommentOut.of(
        await discussing.comment(
            tx, submission_id=submission_id, comment_id=comment_id, field=body.field, words=body.words, by=caller
        )
    )


@router.get("/submissions/{submission_id}/comments", responses=may_raise(Malformed, NotFound, NotSignedIn))
async def read_comments(submission_id: UUID, tx: OpenTransaction, caller: Calling) -> CommentsOut:
    """Show what the unit and its reviewers said to each other."""
    found = await discussing.read_comments(tx, submission_id=submission_id, by=caller)
    return CommentsOut(comments=[CommentOut.of(each) for each in found])
