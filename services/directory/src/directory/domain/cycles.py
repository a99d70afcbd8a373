"""Loops in a dated graph: nobody may stand above themselves on any day."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from directory.domain.days import holds_on

_OPEN = 0
"""In place of the last day of a span that has none."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From a unit to one above it, over a span of days; `number` is the row that says so, 0 when none does."""

    unit_id: str
    parent_id: str
    valid_from: date
    valid_to: date | None
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Cycle:
    """The edges of a loop, in order, and the first day it is closed."""

    edges: tuple[Edge, ...]
    day: date


def find_cycles(edges: Iterable[Edge]) -> list[Cycle]:
    """Return the loops there are on any day: at least one of those that close on the same day."""
    graph = Graph()
    for edge in edges:
        graph.add(edge)
    return graph.cycles()


class Graph:
    """Edges as they come, forty bytes each: a whole province has a quarter of a million."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._below, self._above = array("l"), array("l")
        self._first, self._last = array("l"), array("l")
        self._rows = array("l")

    def add(self, edge: Edge) -> None:
        """Take in an edge."""
        self._below.append(self._number(edge.unit_id))
        self._above.append(self._number(edge.parent_id))
        self._first.append(edge.valid_from.toordinal())
        self._last.append(_OPEN if edge.valid_to is None else edge.valid_to.toordinal())
        self._rows.append(edge.number)

    def _number(self, unit_id: str) -> int:
        return self._numbers.setdefault(unit_id, len(self._numbers))

    def cycles(self) -> list[Cycle]:
        """Return the loops there are on any day: at least one of those that close on the same day."""
        suspects = list(self._suspects())
        found: dict[frozenset[Edge], Cycle] = {}
        # A loop closes on the day its youngest edge begins, so no other days need to be looked at.
        for day in sorted({edge.valid_from for edge in suspects}):
            cycle = _cycle_on([edge for edge in suspects if holds_on(edge.valid_from, edge.valid_to, day)])
            if cycle:
                found.setdefault(frozenset(cycle), Cycle(tuple(cycle), day))
        return list(found.values())

    def _suspects(self) -> Iterator[Edge]:
        # What has nothing above it or nothing below it cannot be part of a loop. In a sound register nothing is left.
        left = bytearray(b"\1") * len(self._rows)
        self._peel(left, near=self._below, far=self._above)
        self._peel(left, near=self._above, far=self._below)
        if any(left):
            names = list(self._numbers)
            for place, is_left in enumerate(left):
                if is_left:
                    last = self._last[place]
                    yield Edge(
                        names[self._below[place]],
                        names[self._above[place]],
                        date.fromordinal(self._first[place]),
                        None if last == _OPEN else date.fromordinal(last),
                        self._rows[place],
                    )

    def _peel(self, left: bytearray, *, near: "array[int]", far: "array[int]") -> None:
        """Strike out the edges that lead to an end, again and again: a unit no edge that is left sets out from."""
        nodes = len(self._numbers)
        leaving = array("l", bytes(array("l").itemsize * nodes))
        # The edges that arrive at each unit, one after the other: those of unit n are arriving[begin[n]:begin[n + 1]].
        begin = array("l", bytes(array("l").itemsize * (nodes + 1)))
        for place, is_left in enumerate(left):
            if is_left:
                leaving[near[place]] += 1
                begin[far[place] + 1] += 1
        for node in range(nodes):
            begin[node + 1] += begin[node]
        arriving = array("l", bytes(array("l").itemsize * begin[nodes]))
        free = begin[:]
        for place, is_left in enumerate(left):
            if is_left:
                arriving[free[far[place]]] = place
                free[far[place]] += 1
        ends = [node for node in range(nodes) if not leaving[node]]
        while ends:
            end = ends.pop()
            for place in arriving[begin[end] : begin[end + 1]]:
                left[place] = 0
                leaving[near[place]] -= 1
                if not leaving[near[place]]:
                    ends.append(near[place])


def _cycle_on(edges: Sequence[Edge]) -> list[Edge]:
    upward: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        upward[edge.unit_id].append(edge)
    finished: set[str] = set()
    for start in list(upward):
        if start in finished:
            continue
        path: list[Edge] = []
        standing: dict[str, int] = {start: 0}
        walks = [iter(upward[start])]
        while walks:
            step = next(walks[-1], None)
            if step is None:
                walks.pop()
                left = path.pop().parent_id if path else start
                del standing[left]
                finished.add(left)
            elif step.parent_id in standing:
                return [*path[standing[step.parent_id] :], step]
            elif step.parent_id not in finished:
                path.append(step)
                standing[step.parent_id] = len(path)
                walks.append(iter(upward.get(step.parent_id, ())))
    return []
