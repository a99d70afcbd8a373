"""What people send about targets: what figures are compared with, and what each unit is to reach."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chassis.text import IndicatorCode, Period, UnitId
from contracts.directives import TargetAsked, TargetHolds, TargetKind
from directives.domain.target import MOST_ASSIGNED, MOST_TARGETS, Assigned
from directives.domain.target_table import LARGEST

Figure = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]


class TargetIn(BaseModel):
    """What a figure is compared with."""

    model_config = ConfigDict(extra="forbid")

    indicator: IndicatorCode
    kind: TargetKind
    holds: TargetHolds = "at_least"
    value: Figure | None = None
    registered_in: IndicatorCode | None = None
    periods: list[Period] = Field(default=[], max_length=24)
    warns: bool = Field(default=True, strict=True)


class AssignedIn(BaseModel):
    """What one unit is to reach; without a period, in every one."""

    model_config = ConfigDict(extra="forbid")

    indicator: IndicatorCode
    unit_id: UnitId
    value: Figure
    period: Period | None = None


class TargetsIn(BaseModel):
    """The part of a requirement that says what its figures are compared with."""

    model_config = ConfigDict(extra="forbid")

    targets: list[TargetIn] = Field(default=[], max_length=MOST_TARGETS)
    assigned: list[AssignedIn] = Field(default=[], max_length=MOST_ASSIGNED)

    def compared_with(self) -> tuple[TargetAsked, ...]:
        """Return the targets as events carry them."""
        return tuple(TargetAsked(**each.model_dump()) for each in self.targets)

    def given(self) -> tuple[Assigned, ...]:
        """Return what units are to reach as the domain knows it."""
        return tuple(Assigned(each.indicator, each.unit_id, each.value, each.period) for each in self.assigned)
