"""Return a submission for revision, or accept it."""

from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from contracts.submissions import SubmissionAccepted, SubmissionReturned
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.submission import Outcome, Review, Submission
from submissions.operations.rights import not_found, require_review


async def return_submission(
    tx: Transaction, *, submission_id: UUID, number: int, reason: str, by: Caller
) -> Submission:
    """Send the newest version back for revision. Safe to repeat with the same reason.

    Raises `Superseded` when `number` is not the newest version, `NotNow` when it was reviewed otherwise.
    """
    return await _review(tx, submission_id, number, "returned", reason, by)


async def accept_submission(tx: Transaction, *, submission_id: UUID, number: int, by: Caller) -> Submission:
    """Accept the newest version; the submission takes no further one. Safe to repeat.

    Raises `Superseded` when `number` is not the newest version, `NotNow` when it was returned.
    """
    return await _review(tx, submission_id, number, "accepted", None, by)


async def _review(
    tx: Transaction, submission_id: UUID, number: int, outcome: Outcome, reason: str | None, by: Caller
) -> Submission:
    taken = await store.submissions.take_submission(tx, submission_id)
    if taken is None:
        raise not_found()
    obligation, submission = taken
    require_review(by, obligation)
    if submission.state == outcome and submission.number == number:
        before = (await store.submissions.get_version(tx, submission, number)).review
        if before is not None and before.reason == reason:
            return submission
    reviewed = submission.reviewed(number, outcome)
    review = Review(outcome=outcome, reason=reason, reviewed_by=by.id, reviewed_at=tx.now)
    await store.submissions.put_review(tx, reviewed, review)
    told = SubmissionReturned if outcome == "returned" else SubmissionAccepted
    tx.emit(told(occurred_at=tx.now, reviewed_by=by.id, **_of(obligation, reviewed)))
    return reviewed


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
