"""The front door of reports: what the unit that asked reports itself, ready to be laid out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from reporting.api.totals import AskedPeriod, TreeNow
from reporting.reports import operations

router = APIRouter(tags=["reports"])


class TableOut(BaseModel):
    """Cells as they are printed; null is blank."""

    model_config = ConfigDict(from_attributes=True)

    heading: list[str]
    rows: list[list[str | None]]


class BarOut(BaseModel):
    """One bar of a chart."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    value: int


class ChartOut(BaseModel):
    """Lying bars, the longest first."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    unit_of_measure: str
    bars: list[BarOut]


class SectionOut(BaseModel):
    """A heading and what stands under it; under those of the outline, whoever signs the report writes."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    texts: list[str]
    tables: list[TableOut]
    charts: list[ChartOut]


class ReportOut(BaseModel):
    """A report as `POST /report-papers/{form}` of directives takes it."""

    model_config = ConfigDict(from_attributes=True)

    unit: str
    parent: str | None
    subject: str
    addressee: str
    sections: list[SectionOut]
    recipients: list[str]


@router.get("/requirements/{requirement_id}/report", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_report(
    requirement_id: UUID,
    caller: Calling,
    tx: OpenTransaction,
    tree: TreeNow,
    period: AskedPeriod | None = None,
    edition: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="as it was published; the totals as they are when left out")
    ] = None,
) -> ReportOut:
    """Return the report of the unit that asked by the outline of its directive, with tables and charts."""
    found = await operations.draw_up(tx, requirement_id, period=period, number=edition, tree=tree, by=caller)
    return ReportOut.model_validate(found)
