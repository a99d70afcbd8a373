"""The board of a directive, at the front door."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotFound
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from directives.api.trees import KnownTree
from directives.domain.board import Shown
from directives.operations import following

LONGEST = 100
router = APIRouter()


class StandOut(BaseModel):
    """One obligation as it stands: what became of it, else its answer, else `late` when its deadline is over."""

    model_config = ConfigDict(from_attributes=True)

    obligation_id: UUID
    requirement_id: UUID
    due_at: datetime
    shown: Shown
    period: str | None


class LineOut(BaseModel):
    """One unit, and what it owes, by deadline; `answering_name`: who answers for it, null when it does itself."""

    model_config = ConfigDict(from_attributes=True)

    unit_id: str
    name: str
    answering_name: str | None
    stands: list[StandOut]


class BoardOut(BaseModel):
    """A page of the units that were asked for, those that need somebody first, with counts over all units."""

    model_config = ConfigDict(from_attributes=True)

    counts: dict[UUID, dict[Shown, int]]
    """By requirement: how many of its open obligations stand how."""
    units: dict[Shown, int]
    """How many units have something that stands so."""
    everyone: int
    found: int
    """Units that were asked for, on all pages."""
    first: int
    """The place of the first one that is listed; a page beyond the last one is the last one."""
    lines: list[LineOut]


@router.get("/directives/{directive_id}/board", responses=may_raise(NotFound))
async def follow_directive(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    directive_id: UUID,
    state: Shown | None = None,
    words: Annotated[str, Query(max_length=LONGEST, description="of names of units, with their marks or without")] = "",
    under: Annotated[UnitId | None, Query(description="a unit: it, and all that report to it today")] = None,
    behind: Annotated[UUID | None, Query(description="a requirement: units that have not done what it asks")] = None,
    first: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> BoardOut:
    """Follow a directive, unit by unit: all units, or those with a state, a name, something to be reminded of."""
    found = await following.follow(
        tx,
        directive_id=directive_id,
        state=state,
        words=words,
        under=under,
        behind=behind,
        first=first,
        most=limit,
        tree=tree,
        by=caller,
    )
    return BoardOut.model_validate(found)
