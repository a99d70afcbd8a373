"""Who may do what with an obligation: its unit answers, its issuer or a division of it reviews, all of them read."""

from collections.abc import Iterable
from uuid import UUID

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may, units_for
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.asked import Obligation
from submissions.problems import ApprovalNeeded
from submissions.store.searching import Readable

_P = Purpose


def may_read(caller: Caller, obligation: Obligation) -> bool:
    """Say whether the caller may see the obligation and what was sent for it."""
    return (
        may(caller, Purpose.READ_SUBMISSION, obligation.answering_unit_id)
        or may(caller, Purpose.READ_SUBMISSION, obligation.unit_id)
        or may(caller, Purpose.SUBMIT, obligation.answering_unit_id)
        or may_look_over(caller, obligation.desks)
    )


def readable_by(caller: Caller) -> Readable | None:
    """Return the obligations `may_read` says yes to, as they are looked for; null: all of them."""
    reads, submits, reviews = (units_for(caller, each) for each in (_P.READ_SUBMISSION, _P.SUBMIT, _P.REVIEW))
    if PROVINCE in reads | submits | reviews:
        return None
    return Readable(as_unit=sorted(reads), as_answering=sorted(reads | submits), as_desk=sorted(reads | reviews))


def may_review(caller: Caller, desks: Iterable[str]) -> bool:
    """Say whether the caller works at one of the desks that review."""
    return any(may(caller, Purpose.REVIEW, unit_id) for unit_id in desks)


def may_look_over(caller: Caller, desks: Iterable[str]) -> bool:
    """Say whether the caller reads what comes in at one of the desks that review."""
    return any(
        may(caller, purpose, unit_id) for unit_id in desks for purpose in (Purpose.REVIEW, Purpose.READ_SUBMISSION)
    )


def require_read(caller: Caller, obligation: Obligation) -> None:
    """Raise `NotFound` unless the caller may see the obligation."""
    if not may_read(caller, obligation):
        raise not_found()


def require_submit(caller: Caller, obligation: Obligation) -> None:
    """Raise unless the caller may answer; `NotFound` where they may not even see."""
    if not may(caller, Purpose.SUBMIT, obligation.answering_unit_id):
        require_read(caller, obligation)
        raise NotAllowed(
            "Chỉ người của đơn vị phải báo cáo mới được nộp.",
            "Only the people of the unit that answers may do this.",
        )


def may_see_figures(caller: Caller, obligation: Obligation) -> bool:
    """Say whether the caller may see what the unit stated for others: its own people, and who reads all it sends."""
    return may(caller, Purpose.SUBMIT, obligation.answering_unit_id) or may(
        caller, Purpose.READ_SUBMISSION, obligation.unit_id
    )


def may_approve(caller: Caller, obligation: Obligation) -> bool:
    """Say whether the caller may agree, as head of the unit, to an answer before it is sent."""
    return may(caller, Purpose.APPROVE, obligation.answering_unit_id)


def require_approve(caller: Caller, obligation: Obligation) -> None:
    """Raise unless the caller may approve; `NotFound` where they may not even see."""
    if not may_approve(caller, obligation):
        require_read(caller, obligation)
        raise NotAllowed(
            "Chỉ thủ trưởng đơn vị mới được phê duyệt hoặc trả lại bản nháp.",
            "Only the head of the unit may approve a draft or send it back.",
        )


def require_approved_by(caller: Caller, obligation: Obligation) -> None:
    """Raise `ApprovalNeeded` unless whoever sends an answer approves it by that."""
    if not may_approve(caller, obligation):
        raise ApprovalNeeded(
            "Yêu cầu này phải được thủ trưởng đơn vị phê duyệt bản nháp trước khi nộp.",
            "The head of the unit must approve the draft before it is sent.",
        )


def require_review(caller: Caller, obligation: Obligation) -> None:
    """Raise unless the caller may review; `NotFound` where they may not even see."""
    if not may_review(caller, obligation.desks):
        require_read(caller, obligation)
        raise NotAllowed(
            "Chỉ chuyên viên của đơn vị ban hành hoặc phòng phụ trách mới được duyệt hoặc trả lại.",
            "Only a desk officer of the unit that issued the directive, or of its division that reviews, may do this.",
        )


async def require_review_of(tx: Transaction, requirement_id: UUID, by: Caller) -> None:
    """Raise `NotFound` unless the caller may review what answers a requirement."""
    if not may_review(by, await store.asked.desks_of(tx, requirement_id)):
        raise not_found()


def not_found() -> NotFound:
    """Return the one answer for what is not there and for what the caller may not see."""
    return NotFound("Không tìm thấy.", "There is no such thing, or you may not see it.")
