"""Take an answer back before it is reviewed; correct one afterwards, by permission."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, units_for
from chassis.transaction import Transaction, new_id
from contracts.submissions import CorrectionAsked, CorrectionGranted, CorrectionRefused, SubmissionWithdrawn
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.correction import Correction, CorrectionOutcome, refuse_wrong_end
from submissions.domain.submission import (
    Submission,
    refuse_carried_over,
    refuse_late_or_accepted,
    refuse_not_owed,
)
from submissions.operations.rights import not_found, require_read, require_review, require_submit
from submissions.problems import AlreadyAccepted, AskedAlready, Closed, NoNeedToAsk

MOST_WAITING = 200
"""So many that wait are listed; as some are decided, others come."""


async def withdraw(tx: Transaction, *, submission_id: UUID, number: int, by: Caller) -> Submission:
    """Take the newest version back before it is reviewed; nothing it stated counts any more. Safe to repeat.

    Raises `Superseded`, `NotNow`, and whatever keeps another version from being sent: who could not answer anew cannot
    withdraw. A correction of what was accepted is not withdrawn either: `AlreadyAccepted`.
    """
    obligation, submission = await _take(tx, submission_id)
    require_submit(by, obligation)
    if submission.state == "withdrawn" and submission.number == number:
        return submission
    withdrawn = submission.withdrawn(number)
    requirement = await store.asked.get_requirement(tx, obligation.requirement_id)
    refuse_late_or_accepted(obligation, requirement, submission, tx.now)
    versions = await store.submissions.versions_of(tx, submission)
    if any(each.review is not None and each.review.outcome == "accepted" for each in versions):
        raise AlreadyAccepted(
            "Bản đính chính của báo cáo đã duyệt không rút lại được; hãy nộp bản mới hoặc đề nghị trả lại.",
            "A correction of what was accepted is not withdrawn; send another version or ask for its return.",
        )
    await store.submissions.put_submission(tx, withdrawn)
    tx.emit(
        SubmissionWithdrawn(
            occurred_at=tx.now, version=withdrawn.version, withdrawn_by=by.id, **_about(obligation, withdrawn)
        )
    )
    return withdrawn


async def ask_to_correct(tx: Transaction, *, submission_id: UUID, reason: str, by: Caller) -> Correction:
    """Ask for permission to send one more version of what was accepted or closed. Safe to repeat.

    Raises `NoNeedToAsk` while a version is taken without, `AskedAlready` while another request waits.
    """
    obligation, submission = await _take(tx, submission_id)
    require_submit(by, obligation)
    refuse_carried_over(submission)
    refuse_not_owed(obligation)
    waiting = await store.corrections.find_undecided(tx, submission_id)
    if waiting is not None:
        if waiting.reason == reason:
            return waiting
        raise AskedAlready(
            "Đã có một đề nghị đính chính đang chờ trả lời.",
            "A correction was asked for already and waits for a decision.",
            correction_id=str(waiting.id),
        )
    requirement = await store.asked.get_requirement(tx, obligation.requirement_id)
    try:
        refuse_late_or_accepted(obligation, requirement, submission, tx.now)
    except (AlreadyAccepted, Closed):
        pass
    else:
        raise NoNeedToAsk(
            "Đơn vị có thể nộp bản mới mà không cần xin phép.",
            "A new version may be sent without permission.",
        )
    correction = Correction(new_id(), submission_id, reason, by.id, tx.now)
    await store.corrections.add(tx, correction)
    tx.emit(CorrectionAsked(occurred_at=tx.now, correction_id=correction.id, **_about(obligation, submission)))
    return correction


async def grant(tx: Transaction, *, correction_id: UUID, until: datetime, by: Caller) -> Correction:
    """Let the unit send one more version until then; what stands counts until it is sent. Safe to repeat."""
    correction, obligation, submission = await _take_correction(tx, correction_id, by)
    if correction.outcome is None:
        refuse_wrong_end(until, tx.now)
        refuse_carried_over(submission)
        refuse_not_owed(obligation)
    decided = await _decide(tx, correction, "granted", None, until, by)
    if decided is not correction:
        await store.submissions.put_submission(tx, replace(submission, reopened_until=until))
        about = _about(obligation, submission)
        tx.emit(CorrectionGranted(occurred_at=tx.now, correction_id=correction_id, until=until, **about))
    return decided


async def refuse(tx: Transaction, *, correction_id: UUID, reason: str, by: Caller) -> Correction:
    """Leave what was submitted as it is. Safe to repeat with the same reason."""
    correction, obligation, submission = await _take_correction(tx, correction_id, by)
    decided = await _decide(tx, correction, "refused", reason, None, by)
    if decided is not correction:
        tx.emit(CorrectionRefused(occurred_at=tx.now, correction_id=correction_id, **_about(obligation, submission)))
    return decided


async def read_corrections(tx: Transaction, *, submission_id: UUID, by: Caller) -> Sequence[Correction]:
    """Return what was asked to correct of a submission, the first one first."""
    found = await store.submissions.find_submission(tx, submission_id)
    if found is None:
        raise not_found()
    require_read(by, found[0])
    return await store.corrections.all_of(tx, submission_id)


async def read_waiting(tx: Transaction, *, by: Caller) -> Sequence[tuple[Correction, Obligation]]:
    """Return what waits for a decision of the caller, the longest first, with the obligations it is about."""
    desks = units_for(by, Purpose.REVIEW)
    return await store.corrections.undecided(tx, desks=None if PROVINCE in desks else sorted(desks), limit=MOST_WAITING)


async def _decide(
    tx: Transaction,
    correction: Correction,
    outcome: CorrectionOutcome,
    answer: str | None,
    until: datetime | None,
    by: Caller,
) -> Correction:
    decided = correction.decided(outcome, answer=answer, until=until, by=by.id, at=tx.now)
    if decided is not correction:
        await store.corrections.put(tx, decided)
    return decided


async def _take(tx: Transaction, submission_id: UUID) -> tuple[Obligation, Submission]:
    taken = await store.submissions.take_submission(tx, submission_id)
    if taken is None:
        raise not_found()
    return taken


async def _take_correction(
    tx: Transaction, correction_id: UUID, by: Caller
) -> tuple[Correction, Obligation, Submission]:
    found = await store.corrections.find(tx, correction_id)
    if found is None:
        raise not_found()
    # Always the submission first: whoever asks locks it too.
    obligation, submission = await _take(tx, found.submission_id)
    require_review(by, obligation)
    return await store.corrections.take(tx, correction_id), obligation, submission


def _about(obligation: Obligation, submission: Submission) -> dict[str, Any]:
    return {
        "submission_id": submission.id,
        "obligation_id": obligation.id,
        "directive_id": obligation.directive_id,
        "requirement_id": obligation.requirement_id,
        "issuer_unit_id": obligation.issuer_unit_id,
        "reviewing_unit_id": obligation.reviewing_unit_id,
        "unit_id": obligation.unit_id,
        "answering_unit_id": obligation.answering_unit_id,
        "number": submission.number,
    }
