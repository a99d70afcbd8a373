"""How the child says that a file is refused."""


class UnfitError(Exception):
    """This file is refused: a key of `wire.REASONS`, and what was measured."""

    def __init__(self, reason: str, measured: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.measured = measured
