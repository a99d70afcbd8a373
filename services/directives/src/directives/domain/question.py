"""A question about a directive, or an obstacle to an answer that is owed, and what was answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.directives import QuestionKind
from directives.problems import AnsweredAlready


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the owning division answered, and whether everyone the directive was sent to may read it."""

    text: str
    is_shared: bool
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something a unit asked; about one obligation when it is an obstacle."""

    id: UUID
    kind: QuestionKind
    directive_id: UUID
    obligation_id: UUID | None
    unit_id: str
    desk_unit_id: str
    """The division that is asked; the issuer's own desk may answer as well."""
    text: str
    asked_by: UUID
    asked_at: datetime
    reply: Reply | None = None

    @property
    def is_for_all(self) -> bool:
        """Say whether everyone the directive was sent to may read it: it was answered so."""
        return self.reply is not None and self.reply.is_shared

    def lacks_reply(self, text: str, *, is_shared: bool) -> bool:
        """Say whether it is still to be answered so; raise when it was answered otherwise."""
        if self.reply is None:
            return True
        if (self.reply.text, self.reply.is_shared) != (text, is_shared):
            raise AnsweredAlready(
                "Câu hỏi này đã được trả lời; nếu cần bổ sung, hãy để đơn vị hỏi tiếp.",
                "This question was answered already; more is said when the unit asks on.",
                question_id=str(self.id),
            )
        return False

    def answered(self, reply: Reply) -> "Question":
        """Return it with what was answered."""
        return replace(self, reply=reply)
