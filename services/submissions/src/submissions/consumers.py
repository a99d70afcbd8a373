"""The letterbox: what directives asks, and of whom."""

from chassis.consuming import EventDesk
from contracts.directives import DirectiveIssued, ObligationChanged, ObligationOpened, ObligationTransferred
from submissions.projections import note_asked


def register(desk: EventDesk) -> None:
    """Say which durable brings what."""
    desk.batch("submissions-directives", DirectiveIssued, ObligationOpened, ObligationTransferred, ObligationChanged)(
        note_asked
    )
