"""What can go wrong with reminders, in the reader's words."""

from datetime import timedelta
from typing import Any, ClassVar

from chassis.problems import Malformed, NotFound, Problem


class LadderUnfit(Malformed):
    """No reminders can be sent by these steps."""

    code: ClassVar[str] = "ladder-unfit"


class MessagePersonal(Malformed):
    """The words name an address or a telephone number, and would leave the house with every letter."""

    code: ClassVar[str] = "message-personal"


class NoSuchRequirement(NotFound):
    """There is no such requirement, or nobody owes an answer to it, as far as the caller may know."""


class NoSuchDirective(NotFound):
    """There is no such directive, as far as the caller may know."""


class NudgedAlready(Problem):
    """All of them were nudged a short while ago."""

    code: ClassVar[str] = "nudged-already"
    status: ClassVar[int] = 429

    def __init__(self, vi: str, en: str, *, retry_after: timedelta, **more: Any) -> None:
        """Take how long it is until the first of them may be nudged again."""
        self.retry_after_seconds = max(1, -(-retry_after // timedelta(seconds=1)))
        super().__init__(vi, en, retry_after_seconds=self.retry_after_seconds, **more)
