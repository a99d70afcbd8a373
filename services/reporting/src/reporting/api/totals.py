"""The front door: totals with their coverage, and who still owes."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotFound, NotSignedIn
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from contracts.directives import TargetHolds, TargetKind
from reporting import operations
from reporting.domain import ALL_LEVELS, TOLD_OUTSIDE, Mark, Relation, Requirement, Tally, marks_of
from reporting.domain.targets import compared
from unit_tree.projection import TreeReader
from unit_tree.tree import Tree

router = APIRouter(tags=["totals"])

AskedProgramme = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
AskedPeriod = Annotated[str, StringConstraints(pattern=r"^([0-9A-Za-z-]{4,20}|-)$")]


async def _tree_now(request: Request, tx: OpenTransaction) -> Tree:
    trees: TreeReader = request.app.state.trees
    return await trees.tree(tx.connection)


TreeNow = Annotated[Tree, Depends(_tree_now)]
"""The tree as this request sees it."""


class RatioOut(BaseModel):
    """The two sums of a ratio; null while nobody has reported."""

    numerator: int | None
    denominator: int | None


class TargetOut(BaseModel):
    """What a total is compared with, in the unit of what is counted: of a ratio its numerator, of a bool units."""

    model_config = ConfigDict(from_attributes=True)

    indicator: str
    kind: TargetKind
    holds: TargetHolds
    target: int | None
    variance: int | None
    missing: int | None
    """How many are short, or over where there may be at most so many."""


class TallyOut(BaseModel):
    """Totals of some units, with how many of them stand behind the figures."""

    totals: dict[str, int | None]
    """By indicator: the sum, or for a bool the number of units that said yes; null while nobody has reported."""
    ratios: dict[str, RatioOut]
    """By indicator: sum over sum; who shows it divides."""
    targets: list[TargetOut]
    marks: dict[str, Mark]
    """By indicator without a figure: `blank` nobody has told one, `nil` all who reported say that nothing happened (the
    total is then 0), `not_applicable` it is not asked at this education level."""
    units_reported: int
    units_due: int
    units_nil: int
    """Of those who reported: how many say that nothing happened."""
    units_late: int
    """Of those who reported: how many after their deadline."""
    units_returned: int
    """Of those who owe: how many had their answer sent back."""
    units_exempt: int
    """Beside those who owe: how many are let off."""


class AggregateOut(TallyOut):
    """The totals at one unit or cluster for one period, also by education level."""

    unit_id: str
    name: str
    unit_type: str
    relation: Relation
    period: str
    version: int | None
    """Grows with every change; null for restated totals, which are computed when asked for."""
    levels: dict[str, TallyOut]


class TotalsOut(BaseModel):
    """The totals of a requirement, as far as the caller may read them."""

    requirement_id: UUID
    directive_id: UUID
    as_of: date
    restated_on: date | None
    units_unplaced: int
    """Units that owe an answer and stand nowhere in the tree the totals were restated on."""
    programmes: list[str]
    """The programmes its figures belong to."""
    aggregates: list[AggregateOut]


class CoverageOut(BaseModel):
    """Where the answer of one unit stands."""

    unit_id: str
    answering_unit_id: str
    name: str
    unit_type: str
    state: Literal["none", "submitted", "returned", "accepted", "withdrawn"]
    late: bool
    due_at: datetime
    submitted_at: datetime | None
    period: str | None
    media_awaited_until: datetime | None
    """It is reported, and files it asks for may follow until then."""
    media_late: bool


class CoverageListOut(BaseModel):
    """Where every answer stands that the caller may read of."""

    requirement_id: UUID
    units: list[CoverageOut]
    next_after: str | None
    """`after` of the next page; null when there is none."""


@router.get("/requirements/{requirement_id}/aggregates", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_totals(
    requirement_id: UUID,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    period: Annotated[AskedPeriod | None, Query(description="one period; all when left out")] = None,
    restated_on: Annotated[date | None, Query(description="add the same answers up on the tree of this day")] = None,
    relation: Annotated[
        Relation | None, Query(description="by which relation; by reporting and cluster when left out")
    ] = None,
    programme: Annotated[
        AskedProgramme | None, Query(description="only figures of this programme: `stem` of `stem.lessons`")
    ] = None,
    unit_id: Annotated[
        list[UnitId] | None, Query(max_length=100, description="only at these units; at all when left out")
    ] = None,
) -> TotalsOut:
    """Return the totals of a requirement at every unit and cluster the caller may read."""
    found = await operations.read_totals(
        tx,
        requirement_id,
        period=period,
        restated_on=restated_on,
        relations=TOLD_OUTSIDE if relation is None else (relation,),
        programme=programme,
        unit_ids=unit_id,
        tree=tree,
        by=caller,
    )
    return TotalsOut(
        requirement_id=requirement_id,
        directive_id=found.requirement.directive_id,
        as_of=found.requirement.as_of,
        restated_on=restated_on,
        units_unplaced=found.units_unplaced,
        programmes=list(found.requirement.programmes),
        aggregates=[
            _aggregate_out(each, found.requirement, is_restated=restated_on is not None) for each in found.aggregates
        ],
    )


@router.get("/requirements/{requirement_id}/coverage", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_coverage(
    requirement_id: UUID,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    after: Annotated[UnitId | None, Query(description="begin after this unit")] = None,
    limit: Annotated[int | None, Query(ge=1, le=1000, description="so many units; all when left out")] = None,
) -> CoverageListOut:
    """Return where the answer of every unit stands that the caller may read, or of some units at a time."""
    found = await operations.read_coverage(tx, requirement_id, after=after or "", limit=limit, tree=tree, by=caller)
    return CoverageListOut(
        requirement_id=requirement_id,
        units=[
            CoverageOut(
                unit_id=each.unit_id,
                answering_unit_id=each.answering_unit_id,
                name=each.name,
                unit_type=each.unit_type,
                state=each.state,
                late=each.is_late,
                due_at=each.due_at,
                submitted_at=each.submitted_at,
                period=each.period,
                media_awaited_until=each.media_awaited_until,
                media_late=each.is_media_late,
            )
            for each in found.units
        ],
        next_after=found.next_after,
    )


def _aggregate_out(found: operations.NamedAggregate, requirement: Requirement, *, is_restated: bool) -> AggregateOut:
    aggregate = found.aggregate
    before = found.before.figures if found.before is not None else {}
    return AggregateOut(
        unit_id=aggregate.key.unit_id,
        name=found.name,
        unit_type=found.unit_type,
        relation=aggregate.relation,
        period=aggregate.key.period,
        version=None if is_restated else aggregate.version,
        levels={
            level: _tally_out(found, requirement, level, tally, before.get(level))
            for level, tally in aggregate.by_level.items()
        },
        **_tally_out(found, requirement, ALL_LEVELS, aggregate.all_units, before.get(ALL_LEVELS)).model_dump(),
    )


def _tally_out(
    found: operations.NamedAggregate, requirement: Requirement, level: str, tally: Tally, before: Tally | None
) -> TallyOut:
    period = found.aggregate.key.period
    return TallyOut(
        totals=tally.totals(requirement.asked_at(level)),
        targets=[TargetOut.model_validate(each) for each in compared(requirement, tally, period, before)],
        ratios={
            code: RatioOut(numerator=above, denominator=below)
            for code, (above, below) in tally.ratios(requirement.ratios).items()
        },
        marks=marks_of(requirement, tally, level),
        units_reported=tally.reported,
        units_due=tally.due,
        units_nil=tally.nil,
        units_late=tally.late,
        units_returned=tally.returned,
        units_exempt=tally.exempt,
    )
