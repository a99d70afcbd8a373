"""Everything the portal says, in Vietnamese and in English: the words lie in `wording/`, some files a language."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from portal import writing
from portal.writing import Language

LANGUAGES: tuple[Language, ...] = ("vi", "en")


class Words:
    """The words of every page in one language, and how it writes dates and numbers."""

    def __init__(self, language: Language, said: Mapping[str, str]) -> None:
        self.language: Language = language
        self._said = said

    def __call__(self, key: str, **told: object) -> str:
        """Return what is said for a key; raises `KeyError` for one that has no words."""
        return self._said[key].format(**told) if told else self._said[key]

    def one_of(self, group: str, name: str) -> str:
        """Return what is said for a name others chose, and the name itself where nothing is."""
        return self._said.get(f"{group}.{name}", name)

    def either(self, vi: str | None, en: str | None) -> str:
        """Return which of two is in this language, and the other one where it is missing."""
        return (vi or en or "") if self.language == "vi" else (en or vi or "")

    def under(self, prefix: str) -> dict[str, str]:
        """Return what is said for every key with a prefix, by the rest of the key: what a script needs."""
        return {key.removeprefix(prefix): said for key, said in self._said.items() if key.startswith(prefix)}

    @property
    def keys(self) -> frozenset[str]:
        """Every key there are words for."""
        return frozenset(self._said)

    def day(self, told: datetime | date) -> str:
        """Return a day with its weekday."""
        return writing.day(told, self.language)

    def at(self, told: datetime) -> str:
        """Return an instant."""
        return writing.day_and_time(told, self.language)

    def due(self, told: datetime) -> str:
        """Return a deadline."""
        return writing.due(told, self.language)

    def left(self, told: datetime, now: datetime) -> str:
        """Return how long there is until a deadline."""
        return writing.left(told, now, self.language)

    def month(self, told: date) -> str:
        """Return a month."""
        return writing.month(told, self.language)

    def number(self, value: float) -> str:
        """Return a number."""
        return writing.number(value, self.language)

    def size(self, byte_count: int) -> str:
        """Return how large a file is."""
        return writing.size(byte_count, self.language)


@cache
def words_in(language: str) -> Words:
    """Return the words in a language; in Vietnamese unless English is asked for."""
    chosen: Language = "en" if language == "en" else "vi"
    said: dict[str, str] = {}
    for file in files("portal").joinpath("wording").iterdir():
        if file.name.startswith(f"{chosen}."):
            said |= _flat(tomllib.loads(file.read_text(encoding="utf-8")), "")
    return Words(chosen, said)


def _flat(table: Mapping[str, object], under: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{under}{key}.")
        else:
            found.append((f"{under}{key}", str(value)))
    return found
