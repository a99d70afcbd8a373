"""A submission and its versions: what may happen to them, and the receipt of each."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from chassis.clock import VIETNAM
from chassis.workdays import WorkingCalendar
from submissions.domain.answer import Explanation, Stated
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.consolidated import Consolidated
from submissions.domain.fault import Remark
from submissions.problems import AlreadyAccepted, CarriedOver, Closed, MediaAwaited, NotNow, NotOwed, Superseded

State = Literal["submitted", "returned", "accepted", "withdrawn"]
Outcome = Literal["returned", "accepted"]

STATE_NAMES: dict[State, str] = {
    "submitted": "đã nộp",
    "returned": "đã trả lại",
    "accepted": "đã duyệt",
    "withdrawn": "đã rút",
}
NOT_OWED_VI = {
    "exempt": "được miễn",
    "replaced": "văn bản đã được thay thế",
    "recalled": "văn bản đã được thu hồi",
    "waiting": "chưa đến lúc thực hiện",
}
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class Submission:
    """What an obligation has been answered with so far: the state, and the number of the newest version."""

    id: UUID
    obligation_id: UUID
    state: State
    version: int
    """Grows with every change; it orders the events."""
    number: int
    """Grows with every answer that was sent; it names the submission version."""
    carried_to: UUID | None = None
    """The submission that was made of this one, for the obligation that goes on."""
    due_again_at: datetime | None = None
    """By when what was returned is due revised, and taken in any case; null: as the obligation is."""
    was_late: bool = False
    """What was returned last had come late: revised in time it is no earlier."""
    reopened_until: datetime | None = None
    """Until when one more version is taken whatever the state, by permission; null: without permission."""

    def reviewed(
        self,
        number: int,
        outcome: Outcome,
    ) -> "Submission":
        """Return or accept the newest version; raise when it is not the newest or was reviewed already."""
        self._refuse_other_than_waiting(number)
        return replace(self, state=outcome, version=self.version + 1)

    def withdrawn(self, number: int) -> "Submission":
        """Take the newest version back; raise when it is not the newest or was reviewed already."""
        self._refuse_other_than_waiting(number)
        return replace(self, state="withdrawn", version=self.version + 1)

    def is_reopened(self, now: datetime) -> bool:
        """Say whether one more version is taken by permission."""
        return self.reopened_until is not None and now < self.reopened_until

    def _refuse_other_than_waiting(self, number: int) -> None:
        refuse_carried_over(self)
        if number < self.number:
            raise Superseded(
                f"Đã có bản nộp lần {self.number}; hãy xem bản mới nhất.",
                f"Version {self.number} has replaced this one.",
                newest=self.number,
            )
        if number > self.number or self.state != "submitted":
            raise NotNow(
                f"Bản nộp mới nhất là lần {self.number}, {STATE_NAMES[self.state]}; không thực hiện được lúc này.",
                f"The newest version is {self.number} and it is {self.state}.",
                state=self.state,
                newest=self.number,
            )


class FieldReason(NamedTuple):
    """Why one field or file must be revised; `field` is named as in a draft, a file as `media_ids/<id>`."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """What was decided about a version."""

    outcome: Outcome
    reason: str | None
    reviewed_by: UUID
    reviewed_at: datetime
    reasons: tuple[FieldReason, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmissionVersion:
    """One answer as it was sent; it never changes. `version` is that of the submission at that moment."""

    submission_id: UUID
    obligation_id: UUID
    number: int
    version: int
    submitted_by: UUID
    submitted_at: datetime
    idempotency_key: str
    request_digest: bytes
    is_late: bool
    is_nil: bool
    values: Sequence[Stated]
    narrative: Mapping[str, str | list[str]]
    media_ids: Sequence[UUID]
    draft_version: int | None = None
    """The version of the draft it was sent from; null: it was sent as a whole."""
    explanations: Sequence[Explanation] = ()
    consolidates: Sequence[Consolidated] = ()
    remarks: Sequence[Remark] = ()
    """What the sender was told of it when it was sent."""
    media_awaited_until: datetime | None = None
    """Until when files it asks for may follow that it does not have; null: it has all."""
    is_media_late: bool = False
    """Its files came after they could follow."""
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender holds in hand."""

    submission_id: UUID
    obligation_id: UUID
    number: int
    version: int
    submitted_at: datetime
    is_late: bool
    request_digest: bytes
    draft_version: int | None = None
    state: State = "submitted"
    """Accepted: nobody reviews it."""
    places_left: int | None = None
    """Of a registration: for how many more there is room now; null when nobody counts."""

    @property
    def code(self) -> str:
        """Return the receipt code: whoever has the version's content can compute it again."""
        return receipt_code(self.submission_id, self.number, self.request_digest)


def receipt_code(submission_id: UUID, number: int, request_digest: bytes) -> str:
    """Return ten characters a person can read out (Crockford's base 32), bound to the content that was sent."""
    sealed = hashlib.sha256(submission_id.bytes + number.to_bytes(8, "big") + request_digest).digest()
    bits = int.from_bytes(sealed[:8], "big")
    code = "".join(_CROCKFORD[(bits >> (5 * place)) & 31] for place in range(RECEIPT_CHARACTERS))
    return f"{code[:5]}-{code[5:]}"


def carried_over(
    first: Submission, newest: SubmissionVersion, obligation: Obligation, *, submission_id: UUID
) -> tuple[Submission, SubmissionVersion]:
    """Return what is made of a submission for the obligation that goes on: its newest version, as it was sent then.

    Late is only what came after both deadlines: what was in time when it was sent stays in time.
    """
    reviewed = newest.review is not None
    carried = Submission(
        id=submission_id, obligation_id=obligation.id, state=first.state, version=1 + reviewed, number=1
    )
    version = replace(
        newest,
        submission_id=submission_id,
        obligation_id=obligation.id,
        number=1,
        version=1,
        # With a blank, which no key that is sent has.
        idempotency_key=f"carried over from {first.id}",
        is_late=newest.is_late and newest.submitted_at > obligation.due_at,
    )
    return carried, version


def refuse_carried_over(submission: Submission) -> None:
    """Raise when a submission was carried over: whatever becomes of it becomes of the one that was made of it."""
    if submission.carried_to is not None:
        raise CarriedOver(
            "Văn bản đã được thay thế và bài nộp này đã chuyển sang văn bản mới; hãy làm tiếp ở đó.",
            "The directive was replaced and this submission was carried over; go on there.",
            submission_id=str(submission.carried_to),
        )


def closing_of(obligation: Obligation, requirement: Requirement) -> datetime | None:
    """Return when an obligation takes no more answers, if ever."""
    return obligation.closes_at or requirement.closes_at


def is_late(obligation: Obligation, submission: Submission | None, now: datetime) -> bool:
    """Say whether an answer that comes now is late; what is revised by when it is due again is as early as it was."""
    if now <= obligation.due_at:
        return False
    again = None if submission is None else submission.due_again_at
    return submission is None or again is None or submission.was_late or now > again


def due_again(returned_at: datetime, days: int | None, calendar: WorkingCalendar | None = None) -> datetime | None:
    """Return by when a returned answer is due: the end of the day, so many days after that of the return.

    With a calendar, days that are worked. The day of the return is not counted (Bộ luật Dân sự 2015, Điều 147).
    """
    if days is None:
        return None
    returned_on = returned_at.astimezone(VIETNAM).date()
    last = returned_on + timedelta(days=days) if calendar is None else calendar.count(returned_on, days)
    return datetime.combine(last + timedelta(days=1), time(), VIETNAM)


def files_due(obligation: Obligation, requirement: Requirement) -> datetime | None:
    """Return until when files may follow an answer; null: they come with it."""
    days = requirement.answering.files_follow_days
    if days is None:
        return None
    follow = obligation.due_at + timedelta(days=days)
    closes_at = closing_of(obligation, requirement)
    return follow if closes_at is None else min(follow, max(closes_at, obligation.due_at))


def refuse_awaiting(version: SubmissionVersion, now: datetime) -> None:
    """Raise when files of a version may still follow: it is accepted whole, or when nobody need wait any longer."""
    until = version.media_awaited_until
    if until is not None and now < until:
        raise MediaAwaited(
            f"Còn chờ tệp nộp bổ sung đến {until.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}; chưa duyệt được.",
            f"Files may follow until {until.isoformat()}; it cannot be accepted before.",
            awaited_until=until.isoformat(),
        )


def refuse_not_owed(obligation: Obligation) -> None:
    """Raise when the unit owes the answer no more."""
    if obligation.state != "open":
        raise NotOwed(
            f"Đơn vị không còn phải trả lời mục này: {NOT_OWED_VI.get(obligation.state, obligation.state)}.",
            f"This answer is owed no more: {obligation.state}.",
            state=obligation.state,
        )


def refuse_late_or_accepted(
    obligation: Obligation, requirement: Requirement, submission: Submission | None, now: datetime
) -> None:
    """Raise when the obligation takes no answer any more: owed no longer, accepted, or past its closing."""
    refuse_not_owed(obligation)
    if submission is not None and submission.is_reopened(now):
        return
    if submission is not None and submission.state == "accepted":
        raise AlreadyAccepted(
            "Báo cáo đã được duyệt, không thể nộp lại.",
            "The submission was accepted; it takes no further version.",
        )
    closes_at = closing_of(obligation, requirement)
    if closes_at is not None and submission is not None and submission.due_again_at is not None:
        closes_at = max(closes_at, submission.due_again_at)
    if closes_at is not None and now >= closes_at:
        raise Closed(
            f"Đã khóa sổ lúc {closes_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}; không nhận thêm.",
            f"The requirement closed at {closes_at.isoformat()}.",
            closed_at=closes_at.isoformat(),
        )
