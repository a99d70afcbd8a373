"""The letterbox: what directives asks, and of whom."""

from collections.abc import Sequence

from chassis.consuming import EventDesk
from chassis.transaction import Transaction
from contracts.directives import DirectiveIssued, ObligationChanged, ObligationOpened, ObligationTransferred
from submissions.operations.carrying import carry_over
from submissions.projections import note_asked
from submissions.store.asked import ObligationEvent


def register(desk: EventDesk) -> None:
    """Say which durable brings what, and what it sets in motion."""

    @desk.batch("submissions-directives", DirectiveIssued, ObligationOpened, ObligationTransferred, ObligationChanged)
    async def note(events: Sequence[DirectiveIssued | ObligationEvent], transaction: Transaction) -> None:
        await carry_over(transaction, await note_asked(events, transaction))
