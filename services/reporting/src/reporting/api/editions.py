"""The front door: editions, published and read."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from reporting import operations
from reporting.api.behind import AT_ONCE, AskedUnit
from reporting.api.totals import AskedPeriod, RatioOut, TreeNow
from reporting.domain import ALL_LEVELS, UNDIVIDED, Mark, Relation, Requirement, marks_of
from reporting.domain.edition import Figure, kept_back

router = APIRouter(tags=["editions"])
AskedNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
_ALL = "/requirements/{requirement_id}/editions"
_ONE = _ALL + "/{number}"


class PublishIn(BaseModel):
    """Publish the totals as they are now."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "Số liệu sau khi đính chính"}]})

    note: Line = Field(description="what is to be said of this edition")


class EditionOut(BaseModel):
    """A numbered publication of the totals of a requirement."""

    model_config = ConfigDict(from_attributes=True)

    requirement_id: UUID
    number: int
    published_at: datetime
    published_by: UUID
    note: str
    stands_on: date
    digest: str
    """SHA-256 of the figures that may leave the house: two editions with one digest say the same outside."""
    changed_figures: int
    units_reported: int
    units_due: int


class EditionListOut(BaseModel):
    """The editions of a requirement, newest first."""

    editions: list[EditionOut]


class FiguresOut(BaseModel):
    """Published totals, with who stood behind them."""

    totals: dict[str, int | None]
    ratios: dict[str, RatioOut]
    marks: dict[str, Mark]
    withheld: list[str]
    """Figures that are kept back: small ones, and what would give them away."""
    units_reported: int
    units_due: int
    units_nil: int
    units_late: int
    units_returned: int
    units_exempt: int


class FigureOut(FiguresOut):
    """The published totals of one unit for one period, also by education level."""

    unit_id: str
    name: str
    unit_type: str
    relation: Relation
    period: str
    levels: dict[str, FiguresOut]


class EditionFiguresOut(EditionOut):
    """An edition with its figures."""

    figures: list[FigureOut]


class DifferenceOut(BaseModel):
    """A total that is another one than in the edition it is held against; null: there was, or is, none."""

    unit_id: str
    period: str
    relation: Relation
    indicator: str
    before: int | None
    after: int | None


class DifferencesOut(BaseModel):
    """What differs between two editions."""

    differences: list[DifferenceOut]


class SourceOut(BaseModel):
    """The submission version of one unit that stood behind a figure."""

    obligation_id: UUID
    unit_id: str
    submission_number: int | None
    stated: dict[str, int]
    is_nil: bool
    is_exempt: bool


class SourcesOut(BaseModel):
    """Some of those behind a figure, by unit."""

    sources: list[SourceOut]
    after: str | None
    """What to ask on with; null when these were the last."""


@router.post(
    _ALL,
    status_code=201,
    responses=may_raise(NotFound, NotAllowed, NotSignedIn, Malformed)
    | {200: {"model": EditionOut, "description": "The totals are those of the last edition, which this is."}},
)
async def publish_edition(
    requirement_id: UUID, body: PublishIn, caller: Calling, tx: OpenTransaction, tree: TreeNow, response: Response
) -> EditionOut:
    """Publish the totals of a requirement as its next edition; unchanged totals stay the edition they are."""
    edition, is_new = await operations.publish_edition(tx, requirement_id, note=body.note, tree=tree, by=caller)
    response.status_code = 201 if is_new else 200
    return EditionOut.model_validate(edition)


@router.get(_ALL, responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_editions(requirement_id: UUID, caller: Calling, tx: OpenTransaction, tree: TreeNow) -> EditionListOut:
    """Return the editions of a requirement, newest first."""
    found = await operations.read_editions(tx, requirement_id, tree=tree, by=caller)
    return EditionListOut(editions=[EditionOut.model_validate(each) for each in found])


@router.get(_ONE, responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_edition(
    requirement_id: UUID,
    number: AskedNumber,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    as_published: Annotated[bool, Query(description="without what is kept back before anything leaves")] = True,
) -> EditionFiguresOut:
    """Return an edition as it was published, whatever has come since."""
    found = await operations.read_edition(tx, requirement_id, number, tree=tree, by=caller)
    return EditionFiguresOut(
        **EditionOut.model_validate(found.edition).model_dump(),
        figures=[_figure_out(each, found.requirement, as_published=as_published) for each in found.figures],
    )


@router.get(_ONE + "/differences", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_differences(
    requirement_id: UUID,
    number: AskedNumber,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    against: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="the one before when left out")] = None,
) -> DifferencesOut:
    """Return every total that is another one than in an earlier edition."""
    found = await operations.read_differences(tx, requirement_id, number, against=against, tree=tree, by=caller)
    return DifferencesOut(differences=[DifferenceOut(**each._asdict()) for each in found])


@router.get(_ONE + "/figures/{unit_id}/behind", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_sources(
    requirement_id: UUID,
    number: AskedNumber,
    unit_id: AskedUnit,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    period: AskedPeriod = UNDIVIDED,
    relation: Relation = "reporting",
    after: Annotated[str, Query(pattern=r"^[0-9A-Za-z_-]{0,64}$")] = "",
    limit: Annotated[int, Query(ge=1, le=AT_ONCE)] = 100,
) -> SourcesOut:
    """Return the submission versions behind a published figure, and what each stated."""
    found = await operations.read_sources(
        tx,
        requirement_id,
        number,
        unit_id,
        relation=relation,
        period=period,
        after=after,
        limit=limit,
        tree=tree,
        by=caller,
    )
    return SourcesOut(
        sources=[
            SourceOut(
                obligation_id=each.obligation_id,
                unit_id=each.unit_id,
                submission_number=each.submission_number,
                stated=dict(each.stated.get(period, {})),
                is_nil=each.is_nil,
                is_exempt=each.is_exempt,
            )
            for each in found
        ],
        after=found[-1].unit_id if len(found) == limit else None,
    )


def _figure_out(figure: Figure, requirement: Requirement, *, as_published: bool) -> FigureOut:
    return FigureOut(
        unit_id=figure.key.unit_id,
        name=figure.name,
        unit_type=figure.unit_type,
        relation=figure.key.relation,
        period=figure.key.period,
        levels={
            level: _figures_out(figure, requirement, level, as_published=as_published)
            for level in figure.figures
            if level != ALL_LEVELS
        },
        **_figures_out(figure, requirement, ALL_LEVELS, as_published=as_published).model_dump(),
    )


def _figures_out(figure: Figure, requirement: Requirement, level: str, *, as_published: bool) -> FiguresOut:
    tally = figure.figures[level]
    kept = kept_back(requirement, figure, level) if as_published else frozenset()
    return FiguresOut(
        totals={
            code: None if code in kept else total for code, total in tally.totals(requirement.asked_at(level)).items()
        },
        ratios={
            code: RatioOut(numerator=above, denominator=below)
            for code, (above, below) in tally.ratios(requirement.ratios).items()
            if code not in kept
        },
        marks={code: mark for code, mark in marks_of(requirement, tally, level).items() if code not in kept},
        withheld=sorted(kept),
        units_reported=tally.reported,
        units_due=tally.due,
        units_nil=tally.nil,
        units_late=tally.late,
        units_returned=tally.returned,
        units_exempt=tally.exempt,
    )
