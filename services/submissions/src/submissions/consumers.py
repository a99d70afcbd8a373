"""The letterbox: what directives asks, and of whom, and by which days it counts; and who stands below whom."""

from collections.abc import Sequence

from chassis.consuming import EventDesk
from chassis.transaction import Transaction
from contracts.directives import (
    CalendarEntered,
    DirectiveIssued,
    ObligationChanged,
    ObligationOpened,
    ObligationTransferred,
)
from contracts.directory import UnitChanged
from submissions.operations.carrying import carry_over
from submissions.projections import note_asked, note_years
from submissions.store.asked import ObligationEvent
from unit_tree.projection import note_units


def register(desk: EventDesk) -> None:
    """Say which durable brings what, and what it sets in motion."""

    @desk.batch("submissions-directives", DirectiveIssued, ObligationOpened, ObligationTransferred, ObligationChanged)
    async def note(events: Sequence[DirectiveIssued | ObligationEvent], transaction: Transaction) -> None:
        await carry_over(transaction, await note_asked(events, transaction))

    @desk.batch("submissions-calendar", CalendarEntered)
    async def note_calendar(events: Sequence[CalendarEntered], transaction: Transaction) -> None:
        await note_years(events, transaction)

    @desk.batch("submissions-units", UnitChanged)
    async def note_tree(events: Sequence[UnitChanged], transaction: Transaction) -> None:
        await note_units(events, transaction)
