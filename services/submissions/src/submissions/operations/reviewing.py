"""Return a submission for revision, or accept it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Problem
from chassis.transaction import Transaction
from contracts.submissions import SubmissionAccepted, SubmissionReturned
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.draft_fields import refuse_no_such_fields
from submissions.domain.submission import FieldReason, Outcome, Review, Submission, due_again, refuse_awaiting
from submissions.operations.rights import not_found, require_review, require_review_of


async def return_submission(
    tx: Transaction, *, submission_id: UUID, number: int, reason: str, reasons: Sequence[FieldReason] = (), by: Caller
) -> Submission:
    """Send the newest version back for revision, as a whole and field by field. Safe to repeat with the same reasons.

    Raises `Superseded` when `number` is not the newest version, `NotNow` when it was reviewed otherwise,
    `FieldsNotTaken` for fields that are not asked for and files it does not name.
    """
    return await _review(tx, submission_id, number, "returned", by, reason=reason, reasons=tuple(reasons))


async def accept_submission(tx: Transaction, *, submission_id: UUID, number: int, by: Caller) -> Submission:
    """Accept the newest version; the submission takes no further one. Safe to repeat.

    Raises `Superseded` when `number` is not the newest version, `NotNow` when it was returned, `MediaAwaited`.
    """
    return await _review(tx, submission_id, number, "accepted", by)


async def _review(
    tx: Transaction,
    submission_id: UUID,
    number: int,
    outcome: Outcome,
    by: Caller,
    *,
    reason: str | None = None,
    reasons: tuple[FieldReason, ...] = (),
) -> Submission:
    taken = await store.submissions.take_submission(tx, submission_id)
    if taken is None:
        raise not_found()
    obligation, submission = taken
    require_review(by, obligation)
    if submission.state == outcome and submission.number == number:
        before = (await store.submissions.get_version(tx, submission, number)).review
        if before is not None and (before.reason, before.reasons) == (reason, reasons):
            return submission
    if outcome == "accepted":
        reviewed = submission.reviewed(number, outcome)
        refuse_awaiting(await store.submissions.get_version(tx, submission, number), tx.now)
    else:
        reviewed = await _returned(tx, obligation, submission, number, reasons)
    review = Review(outcome=outcome, reason=reason, reviewed_by=by.id, reviewed_at=tx.now, reasons=reasons)
    await store.submissions.put_review(tx, reviewed, review)
    about = {"occurred_at": tx.now, "reviewed_by": by.id, **_of(obligation, reviewed)}
    if outcome == "accepted":
        tx.emit(SubmissionAccepted(**about))
    else:
        tx.emit(SubmissionReturned(**about, due_again_at=reviewed.due_again_at))
    return reviewed


async def _returned(
    tx: Transaction, obligation: Obligation, submission: Submission, number: int, reasons: Sequence[FieldReason]
) -> Submission:
    returned = submission.reviewed(number, "returned")
    requirement = await store.asked.get_requirement(tx, obligation.requirement_id)
    version = await store.submissions.get_version(tx, submission, number)
    refuse_no_such_fields(requirement.of(obligation.particulars), version, [each.field for each in reasons])
    answering = requirement.answering
    calendar = await store.calendars.working_calendar(tx) if answering.revision_in_working_days else None
    return replace(
        returned,
        due_again_at=due_again(tx.now, answering.revision_days, calendar),
        was_late=version.is_late,
    )


async def accept_together(
    tx: Transaction, *, requirement_id: UUID, chosen: Mapping[UUID, int], by: Caller
) -> tuple[list[Submission], list[tuple[UUID, Problem]]]:
    """Accept the versions that were looked at, by submission; return those accepted, and what kept the others from it.

    Safe to repeat. Whoever may not review what answers the requirement learns nothing: `NotFound`.
    """
    await require_review_of(tx, requirement_id, by)
    accepted: list[Submission] = []
    exceptions: list[tuple[UUID, Problem]] = []
    # Sorted, so that two who accept the same ones wait for each other and do not lock up.
    for submission_id, number in sorted(chosen.items()):
        try:
            found = await store.submissions.find_submission(tx, submission_id)
            if found is None or found[0].requirement_id != requirement_id:
                raise not_found()
            accepted.append(await accept_submission(tx, submission_id=submission_id, number=number, by=by))
        except Problem as problem:
            exceptions.append((submission_id, problem))
    return accepted, exceptions


def _of(obligation: Obligation, submission: Submission) -> dict[str, Any]:
    return {
        "submission_id": submission.id,
        "version": submission.version,
        "obligation_id": obligation.id,
        "directive_id": obligation.directive_id,
        "requirement_id": obligation.requirement_id,
        "unit_id": obligation.unit_id,
        "answering_unit_id": obligation.answering_unit_id,
        "number": submission.number,
    }
