"""A reorganisation written by hand: one step after the other, all on one day."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from chassis.text import Line, UnitId, composed
from contracts.directory import LineageKind
from directory.domain.files import ABBREVIATION, CODE, SCHEME
from directory.domain.units import LEVELS

_ABBREVIATION = re.compile(ABBREVIATION)


def _abbreviation(text: str) -> str:
    if _ABBREVIATION.fullmatch(text) is None:
        raise ValueError("gồm chữ, số, «&», «.» và gạch nối / letters, digits, “&”, “.” and hyphens")
    return text


# Not a pattern of pydantic's: for letters of any script that takes a megabyte for each place it stands in.
Abbreviation = Annotated[str, AfterValidator(composed), AfterValidator(_abbreviation)]
Scheme = Annotated[str, StringConstraints(pattern=f"^{SCHEME}$")]
Code = Annotated[str, StringConstraints(pattern=f"^{CODE}$")]
TypeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Level = Literal["preschool", "primary", "lower_secondary", "upper_secondary", "continuing"]
Levels = Annotated[
    tuple[Level, ...], AfterValidator(lambda levels: tuple(level for level in LEVELS if level in levels))
]
"""Lowest first, each once."""
Kind = Literal["administrative", "professional", "reporting", "territory", "cluster"]


class Part(BaseModel):
    """A part of a reorganisation."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Above(Part):
    """A unit above, by one kind of relation."""

    kind: Kind
    parent_id: UnitId


class Known(Part):
    """A code others know the unit by."""

    scheme: Scheme
    code: Code


class Becomes(Part):
    """What a unit becomes."""

    kind: LineageKind
    to_unit_id: UnitId


class Register(Part):
    """A unit begins."""

    do: Literal["register"]
    unit_id: UnitId
    unit_type: TypeCode
    name: Line
    short_name: Line
    abbreviation: Abbreviation | None = None
    levels: Levels | None = None
    relations: Annotated[tuple[Above, ...], Field(max_length=50)] = ()
    identifiers: Annotated[tuple[Known, ...], Field(max_length=50)] = ()


class End(Part):
    """A unit ends on the eve; what it becomes is said with it."""

    do: Literal["end"]
    unit_id: UnitId
    becomes: Annotated[tuple[Becomes, ...], Field(max_length=500)] = ()


class Change(Part):
    """A unit is called otherwise, or is of another type; what is not said stays."""

    do: Literal["change"]
    unit_id: UnitId
    unit_type: TypeCode | None = None
    name: Line | None = None
    short_name: Line | None = None
    abbreviation: Abbreviation | None = None
    levels: Levels | None = None
    becomes: Annotated[tuple[Becomes, ...], Field(max_length=500)] = ()

    @property
    def look(self) -> dict[str, Any]:
        """Return what is said: an abbreviation or levels may be said to be none of its own."""
        said = {name: getattr(self, name) for name in self.model_fields_set & {"abbreviation", "levels"}}
        named = {name: getattr(self, name) for name in ("unit_type", "name", "short_name")}
        return said | {name: value for name, value in named.items() if value is not None}


class Relate(Part):
    """A unit stands below another; the reporting or administrative parent it had ends."""

    do: Literal["relate"]
    unit_id: UnitId
    kind: Kind
    parent_id: UnitId


class Unrelate(Part):
    """A unit no longer stands below another."""

    do: Literal["unrelate"]
    unit_id: UnitId
    kind: Kind
    parent_id: UnitId


class Identify(Part):
    """A unit gets a code; the one it had in the scheme ends."""

    do: Literal["identify"]
    unit_id: UnitId
    scheme: Scheme
    code: Code


Step = Annotated[Register | End | Change | Relate | Unrelate | Identify, Field(discriminator="do")]
"""One step of a reorganisation."""
