"""Directives found by words, at the front door."""

from datetime import date
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
from directives.api.trees import KnownTree
from directives.domain.directive import State
from directives.operations import searching

LONGEST = 100
router = APIRouter()


class FoundOut(BaseModel):
    """A directive with the words; `excerpt` is where they stand in its text, null: in its number or subject alone."""

    directive_id: UUID
    state: State
    code: str | None
    subject: str
    issued_on: date | None
    excerpt: str | None


class FindingsOut(BaseModel):
    """The newest directives with the words, among those the caller may read."""

    directives: list[FoundOut]


@router.get("/directive-search", responses=may_raise(NotSignedIn))
async def search_directives(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    words: Annotated[Line, Query(max_length=LONGEST, description="all of them, with their marks or without")],
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> FindingsOut:
    """Find directives by words of their number, subject and text."""
    found = await searching.find_by_words(tx, words=words, most=limit, tree=tree, by=caller)
    wanted = folded(words).split()
    return FindingsOut(
        directives=[
            FoundOut(
                directive_id=each.id,
                state=each.state,
                code=each.number.code if each.number else None,
                subject=each.subject,
                issued_on=each.issue.on if each.issue else None,
                excerpt=excerpt(each.body, wanted),
            )
            for each in found
        ]
    )
