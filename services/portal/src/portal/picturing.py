"""The tree as a picture: a box for each unit below the whole, in it a square for each unit that answers. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import owing
from portal.summing import Row
from portal.tracking import DRAWN

WIDE = 720
HIGH, GAP = 62, 4
"""A box, and what is between two."""
LEAST, EACH = 58, 7
"""A box is as wide as this, and wider by that much for each unit that owes an answer: it can be hit with a thumb."""
EDGE, HEAD = 6, 38
STEP, SQUARE = 10, 8
LETTER = 7.6
"""How wide a letter of a label is, about."""


@dataclass(frozen=True, slots=True)
class Squares:
    """The squares of one state, as a path of an SVG."""

    state: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Box:
    """One unit below the whole, and how much of what is owed there has come."""

    unit_id: str
    name: str
    label: str
    """What of its name fits, without what all of its type begin with."""
    reported: int
    due: int
    look: str
    """`all`, `most`, `some` or `none` of it."""
    x: float
    y: int
    width: float
    squares: tuple[Squares, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes, in rows, in the order of the table behind them."""

    boxes: tuple[Box, ...]
    height: int


def picture(
    rows: Sequence[Row], units: Iterable[Mapping[str, Any]], coverage: Iterable[Mapping[str, Any]], now: datetime
) -> Picture | None:
    """Return the tree as a picture; null where there is nothing beside anything else.

    `coverage`: how each unit stands with what it owes, as far as the reader may know; else it is counted alone.
    """
    roots = sum(row.depth == 0 for row in rows)
    shown = [row for row in rows if row.depth == (1 if roots == 1 else 0)]
    if len(shown) < 2:
        return None
    known = {each["unit_id"]: each for each in units}
    states = _states(shown, known, coverage, now)
    labels = _labels(shown, known)
    boxes: list[Box] = []
    lines = _lines([LEAST + EACH * row.due for row in shown])
    for line, widths in enumerate(lines):
        x = 0.0
        for width in widths:
            row = shown[len(boxes)]
            y = line * (HIGH + GAP)
            counts = states.get(row.unit_id) or {"submitted": row.reported, "none": max(row.due - row.reported, 0)}
            fits = int((width - 2 * EDGE) / LETTER)
            label = labels[row.unit_id]
            boxes.append(
                Box(
                    unit_id=row.unit_id,
                    name=row.name,
                    label=label if len(label) <= fits else f"{label[: max(fits - 1, 0)].rstrip()}…",
                    reported=row.reported,
                    due=row.due,
                    look=_look(row),
                    x=round(x, 1),
                    y=y,
                    width=round(width, 1),
                    squares=_squares(counts, x + EDGE, y + HEAD, width - 2 * EDGE),
                )
            )
            x += width + GAP
    return Picture(tuple(boxes), len(lines) * (HIGH + GAP) - GAP)


def _look(row: Row) -> str:
    if not row.reported:
        return "none"
    return "all" if row.reported >= row.due else "most" if 2 * row.reported >= row.due else "some"


def _lines(wishes: Sequence[int]) -> list[list[float]]:
    """Return the widths of boxes line by line; those of a full line fill it."""
    lines: list[list[float]] = [[]]
    for wish in wishes:
        width = min(float(wish), float(WIDE))
        if lines[-1] and sum(lines[-1]) + GAP * len(lines[-1]) + width > WIDE:
            lines.append([])
        lines[-1].append(width)
    for line in lines[:-1]:
        more = (WIDE - GAP * (len(line) - 1)) / sum(line)
        line[:] = [width * more for width in line]
    return lines


def _states(
    shown: Sequence[Row],
    known: Mapping[str, Mapping[str, Any]],
    coverage: Iterable[Mapping[str, Any]],
    now: datetime,
) -> dict[str, Counter[str]]:
    """Return how many of those below each unit stand in which state."""
    boxes = {row.unit_id for row in shown}
    found: dict[str, Counter[str]] = {}
    for each in coverage:
        unit, seen = each["unit_id"], set[str]()
        while unit not in boxes and unit in known and unit not in seen:
            seen.add(unit)
            unit = known[unit]["reporting_parent_id"]
        if unit in boxes:
            state = owing.state_of({"state": "open", "answer_state": each["state"], "due_at": each["due_at"]}, now)
            found.setdefault(unit, Counter())[state if state in DRAWN else "none"] += 1
    return found


def _labels(shown: Sequence[Row], known: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    alike: dict[str, list[Row]] = {}
    for row in shown:
        alike.setdefault(str(known.get(row.unit_id, {}).get("unit_type")), []).append(row)
    found: dict[str, str] = {}
    for rows in alike.values():
        names = [row.name.split() for row in rows]
        # What all begin with tells none of them from another; one alone keeps it.
        same = next((at for at, words in enumerate(zip(*names, strict=False)) if len(set(words)) > 1), 0)
        found |= {row.unit_id: " ".join(words[same:]) for row, words in zip(rows, names, strict=True)}
    return found


def _squares(counts: Mapping[str, int], left: float, top: int, width: float) -> tuple[Squares, ...]:
    across = max(int((width + STEP - SQUARE) / STEP), 1)
    down = (HIGH - EDGE - HEAD + STEP - SQUARE) // STEP
    found, place = [], 0
    for state in DRAWN:
        path = []
        for _ in range(counts.get(state, 0)):
            if place < across * down:
                x, y = left + place % across * STEP, top + place // across * STEP
                path.append(f"M{x:.0f} {y}h{SQUARE}v{SQUARE}h-{SQUARE}z")
            place += 1
        if path:
            found.append(Squares(state, counts[state], "".join(path)))
    return tuple(found)
