"""Words as people search for them: without marks, in small letters; and the place of a text where they stand."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

AROUND = 90
"""So many letters of a text are shown before and after a word."""
_MARKS = re.compile("[\u0300-\u036f]")


def folded(text: str) -> str:
    """Return a text without marks, in small letters, as PostgreSQL folds what it is compared with."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.lower())).replace("đ", "d")


_folded_letter = lru_cache(maxsize=2048)(folded)


def excerpt(text: str, words: Sequence[str]) -> str | None:
    """Return where the first of some folded words stands in a text, as it is written there; null: nowhere."""
    letters = [_folded_letter(letter) for letter in text]
    flat = "".join(letters)
    found = min((place for place in map(flat.find, words) if place >= 0), default=None)
    if found is None:
        return None
    ends = accumulate(map(len, letters))  # a letter may fold to none, or to several
    at = next(place for place, end in enumerate(ends) if end > found)
    start, end = max(0, at - AROUND), min(len(text), at + AROUND)
    # From word to word, where there is a word to begin and to end with.
    start = text.find(" ", start, at) + 1 if start and " " in text[start:at] else start
    end = text.rfind(" ", at, end) if end < len(text) and " " in text[at:end] else end
    shown = " ".join(text[start:end].split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"
