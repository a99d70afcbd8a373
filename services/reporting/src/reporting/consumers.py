"""The letterbox: which events reporting takes in, and what each sets in motion."""

from collections.abc import Sequence

from chassis.consuming import EventDesk, Letter
from chassis.transaction import Transaction
from contracts.directives import DirectiveIssued, ObligationChanged, ObligationOpened
from contracts.directory import PersonChanged, UnitChanged
from contracts.reporting import AggregatesDigested, AggregateUpdated, EditionPublished
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted, SubmissionWithdrawn
from reporting import projections
from reporting.domain.heard import AnswerEvent
from reporting.exports.projection import note_wordings
from reporting.feed.operations import note_told
from reporting.webhooks.owners import note_owners
from unit_tree.projection import TreeReader


def register(desk: EventDesk, trees: TreeReader) -> None:
    """Say what comes in through which durable."""

    @desk.batch("reporting-units", UnitChanged)
    async def note_units(events: Sequence[UnitChanged], transaction: Transaction) -> None:
        await projections.note_units(transaction, events)

    @desk.batch("reporting-directives", DirectiveIssued, ObligationOpened, ObligationChanged)
    async def note_directives(events: Sequence[projections.AskedEvent], transaction: Transaction) -> None:
        await projections.note_directives(transaction, events, trees=trees)
        await note_wordings(transaction, [event for event in events if isinstance(event, DirectiveIssued)])

    # Two at once: PostgreSQL writes the one while the other is read and reckoned.
    @desk.batch(
        "reporting-answers",
        SubmissionSubmitted,
        SubmissionReturned,
        SubmissionAccepted,
        SubmissionWithdrawn,
        at_once=2,
    )
    async def note_answers(events: Sequence[AnswerEvent], transaction: Transaction) -> None:
        await projections.note_answers(transaction, events)

    @desk.batch("reporting-owners", PersonChanged)
    async def note_posts(events: Sequence[PersonChanged], transaction: Transaction) -> None:
        await note_owners(transaction, events)

    # What is told outside the house: the bytes themselves, as they were told.
    @desk.batch("reporting-feed", AggregateUpdated, AggregatesDigested, EditionPublished, letters=True)
    async def note_feed(letters: Sequence[Letter], transaction: Transaction) -> None:
        await note_told(transaction, letters)
