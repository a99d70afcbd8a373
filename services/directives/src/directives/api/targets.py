"""Targets at the front door: what is assigned to units, read from a table."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed
from chassis.text import IndicatorCode
from directives.api.trees import KnownTree
from directives.operations import targeting
from directives.problems import TargetTableUnfit
from directives.requests import Body, Request

router = APIRouter()


class TargetTableIn(Request):
    """A table as it is copied out of a spreadsheet, and the codes of the figures it may assign."""

    text: Body
    indicators: list[IndicatorCode] = Field(max_length=200)


class AssignedOut(BaseModel):
    """What one unit is to reach, in the shape a requirement of a draft takes."""

    model_config = ConfigDict(from_attributes=True)

    indicator: str
    unit_id: str
    value: int
    period: str | None


class TargetTableOut(BaseModel):
    """What a table assigns, and the sums people check it by."""

    assigned: list[AssignedOut]
    sums: dict[str, int]


@router.post("/target-tables", responses=may_raise(NotAllowed, TargetTableUnfit))
async def read_table(caller: Calling, tree: KnownTree, asked: TargetTableIn) -> TargetTableOut:
    """Read what a table assigns to units; with any fault in it, nothing. Keeps nothing: a draft takes it."""
    found = targeting.read_targets(asked.text, indicators=asked.indicators, tree=tree, by=caller)
    sums = dict.fromkeys(asked.indicators, 0)
    for each in found:
        sums[each.indicator] += each.value
    return TargetTableOut(assigned=[AssignedOut.model_validate(each) for each in found], sums=sums)
