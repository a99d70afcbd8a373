"""The catalogue of unit types."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from directory.api.sent import Sent, UnitTypeCode
from directory.domain.units import LEVELS, UnitType
from directory.operations import catalogue
from directory.problems import UnitTypeInUse

Level = Literal["preschool", "primary", "lower_secondary", "upper_secondary", "continuing"]

router = APIRouter(prefix="/unit-types")


class UnitTypeIn(Sent):
    """What a type is called, and the levels its units teach where they do not say otherwise."""

    name: Line
    levels: Annotated[list[Level], Field(max_length=len(LEVELS))]


class UnitTypeOut(BaseModel):
    """A type of unit."""

    code: str
    name: str
    levels: list[str]

    @classmethod
    def of(cls, unit_type: UnitType) -> Self:
        """Return a type as it is shown."""
        return cls(code=unit_type.code, name=unit_type.name, levels=list(unit_type.levels))


class UnitTypesOut(BaseModel):
    """The catalogue, by code."""

    unit_types: list[UnitTypeOut]


class EditedTypeOut(UnitTypeOut):
    """A type of unit, and how many units the others were told of because of the change."""

    changed: int


@router.get("", responses=may_raise(NotSignedIn))
async def list_unit_types(tx: OpenTransaction, _caller: Calling) -> UnitTypesOut:
    return UnitTypesOut(unit_types=[UnitTypeOut.of(each) for each in await catalogue.list_unit_types(tx)])


@router.put("/{code}", responses=may_raise(NotSignedIn, NotAllowed))
async def put_unit_type(code: UnitTypeCode, body: UnitTypeIn, tx: OpenTransaction, caller: Calling) -> EditedTypeOut:
    levels = tuple(level for level in LEVELS if level in body.levels)
    edited = await catalogue.put_unit_type(tx, UnitType(code, body.name, levels), by=caller)
    return EditedTypeOut(code=code, name=edited.unit_type.name, levels=list(levels), changed=edited.changed)


@router.delete("/{code}", status_code=204, responses=may_raise(NotSignedIn, NotAllowed, NotFound, UnitTypeInUse))
async def remove_unit_type(code: UnitTypeCode, tx: OpenTransaction, caller: Calling) -> None:
    await catalogue.remove_unit_type(tx, code, by=caller)
