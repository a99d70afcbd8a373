"""The front door: what a consolidated report begins with, and what looks odd."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from reporting import operations
from reporting.api.behind import AskedUnit
from reporting.api.totals import AskedPeriod, TreeNow
from reporting.domain import UNDIVIDED, Mark
from reporting.domain.plausibility import Against

router = APIRouter(tags=["consolidating"])


class ConsolidatedOut(BaseModel):
    """What those below a unit add up to, of what it is asked itself, for one period."""

    period: str
    source_requirement_id: UUID
    """What they answered: who stands behind the sums is behind its totals, at this unit."""
    totals: dict[str, int | None]
    marks: dict[str, Mark]
    units_reported: int
    units_due: int


class ConsolidationOut(BaseModel):
    """What the report of a unit can begin with."""

    requirement_id: UUID
    unit_id: str
    periods: list[ConsolidatedOut]


class OddityOut(BaseModel):
    """A figure that is far from what the unit told before, or from the others'."""

    model_config = ConfigDict(from_attributes=True)

    unit_id: str
    indicator: str
    value: int
    against: Against
    expected: int


class FlowOut(BaseModel):
    """A flow whose two sides, stated by different units, do not agree."""

    rule: str
    holds: str
    left: int
    right: int
    left_units: int
    """How many units stand behind the left side."""
    right_units: int
    message_vi: str
    message_en: str


class OdditiesOut(BaseModel):
    """Figures somebody should look at; none of them is refused."""

    requirement_id: UUID
    unit_id: str
    period: str
    oddities: list[OddityOut]
    flows: list[FlowOut]


@router.get(
    "/requirements/{requirement_id}/consolidations/{unit_id}", responses=may_raise(NotFound, NotSignedIn, Malformed)
)
async def read_consolidation(
    requirement_id: UUID, unit_id: AskedUnit, caller: Calling, tx: OpenTransaction, tree: TreeNow
) -> ConsolidationOut:
    """Return the sums a unit's own report can begin with: of those below it who were asked for the same figures."""
    found = await operations.read_consolidation(tx, requirement_id, unit_id, tree=tree, by=caller)
    return ConsolidationOut(
        requirement_id=requirement_id,
        unit_id=unit_id,
        periods=[
            ConsolidatedOut(
                period=each.period,
                source_requirement_id=each.source_requirement_id,
                totals=dict(each.totals),
                marks={code: mark for code in each.totals if (mark := each.tally.mark(code)) is not None},
                units_reported=each.tally.reported,
                units_due=each.tally.due,
            )
            for each in found
        ],
    )


@router.get(
    "/requirements/{requirement_id}/aggregates/{unit_id}/oddities",
    responses=may_raise(NotFound, NotSignedIn, Malformed),
)
async def read_oddities(
    requirement_id: UUID,
    unit_id: AskedUnit,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    period: Annotated[AskedPeriod, Query(description="of which period")] = UNDIVIDED,
) -> OdditiesOut:
    """Return figures counted at a unit that look odd: against the period before, peers, the other side of a flow."""
    found = await operations.read_oddities(tx, requirement_id, unit_id, period=period, tree=tree, by=caller)
    return OdditiesOut(
        requirement_id=requirement_id,
        unit_id=unit_id,
        period=period,
        oddities=[OddityOut.model_validate(each) for each in found.figures],
        flows=[
            FlowOut(
                rule=each.rule.code,
                holds=each.rule.holds,
                left=each.left,
                right=each.right,
                left_units=each.left_units,
                right_units=each.right_units,
                message_vi=each.rule.message_vi,
                message_en=each.rule.message_en,
            )
            for each in found.flows
        ],
    )
