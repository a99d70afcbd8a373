"""What other services say, as far as directives needs it; indifferent to order and repetition."""

from collections.abc import Sequence

from chassis.transaction import Transaction
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted, SubmissionWithdrawn
from directives import store

AnswerEvent = SubmissionSubmitted | SubmissionReturned | SubmissionAccepted | SubmissionWithdrawn

_SAYS: dict[type[AnswerEvent], store.obligations.Given] = {
    SubmissionSubmitted: "submitted",
    SubmissionReturned: "returned",
    SubmissionAccepted: "accepted",
    SubmissionWithdrawn: "withdrawn",
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
    sent = [each for each in events if isinstance(each, SubmissionSubmitted) and each.documents]
    await store.cascades.register_sent(transaction.connection, sent)
