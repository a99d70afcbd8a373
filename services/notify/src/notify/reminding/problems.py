"""What can go wrong with reminders, in the reader's words."""

from typing import ClassVar

from chassis.problems import Malformed


class LadderUnfit(Malformed):
    """No reminders can be sent by these steps."""

    code: ClassVar[str] = "ladder-unfit"
