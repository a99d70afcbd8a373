"""Answer an obligation with what takes more than one statement: people, official documents, or taking note.

Reports and films go the shorter way of `submitting`; how many units register at one moment is counted here, so they
come one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.problems import Unavailable
from chassis.transaction import Transaction, Transactions
from contracts.submissions import SubmissionAccepted, SubmissionSubmitted
from submissions import store
from submissions.domain.answer import Answer, Stated, refuse_faults, refuse_faulty
from submissions.domain.asked import Requirement
from submissions.domain.document import Official, format_faults, official_faults, signed_faults
from submissions.domain.document import faults_of as document_faults
from submissions.domain.explaining import refuse_unexplained
from submissions.domain.fault import Remark
from submissions.domain.registration import Share, figures, refuse_overfull
from submissions.domain.registration import faults_of as registration_faults
from submissions.domain.submission import (
    Receipt,
    Review,
    State,
    Submission,
    SubmissionVersion,
    refuse_late_or_accepted,
)
from submissions.operations.readiness import refuse_not_ready
from submissions.operations.recording import next_version, receipt_of, submitted, told_of
from submissions.problems import key_reused
from submissions.store.submissions import Standing

ONE_BY_ONE = frozenset({"registration", "document", "acknowledgement"})
"""The kinds of requirements that are answered here."""


@dataclass(frozen=True, slots=True)
class Request:
    """An answer, and what tells the request from any other one."""

    obligation_id: UUID
    answer: Answer
    key: str
    digest: bytes
    by: Caller
    draft_version: int | None = None
    remarks: Sequence[Remark] = ()


async def hand_in(
    transactions: Transactions, requirement: Requirement, request: Request
) -> tuple[Receipt, bool] | None:
    """Record an answer; return its receipt, and whether it is that of an earlier request.

    Null: somebody answered or reviewed at this moment, nothing was written, and the caller tries again.
    """
    async with transactions.begin() as tx:
        if requirement.registration is not None:
            await store.registrations.take_turn(tx, requirement.id)
        standing = await store.submissions.read_standing(
            tx, request.obligation_id, person=request.by.id, key=request.key
        )
        if standing.repeated is not None:
            if standing.repeated.request_digest != request.digest:
                raise key_reused()
            return await _completed(tx, requirement, standing.repeated), True
        refuse_late_or_accepted(standing.obligation, requirement, standing.submission, tx.now)
        answer = await _checked(tx, requirement, request)
        version = next_version(
            standing,
            requirement,
            answer,
            key=request.key,
            digest=request.digest,
            draft_version=request.draft_version,
            by=request.by,
            now=tx.now,
            remarks=request.remarks,
        )
        if not await store.submissions.write_version(tx, version):
            return None
        return await _written(tx, requirement, standing, version, answer), False


async def _checked(tx: Transaction, requirement: Requirement, request: Request) -> Answer:
    """Return the answer with the figures it adds up to; raise with all that is wrong with it."""
    answer = request.answer
    refuse_faulty(requirement, answer)
    refuse_unexplained(request.remarks, answer)
    if requirement.registration is not None:
        share = await _share(tx, request.obligation_id)
        refuse_faults(registration_faults(requirement.registration, share, answer.delegates, is_nil=answer.is_nil))
        taken = await store.registrations.count_taken(tx, requirement.id, but_for=request.obligation_id)
        refuse_overfull(requirement.registration, taken, len(answer.delegates))
        if not answer.is_nil:
            counts = figures(requirement.registration, answer.delegates)
            answer = replace(answer, values=tuple(Stated(code, "", count) for code, count in counts.items()))
    if requirement.document is not None:
        count = len(answer.media_ids)
        faults = document_faults(
            requirement.document, answer.document, count, is_nil=answer.is_nil, today=today(tx.now)
        )
        refuse_faults(faults)
        files = await store.media.all_of(tx, set(answer.media_ids)) if count else {}
        refuse_faults(format_faults(requirement.document, [files[each].format for each in answer.media_ids]))
    elif requirement.answering.is_official:
        refuse_faults(official_faults(answer.document, is_nil=answer.is_nil, today=today(tx.now)))
        await _refuse_unsigned(tx, request.obligation_id, answer.document)
    return answer


async def _refuse_unsigned(tx: Transaction, obligation_id: UUID, official: Official | None) -> None:
    """Raise unless the signed file of a report, where one is named, is the PDF its sender means, and may be shown."""
    if official is None or official.signed_media_id is None:
        return
    signed = (await store.media.all_of(tx, [official.signed_media_id])).get(official.signed_media_id)
    is_ours = signed is not None and signed.obligation_id == obligation_id
    refuse_not_ready([official.signed_media_id], {signed.id: signed.state} if signed is not None and is_ours else {})
    if signed is not None:
        refuse_faults(signed_faults(official, signed.format, signed.sha256))


async def _written(
    tx: Transaction, requirement: Requirement, standing: Standing, version: SubmissionVersion, answer: Answer
) -> Receipt:
    """Write what belongs to a version, tell of it, and return its receipt."""
    await store.registrations.add_delegates(tx, version, requirement.id, answer.delegates)
    told = submitted(standing.obligation, version)
    if answer.document is not None:
        await store.registrations.add_official(tx, version, answer.document)
        told = told.model_copy(update={"documents": (told_of(answer.document),)})
    tx.emit(told)
    if requirement.kind == "acknowledgement":
        await _settle(tx, version, told)
    return await _completed(tx, requirement, receipt_of(version))


async def _completed(tx: Transaction, requirement: Requirement, receipt: Receipt) -> Receipt:
    state: State = "accepted" if requirement.kind == "acknowledgement" else "submitted"
    return replace(receipt, state=state, places_left=await _left(tx, requirement))


async def _settle(tx: Transaction, version: SubmissionVersion, told: SubmissionSubmitted) -> None:
    """Accept what nobody reviews: whoever says that they took note settles it by that."""
    noted = Submission(version.submission_id, version.obligation_id, "submitted", version.version, version.number)
    accepted = noted.reviewed(version.number, "accepted")
    review = Review(outcome="accepted", reason=None, reviewed_by=version.submitted_by, reviewed_at=tx.now)
    await store.submissions.put_review(tx, accepted, review)
    about = told.model_dump(include=set(SubmissionAccepted.model_fields) & set(type(told).model_fields) - {"version"})
    tx.emit(SubmissionAccepted(**about, version=accepted.version, reviewed_by=version.submitted_by, is_unreviewed=True))


async def _share(tx: Transaction, obligation_id: UUID) -> Share:
    share = await store.registrations.find_share(tx, obligation_id)
    if share is None:
        raise Unavailable(
            "Định mức của đơn vị chưa đến nơi; vui lòng thử lại sau ít giây.",
            "Whom this unit registers has not arrived yet; try again in a few seconds.",
        )
    return share


async def _left(tx: Transaction, requirement: Requirement) -> int | None:
    if requirement.registration is None or requirement.registration.capacity is None:
        return None
    taken = await store.registrations.count_taken(tx, requirement.id)
    return max(requirement.registration.capacity - taken, 0)
