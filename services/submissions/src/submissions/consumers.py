"""The letterbox: what directives asks, and of whom."""

from chassis.consuming import EventDesk
from contracts.directives import DirectiveIssued, ObligationOpened, ObligationTransferred
from submissions.projections import note_asked


def register(desk: EventDesk) -> None:
    """Say which durable brings what."""
    desk.batch("submissions-directives", DirectiveIssued, ObligationOpened, ObligationTransferred)(note_asked)
