"""A directive as the desk follows it: units by requirements, and how much of each has come. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import writing

DRAWN = ("accepted", "submitted", "returned", "late", "none")
"""The states a bar is drawn of, in this order."""
KNOWN = frozenset(
    ("late", "returned", "none", "withdrawn", "submitted", "accepted", "waiting", "exempt", "replaced", "recalled")
)
"""What a board can be asked for."""
WIDTH = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """What one unit owes of one requirement."""

    obligation_id: str
    state: str
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


def columns(directive: Mapping[str, Any], counts: Mapping[str, Mapping[str, int]]) -> list[Column]:
    """Return the requirements of a directive with their counts; what is owed no more is not counted."""
    found = []
    for requirement in directive["requirements"]:
        of_this = counts.get(requirement["requirement_id"], {})
        accepted = of_this.get("accepted", 0)
        found.append(
            Column(
                requirement_id=requirement["requirement_id"],
                title=requirement["title"],
                due_at=writing.moment(requirement["due_at"]),
                owed=sum(of_this.values()),
                sent=of_this.get("submitted", 0) + accepted,
                accepted=accepted,
                bar=bar(of_this),
            )
        )
    return found


def lines(directive: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return a line for each unit that was told of, with its cells under the requirements of the directive."""
    order = [each["requirement_id"] for each in directive["requirements"]]
    found = []
    for line in told:
        cells: dict[str, list[Cell]] = {}
        for each in line["stands"]:
            cells.setdefault(each["requirement_id"], []).append(
                Cell(each["obligation_id"], each["shown"], each["period"])
            )
        placed = tuple(tuple(cells.get(requirement, ())) for requirement in order)
        found.append(Line(line["unit_id"], line["name"], line["answering_name"], placed))
    return found
