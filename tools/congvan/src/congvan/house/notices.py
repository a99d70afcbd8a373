"""What a house says while it works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Notice:
    """One thing worth saying, in both languages; `about` names the program or the step."""

    kind: Literal["begins", "ready", "note", "trouble"]
    about: str
    vi: str
    en: str
    seconds: float | None = None


Tell = Callable[[Notice], None]


def say_nothing(_notice: Notice) -> None:
    """Keep quiet."""
