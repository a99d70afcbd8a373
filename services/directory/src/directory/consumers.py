"""The letterbox: what units owe, of which a reorganisation says where it goes."""

from collections.abc import Sequence

from chassis.consuming import EventDesk
from chassis.transaction import Transaction
from contracts.directives import ObligationChanged, ObligationOpened, ObligationTransferred
from contracts.submissions import SubmissionAccepted
from directory import projections


def register(desk: EventDesk) -> None:
    """Say which durables this service reads, and what takes in their events."""

    # Nobody waits for these; together they are cheap.
    @desk.batch("directory-obligations", ObligationOpened, ObligationTransferred, ObligationChanged, linger=0.25)
    async def note_obligations(events: Sequence[projections.ObligationEvent], transaction: Transaction) -> None:
        await projections.note_obligations(events, transaction)

    @desk.batch("directory-acceptances", SubmissionAccepted, linger=0.25)
    async def note_acceptances(events: Sequence[SubmissionAccepted], transaction: Transaction) -> None:
        await projections.note_acceptances(events, transaction)
