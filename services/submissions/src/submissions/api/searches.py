"""Answers found by words, at the front door."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from chassis.wording import excerpt, folded
from submissions.domain.submission import State
from submissions.operations import searching

LONGEST = 100
router = APIRouter(tags=["reviews"])


class WordedOut(BaseModel):
    """An answer with the words; `excerpt` is where the first of them stands, under the heading `section`."""

    submission_id: UUID
    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    title: str | None
    unit_id: str
    answering_unit_id: str
    state: State
    number: int
    submitted_at: datetime
    section: str
    excerpt: str


class FindingsOut(BaseModel):
    """The newest answers with the words, among those the caller may read."""

    answers: list[WordedOut]


@router.get("/answer-search", responses=may_raise(NotSignedIn))
async def search_answers(
    caller: Calling,
    tx: OpenTransaction,
    words: Annotated[Line, Query(max_length=LONGEST, description="all of them, with their marks or without")],
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> FindingsOut:
    """Find answers by words of what was written in their newest version."""
    found = await searching.find_by_words(tx, words=words, most=limit, by=caller)
    wanted = folded(words).split()
    answers = []
    for each in found:
        section, shown = _place(each.narrative, wanted)
        answers.append(
            WordedOut(
                submission_id=each.submission_id,
                obligation_id=each.obligation_id,
                directive_id=each.directive_id,
                requirement_id=each.requirement_id,
                title=each.title,
                unit_id=each.unit_id,
                answering_unit_id=each.answering_unit_id,
                state=each.state,
                number=each.number,
                submitted_at=each.submitted_at,
                section=section,
                excerpt=shown,
            )
        )
    return FindingsOut(answers=answers)


def _place(narrative: Mapping[str, str | list[str]], wanted: Sequence[str]) -> tuple[str, str]:
    """Return the first heading with one of the words, and where it stands there."""
    for code, said in narrative.items():
        shown = excerpt(said if isinstance(said, str) else " ".join(said), wanted)
        if shown is not None:
            return code, shown
    return "", ""
