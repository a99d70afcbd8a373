"""What can go wrong with channels, in the reader's words."""

from typing import ClassVar

from chassis.problems import Malformed, NotFound


class ChoiceUnfit(Malformed):
    """Letters cannot go the ways that were chosen."""

    code: ClassVar[str] = "channels-unfit"


class NoSuchDirective(NotFound):
    """There is no such directive, as far as the caller may know."""


class NoSuchRequirement(NotFound):
    """There is no such requirement, as far as the caller may know."""
