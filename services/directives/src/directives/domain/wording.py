"""Words as people search for them: without marks, in small letters; and the place of a text where they stand."""

import unicodedata
from collections.abc import Sequence

AROUND = 90
"""So many letters of a text are shown before and after a word."""


def folded(text: str) -> str:
    """Return a text without marks, in small letters, as PostgreSQL folds what it is compared with."""
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f").replace("đ", "d")


def excerpt(text: str, words: Sequence[str]) -> str | None:
    """Return where the first of some folded words stands in a text, as it is written there; null: nowhere."""
    letters = [(place, folded_letter) for place, letter in enumerate(text) for folded_letter in folded(letter)]
    flat = "".join(letter for _, letter in letters)
    found = min((place for place in map(flat.find, words) if place >= 0), default=None)
    if found is None:
        return None
    at = letters[found][0]
    start, end = max(0, at - AROUND), min(len(text), at + AROUND)
    # From word to word, where there is a word to begin and to end with.
    start = text.find(" ", start, at) + 1 if start and " " in text[start:at] else start
    end = text.rfind(" ", at, end) if end < len(text) and " " in text[at:end] else end
    shown = " ".join(text[start:end].split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"
