"""Agree inside the unit before an answer is sent: hand a draft up, approve it, send it back."""

from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from contracts.submissions import DraftApproved, DraftDeclined, DraftPresented
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.draft import Draft, StepKind
from submissions.domain.submission import refuse_not_owed
from submissions.operations import drafting
from submissions.operations.rights import not_found, require_approve, require_submit
from submissions.problems import draft_moved_on


async def hand_up(tx: Transaction, *, obligation_id: UUID, seen: int, by: Caller) -> Draft:
    """Ask the head of the unit to approve the draft as it was seen. Safe to repeat."""
    return await _step(tx, obligation_id, "handed_up", seen, by)


async def approve(tx: Transaction, *, obligation_id: UUID, seen: int, by: Caller) -> Draft:
    """Agree, as head of the unit, that the draft is sent as it was seen. Safe to repeat."""
    return await _step(tx, obligation_id, "approved", seen, by)


async def send_back(tx: Transaction, *, obligation_id: UUID, seen: int, reason: str, by: Caller) -> Draft:
    """Want a draft that was handed up changed, and say why. Safe to repeat with the same reason."""
    return await _step(tx, obligation_id, "sent_back", seen, by, reason)


async def _step(
    tx: Transaction, obligation_id: UUID, kind: StepKind, seen: int, by: Caller, reason: str | None = None
) -> Draft:
    obligation = await store.asked.find_obligation(tx, obligation_id)
    if obligation is None:
        raise not_found()
    (require_submit if kind == "handed_up" else require_approve)(by, obligation)
    refuse_not_owed(obligation)
    if await store.drafts.find_draft(tx, obligation_id) is None:
        raise draft_moved_on(0)
    draft = await drafting.take(tx, obligation_id)
    stepped = draft.stepped(kind, seen=seen, by=by.id, at=tx.now, reason=reason)
    if stepped is not draft:
        await store.drafts.put_step(tx, stepped)
        told = {"handed_up": DraftPresented, "approved": DraftApproved, "sent_back": DraftDeclined}[kind]
        tx.emit(told(occurred_at=tx.now, **_about(obligation, stepped)))
    return stepped


def _about(obligation: Obligation, draft: Draft) -> dict[str, Any]:
    return {
        "obligation_id": obligation.id,
        "directive_id": obligation.directive_id,
        "requirement_id": obligation.requirement_id,
        "unit_id": obligation.unit_id,
        "answering_unit_id": obligation.answering_unit_id,
        "draft_version": draft.version,
        "handed_up_by": None if draft.step is None else draft.step.handed_up_by,
    }
