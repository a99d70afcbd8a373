"""Choosing units by words, with or without their marks: what a unit is and where it lies. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.wording import folded

MOST = 12
"""So many units are offered at once; who meant another one types on."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One unit that can be chosen."""

    unit_id: str
    name: str
    what: str
    """Its type, and the commune it lies in."""
    sought: str
    """What it is found by, as `folded` has it; begins with its name."""


class Choices:
    """The units of today as they are chosen among, made once for each time they were asked for."""

    def __init__(self) -> None:
        self._made: tuple[Sequence[Mapping[str, Any]], list[Choice]] = ((), [])

    def among(self, units: Sequence[Mapping[str, Any]]) -> list[Choice]:
        """Return `choices_of(units)`."""
        if self._made[0] is not units:
            self._made = units, choices_of(units)
        return self._made[1]


def choices_of(units: Sequence[Mapping[str, Any]]) -> list[Choice]:
    """Return units as they are chosen among, by name."""
    names = {str(each["unit_id"]): str(each["name"]) for each in units}
    found = []
    for unit in units:
        places = [names[each] for each in unit["territory_ids"] if each in names and each != unit["unit_id"]]
        what = " · ".join([str(unit["unit_type_name"]), *places])
        also = (unit["name"], unit["short_name"] or "", unit["abbreviation"] or "", what, unit["unit_id"])
        found.append(Choice(str(unit["unit_id"]), str(unit["name"]), what, folded(" ".join(also))))
    return sorted(found, key=lambda each: each.sought)


def found(choices: Iterable[Choice], words: str, most: int = MOST) -> list[Choice]:
    """Return the units that have all words, those whose names begin with them first."""
    parts = folded(words).split()
    near = [each for each in choices if all(part in each.sought for part in parts)] if parts else []
    return sorted(near, key=lambda each: not each.sought.startswith(" ".join(parts)))[:most]


def named(text: str) -> list[str]:
    """Return the units somebody named, with commas or lines between them: ids, and names that are no id."""
    parts = (" ".join(part.split()) for part in re.split(r"[,;\r\n]", text))
    return list(dict.fromkeys(filter(None, parts)))


def is_id(word: str) -> bool:
    """Say whether a word may be the id of a unit."""
    return re.fullmatch(r"[0-9A-Za-z_-]{1,64}", word) is not None


def settled(text: str, choices: Sequence[Choice]) -> str:
    """Return the same with ids for the names that mean one unit; what means none, or several, stays as it is."""
    known = {each.unit_id for each in choices}
    meant = [each for part in named(text) for each in _meant(part, known, choices)]
    return ", ".join(dict.fromkeys(meant))


def divisions(units: Iterable[Mapping[str, Any]], issuers: Iterable[str]) -> list[tuple[str, str]]:
    """Return id and name of the units that may review for an issuer: part of it, and no school."""
    own = set(issuers)
    return [
        (str(each["unit_id"]), str(each["name"]))
        for each in units
        if each["administrative_parent_id"] in own and not each["levels"]
    ]


def _meant(part: str, known: set[str], choices: Sequence[Choice]) -> list[str]:
    if set(part.split()) <= known:
        return part.split()  # ids with spaces between them
    near = found(choices, part, most=len(choices))
    exactly = [each for each in near if folded(each.name) == folded(part)]
    return next(([meant[0].unit_id] for meant in (exactly, near) if len(meant) == 1), [part])
