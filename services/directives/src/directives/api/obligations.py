"""Obligations one at a time at the front door: later deadlines, exemptions, and their history."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from contracts.directives import ObligationChange, ObligationState
from directives.api.trees import KnownTree
from directives.domain.deadline import words
from directives.domain.obligation import AnswerState, Duty, Extension, Outcome
from directives.operations import awaiting, changing, receiving
from directives.problems import AskedAlready, DecidedAlready, NotLater, NotOfTheUnit, NotOwed
from directives.requests import Day, Moment, Reason, ReasonIn, Request
from directives.store.duties import Changed
from directives.terms_problems import NothingAwaited

router = APIRouter()


class LaterIn(Request):
    """A later deadline, and why."""

    due_at: Moment
    reason: Reason


class GrantIn(Request):
    """The deadline that is granted."""

    due_at: Moment
    reason: Reason | None = None


class HappenedIn(Request):
    """The day of what was waited for, and what it was."""

    happened_on: Day
    reason: Reason


class AssigneeIn(Request):
    """Who sees to it; null: nobody any more."""

    person_id: UUID | None


class DutyOut(BaseModel):
    """An obligation as it stands; `closes_at` is that of the requirement unless it has its own."""

    obligation_id: UUID
    version: int
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    answering_unit_id: str
    state: ObligationState
    due_at: datetime
    due_words_vi: str
    due_words_en: str
    closes_at: datetime | None
    answer_state: AnswerState
    assigned_to: UUID | None
    """Who in the answering unit sees to it."""
    period: str | None
    """The period it is the answer of; null: its requirement is asked once."""


class ExtensionOut(BaseModel):
    """A request for a later deadline, and what became of it; `outcome` null: it waits."""

    extension_id: UUID
    obligation_id: UUID
    wished_due_at: datetime
    reason: str
    asked_by: UUID
    asked_at: datetime
    outcome: Outcome | None
    granted_due_at: datetime | None
    why: str | None
    decided_by: UUID | None
    decided_at: datetime | None


class ExtensionsOut(BaseModel):
    """Requests that wait for their decision, oldest first."""

    extensions: list[ExtensionOut]


class ChangeOut(BaseModel):
    """What somebody changed, and why."""

    version: int
    change: ObligationChange
    state: ObligationState
    former_due_at: datetime
    due_at: datetime
    closes_at: datetime | None
    reason: str
    changed_by: UUID
    changed_at: datetime


class HistoryOut(DutyOut):
    """An obligation with everything people asked and changed, oldest first."""

    extensions: list[ExtensionOut]
    changes: list[ChangeOut]


@router.get("/obligations/{obligation_id}", responses=may_raise(NotFound))
async def read_obligation(caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID) -> HistoryOut:
    """Show an obligation and its history."""
    found = await changing.read_history(tx, obligation_id=obligation_id, tree=tree, by=caller)
    return HistoryOut(
        **_duty(found.duty).model_dump(),
        extensions=[_extension(each) for each in found.extensions],
        changes=[_change(each) for each in found.changes],
    )


@router.post(
    "/obligations/{obligation_id}/extensions",
    status_code=201,
    responses=may_raise(NotFound, NotAllowed, NotOwed, NotLater, AskedAlready),
)
async def ask_extension(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: LaterIn
) -> ExtensionOut:
    """Ask for a later deadline."""
    return _extension(
        await changing.ask_extension(
            tx, obligation_id=obligation_id, wished_due_at=asked.due_at, reason=asked.reason, tree=tree, by=caller
        )
    )


@router.get("/extensions", responses=may_raise(NotAllowed))
async def list_extensions(
    caller: Calling, tx: OpenTransaction, issuer_unit_id: Annotated[UnitId, Query()]
) -> ExtensionsOut:
    """List the requests an issuer has not decided."""
    waiting = await changing.extensions_waiting_for(tx, desk_unit_id=issuer_unit_id, by=caller)
    return ExtensionsOut(extensions=[_extension(each) for each in waiting])


@router.post(
    "/extensions/{extension_id}/grant", responses=may_raise(NotFound, NotAllowed, NotOwed, NotLater, DecidedAlready)
)
async def grant_extension(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, extension_id: UUID, asked: GrantIn
) -> ExtensionOut:
    """Grant a later deadline that was asked for."""
    return _extension(
        await changing.grant_extension(
            tx, extension_id=extension_id, due_at=asked.due_at, why=asked.reason, tree=tree, by=caller
        )
    )


@router.post("/extensions/{extension_id}/refuse", responses=may_raise(NotFound, NotAllowed, DecidedAlready))
async def refuse_extension(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, extension_id: UUID, asked: ReasonIn
) -> ExtensionOut:
    """Refuse a later deadline that was asked for."""
    return _extension(
        await changing.refuse_extension(tx, extension_id=extension_id, why=asked.reason, tree=tree, by=caller)
    )


@router.put("/obligations/{obligation_id}/deadline", responses=may_raise(NotFound, NotAllowed, NotOwed, NotLater))
async def extend(caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: LaterIn) -> DutyOut:
    """Set a later deadline nobody asked for."""
    return _duty(
        await changing.extend(
            tx, obligation_id=obligation_id, due_at=asked.due_at, reason=asked.reason, tree=tree, by=caller
        )
    )


@router.post("/obligations/{obligation_id}/exempt", responses=may_raise(NotFound, NotAllowed, NotOwed))
async def exempt(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: ReasonIn
) -> DutyOut:
    """Let a unit owe the answer no more."""
    return _duty(await changing.exempt(tx, obligation_id=obligation_id, reason=asked.reason, tree=tree, by=caller))


@router.post("/obligations/{obligation_id}/reopen", responses=may_raise(NotFound, NotAllowed, NotOwed))
async def reopen(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: ReasonIn
) -> DutyOut:
    """Take an exemption back."""
    return _duty(await changing.reopen(tx, obligation_id=obligation_id, reason=asked.reason, tree=tree, by=caller))


@router.post(
    "/obligations/{obligation_id}/activate", responses=may_raise(NotFound, NotAllowed, NotOwed, NothingAwaited)
)
async def activate(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: HappenedIn
) -> DutyOut:
    """Note that what the obligation waits for has happened."""
    return _duty(
        await awaiting.activate(
            tx, obligation_id=obligation_id, happened_on=asked.happened_on, reason=asked.reason, tree=tree, by=caller
        )
    )


@router.post("/obligations/{obligation_id}/suspend", responses=may_raise(NotFound, NotAllowed, NotOwed, NothingAwaited))
async def suspend(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: ReasonIn
) -> DutyOut:
    """Take back that what the obligation waits for has happened."""
    return _duty(await awaiting.suspend(tx, obligation_id=obligation_id, reason=asked.reason, tree=tree, by=caller))


@router.put("/obligations/{obligation_id}/assignee", responses=may_raise(NotFound, NotAllowed, NotOwed, NotOfTheUnit))
async def assign(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: AssigneeIn
) -> DutyOut:
    """Say who in the answering unit sees to it."""
    return _duty(
        await receiving.assign(tx, obligation_id=obligation_id, person_id=asked.person_id, tree=tree, by=caller)
    )


def _duty(duty: Duty) -> DutyOut:
    vi, en = words(duty.due_at)
    return DutyOut(
        obligation_id=duty.id,
        version=duty.version,
        directive_id=duty.directive_id,
        requirement_id=duty.requirement_id,
        issuer_unit_id=duty.issuer_unit_id,
        unit_id=duty.unit_id,
        answering_unit_id=duty.answering_unit_id,
        state=duty.state,
        due_at=duty.due_at,
        due_words_vi=vi,
        due_words_en=en,
        closes_at=duty.closes_at or duty.requirement_closes_at,
        answer_state=duty.answer_state,
        assigned_to=duty.assigned_to,
        period=duty.period or None,
    )


def _extension(extension: Extension) -> ExtensionOut:
    decision = extension.decision
    return ExtensionOut(
        extension_id=extension.id,
        obligation_id=extension.obligation_id,
        wished_due_at=extension.wished_due_at,
        reason=extension.reason,
        asked_by=extension.asked_by,
        asked_at=extension.asked_at,
        outcome=decision.outcome if decision else None,
        granted_due_at=decision.due_at if decision else None,
        why=decision.why if decision else None,
        decided_by=decision.by if decision else None,
        decided_at=decision.at if decision else None,
    )


def _change(changed: Changed) -> ChangeOut:
    return ChangeOut.model_validate(changed, from_attributes=True)
