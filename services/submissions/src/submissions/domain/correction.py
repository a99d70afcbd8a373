"""A correction: what was accepted or closed may be sent once more, by permission."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from submissions.problems import DecidedAlready, NotLater

CorrectionOutcome = Literal["granted", "refused"]
LONGEST = timedelta(days=366)
OUTCOMES_VI: dict[CorrectionOutcome, str] = {"granted": "được đồng ý", "refused": "không được đồng ý"}


@dataclass(frozen=True, slots=True)
class Correction:
    """What a unit asks to correct, and what was decided."""

    id: UUID
    submission_id: UUID
    reason: str
    asked_by: UUID
    asked_at: datetime
    outcome: CorrectionOutcome | None = None
    answer: str | None = None
    granted_until: datetime | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None

    def decided(
        self, outcome: CorrectionOutcome, *, answer: str | None, until: datetime | None, by: UUID, at: datetime
    ) -> "Correction":
        """Return it decided; itself when it was decided just so. Raise `DecidedAlready` when it was otherwise."""
        if self.outcome is None:
            return replace(self, outcome=outcome, answer=answer, granted_until=until, decided_by=by, decided_at=at)
        if (self.outcome, self.answer, self.granted_until) != (outcome, answer, until):
            raise DecidedAlready(
                f"Đề nghị này đã {OUTCOMES_VI[self.outcome]}.",
                f"The correction was {self.outcome} already.",
                outcome=self.outcome,
            )
        return self


def refuse_wrong_end(until: datetime, now: datetime) -> None:
    """Raise `NotLater` for a permission that has ended already or lasts for longer than a year."""
    if not now < until <= now + LONGEST:
        raise NotLater(
            "Thời hạn nộp bản đính chính phải sau thời điểm này và không quá một năm.",
            "The permission must end after now and within a year.",
        )
