"""What a password must be like (QCVN 12:2026/BCA)."""

from collections.abc import Callable, Mapping

LEAST_LETTERS = 8
REMEMBERED = 10
"""An administrator does not take one of this many last passwords again."""

_KINDS: Mapping[str, Callable[[str], bool]] = {
    "lower": str.islower,
    "upper": str.isupper,
    "digit": str.isdigit,
    "special": lambda letter: not letter.isalnum(),
}


def missing(password: str) -> list[str]:
    """Return what a password lacks: `length`, `lower`, `upper`, `digit`, `special`; nothing when it is good enough."""
    lacks = [kind for kind, is_one in _KINDS.items() if not any(is_one(letter) for letter in password)]
    return ["length", *lacks] if len(password) < LEAST_LETTERS else lacks
