"""From the events of others to what is owed and which days are worked; indifferent to order and repetition."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.transaction import Transaction
from contracts.acknowledging import DeliveryAcknowledged
from contracts.closing import DirectiveClosed
from contracts.directives import (
    CalendarEntered,
    DeliveryMoved,
    DeliveryRefused,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
    ObligationOpened,
)
from contracts.submissions import (
    SubmissionAccepted,
    SubmissionReturned,
    SubmissionSubmitted,
    SubmissionWithdrawn,
)
from notify.reminding.store import owing, receipts, rules
from notify.store import facts
from unit_tree.noting import newest_of

AnsweringEvent = SubmissionSubmitted | SubmissionReturned | SubmissionAccepted | SubmissionWithdrawn
_STATES = {
    SubmissionSubmitted: "submitted",
    SubmissionReturned: "returned",
    SubmissionAccepted: "accepted",
    SubmissionWithdrawn: "withdrawn",
}


async def note_owed(tx: Transaction, obligation_ids: Collection[UUID]) -> None:
    """Bring the reminders of these obligations up to what is known of them, in the transaction that noted it."""
    await owing.plan(tx.connection, obligation_ids, now=tx.now)


async def note_answers(tx: Transaction, events: Sequence[object]) -> None:
    """Note what became of answers: who has answered is reminded no more, to whom it was returned is again."""
    told = [event for event in events if isinstance(event, AnsweringEvent)]
    newest = newest_of(told, lambda each: each.obligation_id)
    await owing.put_answers(
        tx.connection,
        [
            {
                "obligation_id": each.obligation_id,
                "version": each.version,
                "state": _STATES[type(each)],
                "due_again_at": each.due_again_at if isinstance(each, SubmissionReturned) else None,
            }
            for each in sorted(newest, key=lambda each: each.obligation_id)
        ],
    )
    await note_owed(tx, {each.obligation_id for each in newest})
    await note_receipts(tx, told)


async def note_years(events: Sequence[CalendarEntered], tx: Transaction) -> None:
    """Note which days of a year are worked, and look at everything that is owed again."""
    if await rules.put_years(tx.connection, newest_of(events, lambda each: each.year)):
        await owing.look_again(tx.connection, now=tx.now)


async def note_receipts(tx: Transaction, events: Sequence[object]) -> None:
    """Note where directives have arrived at units that are to act on them, and where no word of it is waited for."""
    told = [row for event in events for row in _receipts(event)]
    if told:
        await facts.take_turn(tx.connection)
        await receipts.put(tx.connection, told, now=tx.now)


def _receipts(event: object) -> Iterable[dict[str, Any]]:
    match event:
        case DirectiveIssued():
            for copy in event.copies:
                if copy.purpose == "execute":
                    yield _delivered(event.directive_id, copy.unit_id, event.issuer_unit_id, event.occurred_at)
        case ObligationOpened():
            yield _delivered(event.directive_id, event.answering_unit_id, event.issuer_unit_id, event.occurred_at)
        case DeliveryAcknowledged() | DeliveryRefused():
            yield receipts.row(event.directive_id, event.unit_id, settled_at=event.occurred_at)
        case DeliveryMoved():
            # The unit that comes after is told by a letter of its own that it has it.
            yield receipts.row(event.directive_id, event.former_unit_id, settled_at=event.occurred_at)
        case SubmissionSubmitted():
            yield receipts.row(event.directive_id, event.answering_unit_id, settled_at=event.occurred_at)
        case DirectiveReplaced() | DirectiveRecalled() | DirectiveClosed():
            yield receipts.row(event.directive_id, receipts.EVERYBODY, settled_at=event.occurred_at)
        case _:
            pass


def _delivered(directive_id: UUID, unit_id: str, issuer_unit_id: str, at: datetime) -> dict[str, Any]:
    return receipts.row(directive_id, unit_id, issuer_unit_id=issuer_unit_id, delivered_at=at)
