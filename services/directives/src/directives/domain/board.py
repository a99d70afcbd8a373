"""A directive as a desk follows it: unit by unit what has come of each requirement, those that need somebody first."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

from chassis.wording import folded

Shown = Literal[
    "late", "returned", "none", "withdrawn", "submitted", "accepted", "waiting", "exempt", "replaced", "recalled"
]
"""How an obligation stands as people are shown it: what became of it, else its answer, else whether it is late."""
IN_ORDER: tuple[Shown, ...] = (
    "late", "returned", "none", "withdrawn", "submitted", "accepted", "waiting", "exempt", "replaced", "recalled",
)  # fmt: skip
"""What needs somebody first comes first."""
BEHIND: frozenset[str] = frozenset({"late", "none", "returned"})
"""Who stands so can be nudged."""
_PLACES: dict[str, int] = {state: place for place, state in enumerate(IN_ORDER)}
_folded = lru_cache(maxsize=8192)(folded)
"""The names of a province are the same ones each time."""


class Stand(NamedTuple):
    """One obligation as it stands. There are thousands of them on a board."""

    obligation_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    is_open: bool
    shown: str
    """As `Shown`."""
    period: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, and what it owes."""

    unit_id: str
    name: str
    answering_name: str | None
    """Whose people answer, where it is not the unit itself."""
    stands: Sequence[Stand]


@dataclass(frozen=True, slots=True)
class Board:
    """Some of the units on a board, and counts over all of them."""

    counts: dict[UUID, dict[str, int]]
    """By requirement: how many of its open obligations stand how."""
    units: dict[str, int]
    """How many units have something that stands so."""
    everyone: int
    found: int
    """Units that were asked for, those of other pages among them."""
    first: int
    lines: Sequence[Line]


def shown(state: str, answer_state: str, due_at: datetime, now: datetime) -> str:
    """Return how an obligation stands, for people."""
    if state != "open":
        return state
    return "late" if answer_state == "none" and due_at <= now else answer_state


def board(
    stands: Iterable[Stand],
    names: Callable[[Stand], tuple[str, str | None]],
    *,
    state: str | None = None,
    words: str = "",
    among: Collection[str] | None = None,
    behind: UUID | None = None,
    first: int = 0,
    most: int = 100,
) -> Board:
    """Return a page of units, those that need somebody first.

    Of all units those with something in a `state`, whose names have the `words`, with or without their marks, that are
    `among` those named, and `behind` with one requirement: in that state, where it is one of being behind.
    `names` of the last obligation of a unit name it and whoever answers for it. A page beyond the last one is the last.
    """
    by_unit: dict[str, list[Stand]] = {}
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    for each in stands:
        by_unit.setdefault(each.unit_id, []).append(each)
        if each.is_open:
            counts[each.requirement_id][each.shown] += 1
    having: Counter[str] = Counter()
    wanted, found = folded(words).split(), []
    for unit_id, owed in by_unit.items():
        states = {each.shown for each in owed}
        having.update(states)
        if (
            (state is not None and state not in states)
            or (among is not None and unit_id not in among)
            or (behind is not None and not _is_behind(owed, behind, state))
        ):
            continue
        name, answering_name = names(owed[-1])
        called = _folded(f"{name} {answering_name}" if answering_name else name)
        if all(word in called for word in wanted):
            worst = min(_PLACES.get(each, len(_PLACES)) for each in states)
            found.append((worst, _folded(name), unit_id, Line(unit_id, name, answering_name, owed)))
    found.sort(key=lambda one: one[:3])
    first = min(first, max(len(found) - 1, 0)) // most * most
    return Board(
        counts={requirement_id: dict(each) for requirement_id, each in counts.items()},
        units={each: having[each] for each in IN_ORDER if having[each]},
        everyone=len(by_unit),
        found=len(found),
        first=first,
        lines=[line for *_, line in found[first : first + most]],
    )


def _is_behind(owed: Iterable[Stand], requirement_id: UUID, state: str | None) -> bool:
    wanted = {state} if state in BEHIND else BEHIND
    return any(each.requirement_id == requirement_id and each.shown in wanted for each in owed)
