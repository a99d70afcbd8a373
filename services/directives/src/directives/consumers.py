"""The letterbox: what comes in from the directory and from submissions, and what each event sets in motion."""

from collections.abc import Callable, Sequence

from chassis.consuming import EventDesk
from chassis.transaction import Transaction
from contracts.directory import GroupChanged, PersonChanged, UnitChanged, UnitTypeChanged
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted, SubmissionWithdrawn
from directives.operations.awaiting import note_accepted
from directives.projections import AnswerEvent, note_answers
from unit_tree.projection import note_units
from unit_tree.selecting import note_groups, note_people, note_unit_types


def register(desk: EventDesk, hear_of_units: Callable[[], None]) -> None:
    """Say which durables this service reads, and what takes in their events."""

    @desk.batch("directives-units", UnitChanged)
    async def note(events: Sequence[UnitChanged], transaction: Transaction) -> None:
        await note_units(events, transaction)
        hear_of_units()

    @desk.batch("directives-selectors", GroupChanged, UnitTypeChanged, PersonChanged)
    async def note_what_selectors_go_by(
        events: Sequence[GroupChanged | UnitTypeChanged | PersonChanged], transaction: Transaction
    ) -> None:
        await note_groups([each for each in events if isinstance(each, GroupChanged)], transaction)
        await note_unit_types([each for each in events if isinstance(each, UnitTypeChanged)], transaction)
        await note_people([each for each in events if isinstance(each, PersonChanged)], transaction)

    # A list of what is owed may be a moment behind; on deadline evening the moment is what keeps it cheap.
    answers = (SubmissionSubmitted, SubmissionReturned, SubmissionAccepted, SubmissionWithdrawn)

    @desk.batch("directives-answers", *answers, linger=0.25)
    async def note_what_came_back(events: Sequence[AnswerEvent], transaction: Transaction) -> None:
        await note_answers(events, transaction)
        if await note_accepted(transaction, [each for each in events if isinstance(each, SubmissionAccepted)]):
            # Whoever was to answer may be no more since it began to wait.
            hear_of_units()
