"""Reminders at the front door: the ladder, who would be told what, and the nudges of a desk."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from notify.reminding import ladders, nudging, previewing
from notify.reminding.ladder import Audience, Awaited, Ladder, Step
from notify.reminding.nudging import Nudging, State
from notify.reminding.previewing import Entry
from notify.reminding.problems import LadderUnfit, MessagePersonal, NoSuchDirective, NoSuchRequirement, NudgedAlready
from notify.reminding.store.nudges import Behind
from unit_tree.projection import TreeReader

router = APIRouter(tags=["reminders"])
_SAID = (NotSignedIn, Malformed)


class Asked(BaseModel):
    """A body of a request; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid")


class StepIn(Asked):
    """A step: so many working days after the deadline (before it: negative), at this hour, these are told."""

    days: int = Field(strict=True, ge=-60, le=60)
    at: time
    to: Annotated[list[Audience], Field(min_length=1, max_length=4)]


class StepsIn(Asked):
    """All steps for one thing that is waited for."""

    steps: Annotated[list[StepIn], Field(max_length=12)]


class NudgeIn(Asked):
    """Whom to nudge: those who have sent nothing (`none`), not sent again what was returned (`returned`), or both."""

    states: Annotated[list[State], Field(min_length=1, max_length=2)]
    unit_ids: Annotated[list[str], Field(min_length=1, max_length=5_000)] | None = None
    """Only these units of them; null: all."""
    message: Annotated[Line, Field(max_length=500)] | None = None


class PreviewIn(Asked):
    """Whom a nudge would go to."""

    states: Annotated[list[State], Field(min_length=1, max_length=2)]
    unit_ids: Annotated[list[str], Field(min_length=1, max_length=5_000)] | None = None


class StepOut(BaseModel):
    """A step of the ladder."""

    days: int
    at: str
    to: list[Audience]


class LadderOut(BaseModel):
    """The steps by which people are reminded of an answer, and of a word that a directive has arrived."""

    answer: list[StepOut]
    acknowledgement: list[StepOut]


class BehindOut(BaseModel):
    """A unit that owes an answer."""

    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    state: State
    due_at: datetime
    nudged_at: datetime | None
    """When it was nudged last before."""


class ReachedOut(BehindOut):
    """A unit a nudge goes to; with nobody to tell, nobody there may answer today."""

    people: int


class NudgeOut(BaseModel):
    """Whom a nudge reaches. In inboxes it is at once, by other channels from `leaves_at` on."""

    nudge_id: UUID | None
    """Null: a preview."""
    requirement_id: UUID
    units: list[ReachedOut]
    people: int
    """Different ones: somebody who answers for two of the units has one letter."""
    left_out: list[BehindOut]
    """Nudged a short while ago."""
    leaves_at: datetime


class RemindedOut(BaseModel):
    """A step that is told."""

    days: int
    at: datetime
    audience: Audience
    person_ids: list[UUID]


class EntryOut(BaseModel):
    """What is owed, who is told of it on that day until then, and why or why not."""

    awaited: Awaited
    obligation_id: UUID | None
    requirement_id: UUID | None
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    told: list[RemindedOut]
    why_vi: str
    why_en: str
    next_days: int | None
    next_at: datetime | None


class RemindersOut(BaseModel):
    """Who would be told what of a directive at a moment, as all is now."""

    directive_id: UUID
    at: datetime
    entries: list[EntryOut]


@router.get("/reminder-ladder", responses=may_raise(*_SAID))
async def read_ladder(tx: OpenTransaction, _caller: Calling) -> LadderOut:
    """Show by which steps people are reminded."""
    return _ladder(await ladders.read_ladder(tx))


@router.put("/reminder-ladder/{awaited}", responses=may_raise(*_SAID, NotAllowed, LadderUnfit))
async def choose_steps(awaited: Awaited, asked: StepsIn, tx: OpenTransaction, caller: Calling) -> LadderOut:
    """Replace the steps for one thing that is waited for."""
    steps = [Step(each.days, each.at.replace(tzinfo=None), tuple(each.to)) for each in asked.steps]
    return _ladder(await ladders.choose_steps(tx, awaited=awaited, steps=steps, by=caller))


@router.post(
    "/requirements/{requirement_id}/nudges/preview", responses=may_raise(*_SAID, NotAllowed, NoSuchRequirement)
)
async def preview_nudge(
    requirement_id: UUID, asked: PreviewIn, tx: OpenTransaction, caller: Calling, request: Request
) -> NudgeOut:
    """Show whom a nudge would reach, and tell nobody."""
    found = await nudging.preview(
        tx, requirement_id=requirement_id, states=asked.states, unit_ids=asked.unit_ids, by=caller,
        reader=_reader(request),
    )  # fmt: skip
    return _nudge(found, nudge_id=None)


@router.post(
    "/requirements/{requirement_id}/nudges",
    status_code=201,
    responses=may_raise(*_SAID, NotAllowed, NoSuchRequirement, NudgedAlready, MessagePersonal),
)
async def nudge(
    requirement_id: UUID, asked: NudgeIn, tx: OpenTransaction, caller: Calling, request: Request
) -> NudgeOut:
    """Nudge who owes an answer still."""
    done = await nudging.nudge(
        tx, requirement_id=requirement_id, states=asked.states, unit_ids=asked.unit_ids, message=asked.message,
        by=caller, reader=_reader(request),
    )  # fmt: skip
    return _nudge(done, nudge_id=done.nudge.nudge_id)


@router.get("/directives/{directive_id}/reminders", responses=may_raise(*_SAID, NoSuchDirective))
async def preview_reminders(
    directive_id: UUID,
    tx: OpenTransaction,
    caller: Calling,
    request: Request,
    at: Annotated[AwareDatetime | None, Query(description="the moment; without it: now")] = None,
) -> RemindersOut:
    """Show who would be told what at a moment, and why, if nothing happened until then."""
    found = await previewing.preview(tx, directive_id=directive_id, at=at or tx.now, by=caller, reader=_reader(request))
    return RemindersOut(directive_id=directive_id, at=found.at, entries=[_entry(each) for each in found.entries])


def _reader(request: Request) -> TreeReader:
    reader: TreeReader = request.app.state.tree_reader
    return reader


def _ladder(ladder: Ladder) -> LadderOut:
    return LadderOut(answer=_steps(ladder["answer"]), acknowledgement=_steps(ladder["acknowledgement"]))


def _steps(steps: Sequence[Step]) -> list[StepOut]:
    return [StepOut(days=each.days, at=f"{each.at:%H:%M}", to=list(each.to)) for each in steps]


def _behind(each: Behind) -> dict[str, object]:
    return {
        "obligation_id": each.owed.reminder_id,
        "unit_id": each.owed.unit_id,
        "answering_unit_id": each.owed.answering_unit_id,
        "state": "returned" if each.is_returned else "none",
        "due_at": each.owed.pending.counted_from,
        "nudged_at": each.nudged_at,
    }


def _nudge(found: Nudging, *, nudge_id: UUID | None) -> NudgeOut:
    return NudgeOut(
        nudge_id=nudge_id,
        requirement_id=found.nudge.requirement_id,
        units=[
            ReachedOut.model_validate({**_behind(each.behind), "people": len(each.person_ids)})
            for each in found.reached
        ],
        people=len({person_id for each in found.reached for person_id in each.person_ids}),
        left_out=[BehindOut.model_validate(_behind(each)) for each in found.left_out],
        leaves_at=found.leaves_at,
    )


def _entry(entry: Entry) -> EntryOut:
    owed = entry.known.owed
    is_answer = owed.pending.awaited == "answer"
    return EntryOut(
        awaited=owed.pending.awaited,
        obligation_id=owed.reminder_id if is_answer else None,
        requirement_id=entry.known.requirement_id,
        unit_id=owed.unit_id,
        answering_unit_id=owed.answering_unit_id,
        due_at=owed.pending.counted_from,
        told=[
            RemindedOut(days=each.days, at=each.at, audience=each.audience, person_ids=list(each.person_ids))
            for each in entry.told
        ],
        why_vi=entry.why[0],
        why_en=entry.why[1],
        next_days=entry.next_days,
        next_at=entry.next_at,
    )
