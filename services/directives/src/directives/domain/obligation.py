"""What may become of an obligation after it was opened: a later deadline, an exemption, and the way back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.directives import ObligationState
from directives.problems import AskedAlready, DecidedAlready, NotLater, NotOwed

AnswerState = Literal["none", "submitted", "returned", "accepted", "withdrawn"]
Outcome = Literal["granted", "refused"]
DirectiveEnd = Literal["recalled", "replaced", "closed"]

NOT_OWED_VI = {
    "exempt": "đã được miễn",
    "waiting": "chưa đến lúc thực hiện",
    "replaced": "văn bản đã được thay thế",
    "recalled": "văn bản đã được thu hồi",
    "closed": "văn bản đã kết thúc",
    "submitted": "đã nộp bài và đang chờ duyệt",
    "accepted": "bài nộp đã được duyệt",
}
OUTCOME_VI = {"granted": "đồng ý", "refused": "không đồng ý"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """An obligation as it stands, with what decides whether it may change."""

    id: UUID
    version: int
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    reviewing_unit_id: str
    """Whose desk reviews the answer, beside that of the issuer: a division of it, or the issuer itself."""
    unit_id: str
    answering_unit_id: str
    state: ObligationState
    due_at: datetime
    closes_at: datetime | None
    """When the form closes for this unit; null: when its requirement does."""
    requirement_closes_at: datetime | None
    answer_state: AnswerState
    assigned_to: UUID | None = None
    """Who in the answering unit sees to it."""
    period: str = ""
    """The period it is the answer of; empty: its requirement is asked once."""
    is_met: bool = True
    """What it depends on has happened; also of one that depends on nothing."""
    ended_as: DirectiveEnd | None = None
    """What became of its directive, of which nothing is expected any more."""

    @property
    def desks(self) -> tuple[str, ...]:
        """Return the units whose desks decide about it."""
        return (self.issuer_unit_id, self.reviewing_unit_id)

    def seen_to_by(self, person_id: UUID | None) -> "Duty":
        """Return it with whoever in its unit sees to it; what is owed stays, and so does its version."""
        return replace(self, assigned_to=person_id)

    def refuse_settled(self) -> None:
        """Raise when nothing is owed any more, or the answer was accepted."""
        if self.state != "open":
            raise _not_owed(self.state)
        if self.answer_state == "accepted":
            raise _not_owed(self.answer_state)

    def refuse_not_later(self, due_at: datetime) -> None:
        """Raise when a deadline is not later than the one that stands."""
        if due_at <= self.due_at:
            raise NotLater(
                "Hạn mới phải muộn hơn hạn hiện nay.",
                f"The new deadline must be later than {self.due_at.isoformat()}.",
                due_at=self.due_at.isoformat(),
            )

    def extended(self, due_at: datetime) -> "Duty":
        """Return it due later; the form stays open at least as long."""
        self.refuse_settled()
        self.refuse_not_later(due_at)
        closing = self.closes_at or self.requirement_closes_at
        closes_at = due_at if closing is not None and closing < due_at else self.closes_at
        return replace(self, version=self.version + 1, due_at=due_at, closes_at=closes_at)

    def exempted(self) -> "Duty":
        """Return it owed no more. What was submitted is decided first: returned, it may be exempted."""
        self._refuse_settled_or_waiting()
        self.refuse_answered()
        return replace(self, version=self.version + 1, state="exempt")

    def recalled(self) -> "Duty":
        """Return it owed no more, because its directive was recalled; what was submitted is settled by that."""
        self._refuse_settled_or_waiting()
        return replace(self, version=self.version + 1, state="recalled")

    def closed(self) -> "Duty":
        """Return it, which waits, owed never, because nothing is expected of its directive any more."""
        if self.state != "waiting":
            raise _not_owed(self.state)
        return replace(self, version=self.version + 1, state="exempt", ended_as="closed")

    def replaced(self, *, is_continued: bool) -> "Duty":
        """Return it owed no more, because its directive was replaced. One that goes on may be settled already."""
        if self.state != "open" or not is_continued:
            self._refuse_settled_or_waiting()
        return replace(self, version=self.version + 1, state="replaced")

    def reopened(self) -> "Duty":
        """Return it owed again by the deadline it had, or waiting as before; of what is over nothing is."""
        if self.state != "exempt":
            raise _not_owed(self.state)
        if self.ended_as is not None:
            raise _not_owed(self.ended_as)
        return replace(self, version=self.version + 1, state="open" if self.is_met else "waiting")

    def activated(self, due_at: datetime) -> "Duty":
        """Return it owed by a deadline, as what it waited for has happened; the form stays open at least as long."""
        closing = self.requirement_closes_at
        closes_at = due_at if closing is not None and closing < due_at else None
        return replace(self, version=self.version + 1, state="open", is_met=True, due_at=due_at, closes_at=closes_at)

    def suspended(self) -> "Duty":
        """Return it waiting, as what it waited for was taken back."""
        return replace(self, version=self.version + 1, state="waiting", is_met=False)

    @property
    def may_wait_again(self) -> bool:
        """Say whether it is owed and nothing was answered that stands."""
        return self.state == "open" and self.answer_state in ("none", "returned", "withdrawn")

    def refuse_answered(self) -> None:
        """Raise when an answer waits for its review."""
        if self.answer_state == "submitted":
            raise _not_owed(self.answer_state)

    def _refuse_settled_or_waiting(self) -> None:
        if self.state != "waiting":
            self.refuse_settled()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the issuer said to a request."""

    outcome: Outcome
    due_at: datetime | None
    """The deadline that was granted."""
    why: str | None
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A request for a later deadline."""

    id: UUID
    obligation_id: UUID
    wished_due_at: datetime
    reason: str
    asked_by: UUID
    asked_at: datetime
    decision: Decision | None = None

    def refuse_another(self, *, wished_due_at: datetime, reason: str) -> None:
        """Raise unless this waiting request says the same as the one that is made now."""
        if (self.wished_due_at, self.reason) != (wished_due_at, reason):
            raise AskedAlready(
                "Đơn vị đã xin gia hạn và đang chờ quyết định.",
                "A later deadline was asked for already and waits for its decision.",
                extension_id=str(self.id),
            )

    def lacks_decision(self, outcome: Outcome, *, due_at: datetime | None, why: str | None) -> bool:
        """Say whether it is still to be decided so; raise `DecidedAlready` when it was decided otherwise."""
        known = self.decision
        if known is None:
            return True
        if (known.outcome, known.due_at, known.why) != (outcome, due_at, why):
            raise DecidedAlready(
                f"Đề nghị gia hạn này đã được quyết định: {OUTCOME_VI[known.outcome]}.",
                f"This request was decided already: {known.outcome}.",
                outcome=known.outcome,
            )
        return False

    def decided(self, decision: Decision) -> "Extension":
        """Return it with what the issuer said."""
        return replace(self, decision=decision)


def _not_owed(state: str) -> NotOwed:
    return NotOwed(
        f"Nghĩa vụ này không ở trạng thái cho phép việc đó: {NOT_OWED_VI.get(state, 'còn phải thực hiện')}.",
        f"The obligation does not allow this now: {state}.",
        state=state,
    )
