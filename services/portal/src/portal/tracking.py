"""A directive as the desk follows it: units by requirements, and how much of each has come. Pure."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import owing, writing

IN_ORDER = ("late", "returned", "none", "submitted", "accepted", "waiting", "exempt", "replaced", "recalled")
"""What needs somebody first comes first."""
DRAWN = ("accepted", "submitted", "returned", "late", "none")
"""The states a bar is drawn of, in this order."""
BEHIND = frozenset({"late", "none", "returned"})
"""Who stands so can be nudged."""
WIDTH = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """What one unit owes of one requirement."""

    obligation_id: str
    state: str
    due_at: datetime
    period: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, with a list of cells for each requirement."""

    unit_id: str
    name: str
    answering_name: str | None
    """Whose people answer, where it is not the unit itself."""
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a bar."""

    state: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Column:
    """One requirement, and how much of it has come."""

    requirement_id: str
    title: str
    due_at: datetime
    owed: int
    sent: int
    accepted: int
    bar: tuple[Slice, ...]


def bar(counts: Mapping[str, int]) -> tuple[Slice, ...]:
    """Return the parts of a bar that is `WIDTH` wide."""
    total = sum(counts.get(state, 0) for state in DRAWN)
    drawn, x = [], 0.0
    for state in DRAWN:
        count = counts.get(state, 0)
        if count:
            width = WIDTH * count / total
            drawn.append(Slice(state, count, round(x, 2), round(width, 2)))
            x += width
    return tuple(drawn)


WAITS_FOR = {
    "leader": ("submitted",),
    "clerk": ("signed", "numbered"),
    "desk_officer": ("returned",),
}
"""Which states of a directive wait for whom."""


def waiting_for(directives: Iterable[Mapping[str, Any]], posts: Iterable[tuple[str, str]]) -> list[Mapping[str, Any]]:
    """Return the directives, newest first, that wait for somebody who holds these posts; those that wait longest first.

    They are of units somebody writes for; in which role one may act on which of them, the service says.
    """
    awaited = {state for _unit, role in posts for state in WAITS_FOR.get(role, ())}
    return [each for each in reversed(list(directives)) if each["state"] in awaited]


def columns(directive: Mapping[str, Any], owed: Sequence[Mapping[str, Any]], now: datetime) -> list[Column]:
    """Return the requirements of a directive with their counts; what is owed no more is not counted."""
    found = []
    for requirement in directive["requirements"]:
        states = [
            owing.state_of(each, now)
            for each in owed
            if each["requirement_id"] == requirement["requirement_id"] and each["state"] == "open"
        ]
        counts = {state: states.count(state) for state in DRAWN}
        found.append(
            Column(
                requirement_id=requirement["requirement_id"],
                title=requirement["title"],
                due_at=writing.moment(requirement["due_at"]),
                owed=len(states),
                sent=counts["submitted"] + counts["accepted"],
                accepted=counts["accepted"],
                bar=bar(counts),
            )
        )
    return found


def lines(directive: Mapping[str, Any], owed: Iterable[Mapping[str, Any]], now: datetime) -> list[Line]:
    """Return a line for each unit, those that need somebody first."""
    order = [each["requirement_id"] for each in directive["requirements"]]
    units: dict[str, dict[str, list[Cell]]] = {}
    names: dict[str, tuple[str, str | None]] = {}
    for each in owed:
        cell = Cell(
            obligation_id=each["obligation_id"],
            state=owing.state_of(each, now),
            due_at=writing.moment(each["due_at"]),
            period=each.get("period"),
        )
        units.setdefault(each["unit_id"], {}).setdefault(each["requirement_id"], []).append(cell)
        other = each["answering_name"] if each["answering_unit_id"] != each["unit_id"] else None
        names[each["unit_id"]] = (each["name"], other)
    found = [
        Line(unit, *names[unit], tuple(tuple(cells.get(requirement, ())) for requirement in order))
        for unit, cells in units.items()
    ]
    return sorted(found, key=lambda line: (_worst(line), folded(line.name)))


def counts_of(found: Iterable[Line]) -> dict[str, int]:
    """Return how many units have something in each state."""
    counts: dict[str, int] = {}
    for line in found:
        for state in {cell.state for cells in line.cells for cell in cells}:
            counts[state] = counts.get(state, 0) + 1
    return {state: counts[state] for state in IN_ORDER if state in counts}


def below(units: Iterable[Mapping[str, Any]], unit_id: str) -> frozenset[str]:
    """Return a unit and all that report to it, by whatever way."""
    beneath: dict[str | None, list[str]] = {}
    for each in units:
        beneath.setdefault(each["reporting_parent_id"], []).append(each["unit_id"])
    found, waiting = set[str](), [unit_id]
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += beneath.get(unit, ())
    return frozenset(found)


def chosen(found: Iterable[Line], *, state: str, words: str, among: Collection[str] | None = None) -> list[Line]:
    """Return the lines with something in a state, whose names have the words, with or without their marks.

    `among`: the units looked at; null for all.
    """
    wanted = folded(words).split()
    return [
        line
        for line in found
        if (among is None or line.unit_id in among)
        and (not state or any(cell.state == state for cells in line.cells for cell in cells))
        and all(word in folded(f"{line.name} {line.answering_name or ''}") for word in wanted)
    ]


def behind(found: Iterable[Line], column: int, state: str) -> list[Line]:
    """Return the lines that are behind with one requirement; with those of one state, where one was chosen."""
    wanted = {state} if state in BEHIND else BEHIND
    return [line for line in found if any(cell.state in wanted for cell in line.cells[column])]


def folded(text: str) -> str:
    """Return a text as people search for it: without marks, in small letters."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _worst(line: Line) -> int:
    states = [cell.state for cells in line.cells for cell in cells]
    return min((IN_ORDER.index(state) for state in states if state in IN_ORDER), default=len(IN_ORDER))
