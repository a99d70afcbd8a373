"""Carry answers over: what was submitted to a directive that was replaced answers what goes on from it."""

from collections.abc import Collection
from uuid import UUID

from chassis.transaction import Transaction, new_id
from contracts.submissions import Carried, StatedValue, SubmissionAccepted, SubmissionSubmitted
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.document import Official
from submissions.domain.submission import Submission, SubmissionVersion, carried_over
from submissions.operations.recording import told_of


async def carry_over(tx: Transaction, obligation_ids: Collection[UUID]) -> None:
    """Carry over what stands of the answers these obligations touch. Safe to repeat, in whatever order they are told.

    What was returned is not carried: the unit answers anew.
    """
    touched = set(obligation_ids)
    while touched:
        continued = await store.carrying.take_continued(tx, touched)
        answers = await store.carrying.take_carriable(tx, [each.former_id for each in continued])
        made = [
            (answers[each.former_id], carried_over(*answers[each.former_id], each.obligation, submission_id=new_id()))
            for each in continued
            if each.former_id in answers
        ]
        await store.carrying.put_carried(tx, [(first, *carried) for (first, _), carried in made])
        obligations = {each.obligation.id: each.obligation for each in continued}
        for (first, newest), (submission, version) in made:
            obligation = obligations[submission.obligation_id]
            official = await store.registrations.carry(tx, newest, version, obligation.requirement_id)
            _tell(tx, first, newest, submission, version, obligation, official)
        # What goes on may itself have been replaced, and have been told of first.
        touched = {submission.obligation_id for _, (submission, _) in made}


def _tell(
    tx: Transaction,
    first: Submission,
    newest: SubmissionVersion,
    submission: Submission,
    version: SubmissionVersion,
    obligation: Obligation,
    official: Official | None,
) -> None:
    carried = Carried(obligation_id=first.obligation_id, submission_id=first.id, submitted_at=newest.submitted_at)
    about = {
        "occurred_at": tx.now,
        "submission_id": submission.id,
        "obligation_id": obligation.id,
        "directive_id": obligation.directive_id,
        "requirement_id": obligation.requirement_id,
        "unit_id": obligation.unit_id,
        "answering_unit_id": obligation.answering_unit_id,
        "number": version.number,
        "carried": carried,
    }
    tx.emit(
        SubmissionSubmitted(
            **about,
            version=version.version,
            submitted_by=version.submitted_by,
            is_late=version.is_late,
            is_nil=version.is_nil,
            values=tuple(
                StatedValue(indicator=each.indicator, period=each.period, value=each.value, level=each.level or None)
                for each in version.values
            ),
            media_ids=version.media_ids,
            documents=() if official is None else (told_of(official),),
            media_awaited_until=version.media_awaited_until,
            is_media_late=version.is_media_late,
        )
    )
    if version.review is not None:
        tx.emit(SubmissionAccepted(**about, version=submission.version, reviewed_by=version.review.reviewed_by))
