"""The front door: who stands behind a total."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotFound, NotSignedIn
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from reporting import operations
from reporting.api.totals import AskedPeriod, TreeNow
from reporting.domain import UNDIVIDED, Mark, Relation
from reporting.store.behind import Which

router = APIRouter(tags=["totals"])
AT_ONCE = 500
AskedUnit = Annotated[UnitId, Path()]


class BehindOut(BaseModel):
    """One unit that is counted in a total."""

    model_config = ConfigDict(from_attributes=True)

    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    name: str
    unit_type: str
    state: str
    """`none`, `submitted`, `returned`, `accepted`, `withdrawn` or `exempt`."""
    is_late: bool
    due_at: datetime
    submitted_at: datetime | None
    number: int | None
    """The version of its answer that counts; null while none does."""
    is_nil: bool
    values: dict[str, int | None]
    marks: dict[str, Mark]
    """By figure that is null: `blank` not told, `nil` nothing happened, `not_applicable` not asked of it."""
    passed_on: list[UUID]
    """Requirements by which the unit asked those below it for the same figures: who stands behind its own is behind
    those, at this unit."""


class BehindListOut(BaseModel):
    """Some of those who are counted in a total, by id."""

    requirement_id: UUID
    unit_id: str
    units: list[BehindOut]
    after: str | None
    """What to ask on with; null when these were the last."""


@router.get(
    "/requirements/{requirement_id}/aggregates/{unit_id}/behind", responses=may_raise(NotFound, NotSignedIn, Malformed)
)
async def read_behind(
    requirement_id: UUID,
    unit_id: AskedUnit,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    period: Annotated[AskedPeriod, Query(description="of which period")] = UNDIVIDED,
    relation: Annotated[Relation, Query(description="by which relation they stand below the unit")] = "reporting",
    which: Annotated[Which | None, Query(description="only those under one of the counts; all when left out")] = None,
    after: Annotated[str, Query(pattern=r"^[0-9A-Za-z_-]{0,64}$")] = "",
    limit: Annotated[int, Query(ge=1, le=AT_ONCE)] = 100,
) -> BehindListOut:
    """Return who is counted in a total: each with its state, the version that counts and what that states."""
    found = await operations.read_behind(
        tx,
        requirement_id,
        unit_id,
        relation=relation,
        period=period,
        which=which,
        after=after,
        limit=limit,
        tree=tree,
        by=caller,
    )
    return BehindListOut(
        requirement_id=requirement_id,
        unit_id=unit_id,
        units=[BehindOut.model_validate(each) for each in found],
        after=found[-1].unit_id if len(found) == limit else None,
    )
