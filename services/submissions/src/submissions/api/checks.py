"""The front door for whoever fills in an answer: what is asked of the unit, and what would be said of an answer."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable
from chassis.transaction import OpenTransaction
from contracts.directives import IndicatorAsked, MediaAsked, RuleAsked, SectionAsked, TargetHolds, TargetKind
from submissions.api.answers import AnswerIn
from submissions.api.remarks import BoundOut, RemarkOut
from submissions.operations import checking

router = APIRouter(tags=["answers"])


class IndicatorOut(IndicatorAsked):
    """A figure that is asked; `stated_for`: the education levels, empty where it is stated once or worked out."""

    stated_for: list[str]


class AimOut(BaseModel):
    """What a figure is to reach: `parts`, or of a ratio or a yes or no so many parts `of` so many."""

    model_config = ConfigDict(from_attributes=True)

    indicator: str
    period: str
    kind: TargetKind
    holds: TargetHolds
    parts: int
    of: int


class AskedOut(BaseModel):
    """What an obligation asks of its unit."""

    obligation_id: UUID
    requirement_id: UUID
    unit_id: str
    state: str
    due_at: datetime
    closes_at: datetime | None
    periods: list[str]
    indicators: list[IndicatorOut]
    sections: list[SectionAsked]
    rules: list[RuleAsked]
    media: MediaAsked | None
    aims: list[AimOut]
    bounds: list[BoundOut]


class FindingOut(BaseModel):
    """One thing about an answer, and where: a path into the request's body."""

    model_config = ConfigDict(from_attributes=True)

    where: str
    indicator: str | None
    what_vi: str
    what_en: str


class CheckedOut(BaseModel):
    """What is wrong with an answer, and what it would be taken with all the same."""

    errors: list[FindingOut]
    warnings: list[RemarkOut]


@router.get("/obligations/{obligation_id}/asked", responses=may_raise(NotFound, NotSignedIn, Unavailable))
async def read_asked(obligation_id: UUID, tx: OpenTransaction, caller: Calling) -> AskedOut:
    """Show what an obligation asks of its unit: of which period, at which levels, and what it is to reach."""
    found = await checking.read_asked(tx, obligation_id=obligation_id, by=caller)
    obligation, requirement = found.obligation, found.requirement
    stated = [*requirement.indicators.values(), *requirement.ratios.values()]
    return AskedOut(
        obligation_id=obligation.id,
        requirement_id=obligation.requirement_id,
        unit_id=obligation.unit_id,
        state=obligation.state,
        due_at=obligation.due_at,
        closes_at=obligation.closes_at or requirement.closes_at,
        periods=list(requirement.periods),
        indicators=[
            IndicatorOut(**each.model_dump(), stated_for=[level for level in requirement.levels_of(each.code) if level])
            for each in stated
        ],
        sections=list(requirement.sections.values()),
        rules=list(requirement.rules),
        media=requirement.media,
        aims=[AimOut.model_validate(each) for each in found.aims],
        bounds=[BoundOut(**each._asdict()) for each in found.bounds],
    )


@router.post(
    "/obligations/{obligation_id}/checks",
    responses=may_raise(NotFound, NotAllowed, NotSignedIn, Malformed, Unavailable),
)
async def check_answer(obligation_id: UUID, body: AnswerIn, tx: OpenTransaction, caller: Calling) -> CheckedOut:
    """Say what is wrong with an answer, or what it misses, before it is sent. Records nothing."""
    found = await checking.check_answer(tx, obligation_id=obligation_id, answer=body.answer(), by=caller)
    return CheckedOut(
        errors=[FindingOut.model_validate(each) for each in found.faults],
        warnings=[RemarkOut.of(each) for each in found.warnings],
    )
