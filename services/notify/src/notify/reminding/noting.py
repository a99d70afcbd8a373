"""From the events of others to what is owed and which days are worked; indifferent to order and repetition."""

from collections.abc import Collection, Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.directives import CalendarEntered
from contracts.submissions import (
    SubmissionAccepted,
    SubmissionReturned,
    SubmissionSubmitted,
    SubmissionWithdrawn,
)
from notify.reminding.store import owing, rules
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


async def note_years(events: Sequence[CalendarEntered], tx: Transaction) -> None:
    """Note which days of a year are worked, and look at everything that is owed again."""
    if await rules.put_years(tx.connection, newest_of(events, lambda each: each.year)):
        await owing.look_again(tx.connection, now=tx.now)
