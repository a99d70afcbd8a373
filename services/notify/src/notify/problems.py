"""What can go wrong with letters, in the reader's words."""

from chassis.problems import NotFound


class NoSuchLetter(NotFound):
    """There is no such letter in the caller's inbox."""
