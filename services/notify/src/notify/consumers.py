"""The letterbox of notify: what comes in is noted, and letters are written as soon as enough is known."""

from collections.abc import Sequence

from chassis.consuming import EventDesk
from chassis.transaction import Transaction
from contracts.acknowledging import DeliveryAcknowledged
from contracts.closing import DirectiveClosed
from contracts.directives import (
    CalendarEntered,
    DeliveryMoved,
    DeliveryRefused,
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
    ExtensionAsked,
    ExtensionRefused,
    ObligationAssigned,
    ObligationChanged,
    ObligationOpened,
    ObligationTransferred,
    QuestionAnswered,
    QuestionAsked,
)
from contracts.directory import PersonChanged, UnitChanged
from contracts.reporting import EditionPublished, SubscriptionStopped, SubscriptionUnreached
from contracts.submissions import (
    CommentAdded,
    CorrectionAsked,
    CorrectionGranted,
    CorrectionRefused,
    DraftApproved,
    DraftDeclined,
    DraftPresented,
    MediaRejected,
    MediaWithdrawn,
    SubmissionAccepted,
    SubmissionReturned,
    SubmissionSubmitted,
    SubmissionWithdrawn,
)
from notify import projections
from notify.addressing import write_letters
from notify.notices import NoticeEvent, note_notices
from notify.publishing import TotalsEvent, note_totals, note_who_answers
from notify.reminding import noting
from unit_tree.projection import note_units


def register(desk: EventDesk) -> None:
    """Say which events come in, and what each sets in motion."""

    @desk.batch("notify-posts", PersonChanged)
    async def note_posts(events: Sequence[PersonChanged], tx: Transaction) -> None:
        await write_letters(tx, unit_ids=await projections.note_people(tx, events))

    @desk.batch(
        "notify-directives",
        DirectiveIssued,
        DirectiveReplaced,
        DirectiveAmended,
        DirectiveCorrected,
        DirectiveRecalled,
        DirectiveClosed,
        DeliveryAcknowledged,
        DeliveryRefused,
        DeliveryMoved,
        QuestionAsked,
        QuestionAnswered,
        ObligationAssigned,
        ObligationOpened,
        ObligationTransferred,
        ObligationChanged,
        ExtensionAsked,
        ExtensionRefused,
    )
    async def note_directives(
        events: Sequence[
            NoticeEvent
            | DirectiveClosed
            | DeliveryAcknowledged
            | ObligationAssigned
            | projections.ObligationEvent
            | projections.ExtensionEvent
        ],
        tx: Transaction,
    ) -> None:
        issued = [event for event in events if isinstance(event, DirectiveIssued)]
        notices = [event for event in events if isinstance(event, NoticeEvent)]
        assigned = [event for event in events if isinstance(event, ObligationAssigned)]
        owed = [event for event in events if isinstance(event, projections.ObligationEvent)]
        asked = [event for event in events if isinstance(event, projections.ExtensionEvent)]
        if issued:
            await write_letters(tx, directive_ids=await projections.note_directives(tx, issued))
        if notices:
            await write_letters(tx, due_ids=await note_notices(tx, notices))
        if assigned:
            await write_letters(tx, due_ids=await projections.note_assignments(tx, assigned))
        if owed:
            touched = await projections.note_obligations(tx, owed)
            await noting.note_owed(tx, touched)
            await write_letters(tx, obligation_ids=touched, due_ids=await note_who_answers(tx, owed))
        if asked:
            await write_letters(tx, due_ids=await projections.note_extensions(tx, asked))
        await noting.note_receipts(tx, events)

    # Nobody waits for a letter within the second; together they are cheap.
    @desk.batch(
        "notify-answers",
        SubmissionSubmitted,
        SubmissionReturned,
        SubmissionAccepted,
        SubmissionWithdrawn,
        CorrectionAsked,
        CorrectionGranted,
        CorrectionRefused,
        CommentAdded,
        DraftPresented,
        DraftApproved,
        DraftDeclined,
        MediaRejected,
        MediaWithdrawn,
        linger=0.25,
    )
    async def note_answers(events: Sequence[projections.AnswerEvent], tx: Transaction) -> None:
        due_ids = await projections.note_answers(tx, events)
        await noting.note_answers(tx, events)
        await write_letters(tx, due_ids=due_ids)

    # Who stands above whom: where nobody heads a unit, what is overdue is told one step up.
    @desk.batch("notify-units", UnitChanged)
    async def note_tree(events: Sequence[UnitChanged], tx: Transaction) -> None:
        await note_units(events, tx)

    @desk.batch("notify-calendar", CalendarEntered)
    async def note_calendar(events: Sequence[CalendarEntered], tx: Transaction) -> None:
        await noting.note_years(events, tx)

    @desk.batch("notify-totals", EditionPublished, SubscriptionUnreached, SubscriptionStopped)
    async def note_what_was_published(events: Sequence[TotalsEvent], tx: Transaction) -> None:
        await write_letters(tx, due_ids=await note_totals(tx, events))
