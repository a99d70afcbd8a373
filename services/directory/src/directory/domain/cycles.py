"""Loops in a dated graph: nobody may stand above themselves on any day."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from directory.domain.days import holds_on


@dataclass(frozen=True, slots=True)
class Edge:
    """From a unit to one above it, over a span of days."""

    unit_id: str
    parent_id: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Cycle:
    """The edges of a loop, in order, and the first day it is closed."""

    edges: tuple[Edge, ...]
    day: date


def find_cycles(edges: Iterable[Edge]) -> list[Cycle]:
    """Return the loops there are on any day: at least one of those that close on the same day."""
    suspects = _peeled(list(edges))
    found: dict[frozenset[Edge], Cycle] = {}
    # A loop closes on the day its youngest edge begins, so no other days need to be looked at.
    for day in sorted({edge.valid_from for edge in suspects}):
        cycle = _cycle_on([edge for edge in suspects if holds_on(edge.valid_from, edge.valid_to, day)])
        if cycle:
            found.setdefault(frozenset(cycle), Cycle(tuple(cycle), day))
    return list(found.values())


def _peeled(edges: list[Edge]) -> list[Edge]:
    # What has nothing above it or nothing below it cannot be part of a loop. In a sound register nothing is left.
    without_tops = _without_ends(edges, near=lambda edge: edge.unit_id, far=lambda edge: edge.parent_id)
    return _without_ends(without_tops, near=lambda edge: edge.parent_id, far=lambda edge: edge.unit_id)


def _without_ends(edges: list[Edge], *, near: Callable[[Edge], str], far: Callable[[Edge], str]) -> list[Edge]:
    leaving = Counter(near(edge) for edge in edges)
    arriving: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        arriving[far(edge)].append(edge)
    ends = [unit_id for unit_id in arriving if not leaving[unit_id]]
    gone: set[str] = set()
    while ends:
        end = ends.pop()
        gone.add(end)
        for edge in arriving[end]:
            leaving[near(edge)] -= 1
            if not leaving[near(edge)]:
                ends.append(near(edge))
    return [edge for edge in edges if far(edge) not in gone and near(edge) not in gone]


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
