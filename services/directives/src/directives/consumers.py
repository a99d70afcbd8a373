"""The letterbox: what comes in from the directory and from submissions, and what each event sets in motion."""

from chassis.consuming import EventDesk
from contracts.directory import UnitChanged
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted
from directives.projections import note_answers
from unit_tree.projection import note_units


def register(desk: EventDesk) -> None:
    """Say which durables this service reads, and what takes in their events."""
    desk.batch("directives-units", UnitChanged)(note_units)
    # A list of what is owed may be a moment behind; on deadline evening the moment is what keeps it cheap.
    desk.batch("directives-answers", SubmissionSubmitted, SubmissionReturned, SubmissionAccepted, linger=0.25)(
        note_answers
    )
