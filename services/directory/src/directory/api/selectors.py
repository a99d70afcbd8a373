"""Selectors: what they mean, why, and the groups that have a name."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.text import Line, UnitId
from chassis.transaction import OpenTransaction
from directory.api.sent import Day, Sent
from directory.operations import selecting
from directory.operations.selecting import RegisterTree
from directory.problems import GroupInUse, GroupsRunInCircle, GroupsTooDeep
from directory.store.groups import Group
from unit_tree.selectors import GroupCode, RoleName, Selector

router = APIRouter()


def _trees(request: Request) -> RegisterTree:
    trees: RegisterTree = request.app.state.register_tree
    return trees


Trees = Annotated[RegisterTree, Depends(_trees)]
"""The register as a tree, kept in this process."""


class PreviewIn(Sent):
    """A selector, the day it is to be evaluated on (today when null), and a role whose holders are to be counted."""

    selector: Selector
    on: Day | None = None
    role: RoleName | None = None


class MeantOut(BaseModel):
    """A unit the selector means; `holders` hold the role there, null when none was asked for."""

    model_config = ConfigDict(from_attributes=True)

    unit_id: str
    unit_type: str
    name: str
    short_name: str
    holders: int | None


class PreviewOut(BaseModel):
    """The units a selector means, by id, and what it names that there is not."""

    on: date
    count: int
    units: list[MeantOut]
    unknown_units: list[str]
    unknown_groups: list[str]


class ExplainIn(Sent):
    """Whether a selector means this unit, and why."""

    selector: Selector
    unit_id: UnitId
    on: Day | None = None


class WhyOut(BaseModel):
    """Whether the unit is meant, and the reasons."""

    on: date
    unit_id: str
    is_in: bool
    reasons_vi: list[str]
    reasons_en: list[str]


class GroupIn(Sent):
    """A selection that gets a name."""

    name: Line
    selector: Selector


class GroupOut(BaseModel):
    """A named group."""

    code: str
    name: str
    version: int
    selector: Selector

    @classmethod
    def of(cls, group: Group) -> Self:
        """Return a group as it is shown."""
        return cls(code=group.code, name=group.name, version=group.version, selector=group.selector)


class GroupsOut(BaseModel):
    """Every named group, by code."""

    groups: list[GroupOut]


@router.post("/selector-previews", responses=may_raise(NotSignedIn))
async def preview(body: PreviewIn, tx: OpenTransaction, _caller: Calling, trees: Trees) -> PreviewOut:
    found = await selecting.preview(tx, body.selector, on=body.on, role=body.role, trees=trees)
    return PreviewOut(
        on=found.day,
        count=len(found.units),
        units=[MeantOut.model_validate(each) for each in found.units],
        unknown_units=list(found.unknown_units),
        unknown_groups=list(found.unknown_groups),
    )


@router.post("/selector-explanations", responses=may_raise(NotSignedIn, NotFound))
async def explain(body: ExplainIn, tx: OpenTransaction, _caller: Calling, trees: Trees) -> WhyOut:
    day, why = await selecting.explain(tx, body.selector, body.unit_id, on=body.on, trees=trees)
    return WhyOut(
        on=day,
        unit_id=body.unit_id,
        is_in=why.is_in,
        reasons_vi=list(why.reasons_vi),
        reasons_en=list(why.reasons_en),
    )


@router.get("/groups", responses=may_raise(NotSignedIn))
async def list_groups(tx: OpenTransaction, _caller: Calling) -> GroupsOut:
    return GroupsOut(groups=[GroupOut.of(each) for each in await selecting.list_groups(tx)])


@router.put("/groups/{code}", responses=may_raise(NotSignedIn, NotAllowed, GroupsRunInCircle, GroupsTooDeep))
async def put_group(code: GroupCode, body: GroupIn, tx: OpenTransaction, caller: Calling) -> GroupOut:
    group = await selecting.put_group(tx, code=code, name=body.name, selector=body.selector, by=caller)
    return GroupOut.of(group)


@router.delete("/groups/{code}", status_code=204, responses=may_raise(NotSignedIn, NotAllowed, NotFound, GroupInUse))
async def remove_group(code: GroupCode, tx: OpenTransaction, caller: Calling) -> None:
    await selecting.remove_group(tx, code, by=caller)
