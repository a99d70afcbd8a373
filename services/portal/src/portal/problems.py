"""What can go wrong on a page, in the reader's words."""

from chassis.problems import NotFound


class NoSuchService(NotFound):
    """There is no service of this name."""
