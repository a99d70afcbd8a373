"""What other services say, as far as directives needs it; indifferent to order and repetition."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.directory import PersonChanged
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted
from directives import store

AnswerEvent = SubmissionSubmitted | SubmissionReturned | SubmissionAccepted

_SAYS: dict[type[AnswerEvent], store.obligations.Given] = {
    SubmissionSubmitted: "submitted",
    SubmissionReturned: "returned",
    SubmissionAccepted: "accepted",
}


async def note_answers(events: Sequence[AnswerEvent], transaction: Transaction) -> None:
    """Note how far answers have come: the newest version of each submission is the truth.

    Raises `UnknownObligation` for an answer to something nobody owes; it is retried, then parked for a person.
    """
    newest: dict[object, AnswerEvent] = {}
    for event in events:
        known = newest.get(event.obligation_id)
        if known is None or known.version < event.version:
            newest[event.obligation_id] = event
    await store.obligations.put_answers(
        transaction.connection,
        [
            store.obligations.Answer(
                obligation_id=event.obligation_id,
                version=event.version,
                state=_SAYS[type(event)],
                submission_id=event.submission_id,
                changed_at=event.occurred_at,
            )
            for event in newest.values()
        ],
    )


async def note_people(events: Sequence[PersonChanged], transaction: Transaction) -> None:
    """Note who works where: the newest version of each person is the truth."""
    newest: dict[UUID, PersonChanged] = {}
    for event in events:
        known = newest.get(event.person_id)
        if known is None or known.version < event.version:
            newest[event.person_id] = event
    # In one order for everyone, so that two workers wait for each other and do not lock up.
    await store.staff.put(transaction.connection, [newest[each] for each in sorted(newest)])
