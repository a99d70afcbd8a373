"""Words as people search for them: without marks, in small letters; and the place of a text where they stand."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate

AROUND = 90
"""So many letters of a text are shown before and after a word."""
_MARKS = re.compile("[\u0300-\u036f]")


def folded(written: str) -> str:
    """Return a text without marks, in small letters."""
    return _MARKS.sub("", unicodedata.normalize("NFD", written.lower())).replace("đ", "d")


_folded_letter = lru_cache(maxsize=2048)(folded)


def pattern(word: str) -> str:
    """Return the regular expression a word is found by in a composed text, for PostgreSQL as for Python."""
    return "".join(f"{_any_of(letter)}[\\u0300-\\u036f]*" for letter in unicodedata.normalize("NFC", word))


def _any_of(letter: str) -> str:
    if "\u0300" <= letter <= "\u036f":
        return ""  # a mark of its own counts for nothing
    written_so = _ways_to_write().get(folded(letter))
    if written_so is not None:
        return f"[{written_so}]"
    return letter if letter.isalnum() else f"\\{letter}"


@cache
def _ways_to_write() -> Mapping[str, str]:
    """Return the letters that are one and the same when folded, by that: of Latin, Greek and Cyrillic writing."""
    ways: dict[str, str] = {}
    for letter in filter(str.isalpha, map(chr, range(0x2000))):
        flat = folded(letter)
        if len(flat) == 1 and flat.isalpha():
            ways[flat] = ways.get(flat, "") + letter
    return ways


def excerpt(written: str, words: Sequence[str]) -> str | None:
    """Return where the first of some folded words stands in a text, as it is written there; null: nowhere."""
    letters = [_folded_letter(letter) for letter in written]
    flat = "".join(letters)
    found = min((place for place in map(flat.find, words) if place >= 0), default=None)
    if found is None:
        return None
    ends = accumulate(map(len, letters))  # a letter folds to none, or to several
    at = next(place for place, end in enumerate(ends) if end > found)
    start, end = max(0, at - AROUND), min(len(written), at + AROUND)
    # From word to word, where there is a word to begin and to end with.
    start = written.find(" ", start, at) + 1 if start and " " in written[start:at] else start
    end = written.rfind(" ", at, end) if end < len(written) and " " in written[at:end] else end
    shown = " ".join(written[start:end].split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(written) else ''}"
