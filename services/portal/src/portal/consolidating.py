"""What a report that adds others up begins with: their sums, and what they wrote, each under its name. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.filling import LINES, Filled, parts_name

MOST_CHARACTERS = 12_000
"""Of one heading, poured together; `submissions` takes more, and what is typed into it needs room."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a figure can begin with: what the units below add up to, and who they are."""

    total: int
    parts: tuple[tuple[str, str, int], ...]
    """Unit, its name, and what it stated."""

    @property
    def lines(self) -> str:
        """Return the units behind it as a field of the form."""
        return LINES.join(f"{unit} = {value}" for unit, _name, value in self.parts)


@dataclass(frozen=True, slots=True)
class Poured:
    """What units wrote under one heading, each passage behind the name of who wrote it."""

    text: str
    units: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """All a report can begin with: sums by the name of the figure's field, words by the code of the heading."""

    sums: Mapping[str, Sum] = field(default_factory=dict)
    words: Mapping[str, Poured] = field(default_factory=dict)


NOTHING = Gathered()


def sums(behind: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Sum]:
    """Return what can be added up, by the name of the figure's field; `behind` has the units of each period."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for period, units in behind.items():
        for unit in units:
            for indicator, value in unit["values"].items():
                if isinstance(value, int) and not isinstance(value, bool):
                    found.setdefault(f"v:{indicator}:{period}", []).append((unit["unit_id"], unit["name"], value))
    return {name: Sum(sum(value for *_, value in parts), tuple(parts)) for name, parts in found.items()}


def poured(told: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, Poured]:
    """Return what units wrote as it can stand in a heading, by its code; `told` has the headings of `submissions`.

    Passages stay whole: those that would make the text longer than an officer can use are left out and counted.
    """
    written: dict[str, list[Mapping[str, Any]]] = {}
    for heading in told:
        written.setdefault(heading["code"], []).extend(heading["written"])
    return {code: made for code, passages in written.items() if (made := _poured(passages, names)).units}


def _poured(written: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Poured:
    kept: list[str] = []
    room = MOST_CHARACTERS
    for each in written:
        said = each["words"] if isinstance(each["words"], list) else [each["words"]]
        passage = LINES.join(f"{names.get(each['unit_id'], each['unit_id'])}: {words}" for words in said)
        room -= len(passage) + len(LINES)
        if room < 0:
            break
        kept.append(passage)
    return Poured(LINES.join(kept), len(kept), len(written) - len(kept))


def begun(filled: Filled, found: Gathered, requirement: Mapping[str, Any]) -> Filled:
    """Return what a consolidated report begins with where nothing was stated yet: sums, and what units wrote."""
    values, consolidates, narrative = dict(filled.values), dict(filled.consolidates), dict(filled.narrative)
    for indicator in requirement["indicators"]:
        if indicator["type"] in ("bool", "ratio") or indicator.get("per_level"):
            continue
        for period in requirement["periods"]:
            name = f"v:{indicator['code']}:{period}"
            if name in found.sums:
                values.setdefault(name, str(found.sums[name].total))
                consolidates.setdefault(parts_name(indicator["code"], period), found.sums[name].lines)
    for section in requirement["sections"]:
        if section["kind"] != "evidence" and section["code"] in found.words:
            narrative.setdefault(section["code"], found.words[section["code"]].text)
    return filled.having(values=values, consolidates=consolidates, narrative=narrative)
