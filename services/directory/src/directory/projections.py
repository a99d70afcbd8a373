"""What others say of what units owe; indifferent to order and repetition."""

from collections.abc import Sequence

from chassis.transaction import Transaction
from contracts.directives import ObligationChanged, ObligationOpened, ObligationTransferred
from contracts.submissions import SubmissionAccepted
from directory.store import obligations
from unit_tree.noting import newest_of

ObligationEvent = ObligationOpened | ObligationTransferred | ObligationChanged
_KEPT = {"obligation_id", "version", "directive_id", "requirement_id", "unit_id", "answering_unit_id"}


async def note_obligations(events: Sequence[ObligationEvent], transaction: Transaction) -> None:
    """Note who owes what, who answers it, and whether it is owed still."""
    await obligations.note(
        transaction.connection,
        [
            event.model_dump(include=_KEPT)
            | {"is_owed": not isinstance(event, ObligationChanged) or event.state == "open"}
            for event in newest_of(events, lambda each: each.obligation_id)
        ],
    )


async def note_acceptances(events: Sequence[SubmissionAccepted], transaction: Transaction) -> None:
    """Note which obligations are settled."""
    await obligations.note_settled(transaction.connection, {event.obligation_id for event in events})
