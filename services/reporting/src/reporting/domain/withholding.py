"""What is kept back of sensitive figures before anything leaves: small ones, and what would give them away.

Totals add up along the tree: the total of a unit is the sum of those directly below it and of the rest, the schools
that stand at it directly and are never published. A small total is kept back; then others, until every sum holds none
that is kept back or at least two, and no sum of those kept back is small itself. Along a tree that is enough: whoever
adds and subtracts what is published finds no equation with a single unknown. The same holds between editions: what
those not shown come to together never differs by few from what they came to in any edition before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SMALL = 5
"""Fewer than so many, and not none, could be told apart."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The sensitive totals of one unit."""

    unit_id: str
    parent_id: str | None
    """The next published unit above it."""
    totals: Sequence[int | None]
    """One for each sensitive figure; null where there is none."""
    published: Sequence[Sequence[int | None] | None] = ()
    """What each edition before this one has shown of them, in the order of the editions; null where it showed none."""
    kept: Sequence[Sequence[int | None]] = ()
    """What these were where an edition before this one kept them back."""


def is_small(total: int | None) -> bool:
    """Say whether a total could be told apart."""
    return total is not None and 0 < total < SMALL


def tells_a_few(cell: Cell) -> bool:
    """Say whether a total is small, or would tell of few beside the editions that are out.

    That is when it differs by few from what one of them has shown, or not by more from what one of them kept back.
    """
    return (
        any(map(is_small, cell.totals))
        or any(is_small(abs((now or 0) - (was or 0))) for was, now in _pairs(filter(None, cell.published), cell.totals))
        or any(abs((now or 0) - was) < SMALL for was, now in _pairs(cell.kept, cell.totals) if was)
    )


def _pairs(
    earlier: Iterable[Sequence[int | None]], now: Sequence[int | None]
) -> Iterator[tuple[int | None, int | None]]:
    for totals in earlier:
        yield from zip(totals, now, strict=True)


def withheld(cells: Iterable[Cell]) -> frozenset[str]:
    """Return the units whose sensitive totals are kept back, all of them: figures that make up a whole go together."""
    by_unit = {each.unit_id: each for each in cells}
    below: dict[str, list[Cell]] = {unit_id: [] for unit_id in by_unit}
    for each in by_unit.values():
        if each.parent_id in below:
            below[each.parent_id].append(each)
    hidden = {each.unit_id for each in by_unit.values() if tells_a_few(each)}
    # Nearest the schools first, so that what is kept back there is known when the sum above is looked at.
    waiting = [unit_id for unit_id in sorted(by_unit) if below[unit_id]]
    changed = True
    while changed:
        changed = False
        for unit_id in waiting:
            more = _one_more(by_unit[unit_id], below[unit_id], hidden)
            if more is not None:
                hidden.add(more)
                changed = True
    return frozenset(hidden)


def _one_more(whole: Cell, parts: Sequence[Cell], hidden: set[str]) -> str | None:
    """Return what else has to be kept back of one sum; null when it gives nothing away."""
    rest = _rest(whole, parts)
    kept = [each for each in parts if each.unit_id in hidden]
    if whole.unit_id in hidden:
        # Nobody knows the whole: two unknowns, unless nothing else is.
        gives_away = not kept and not all(rest)
    else:
        unknown = [sum(each.totals[place] or 0 for each in kept) + known for place, known in enumerate(rest)]
        alone = len(kept) == 1 and not all(rest)
        gives_away = alone or any(map(is_small, unknown))
    shown = [each for each in parts if each.unit_id not in hidden]
    if not gives_away and whole.unit_id not in hidden and _tells_of_change(whole, parts, hidden):
        # What stayed as it was would add nothing to the change.
        gives_away, shown = True, [each for each in shown if _has_changed(each)] or shown
    if not gives_away:
        return None
    if shown:
        return min(shown, key=_worth).unit_id
    return whole.unit_id if whole.unit_id not in hidden else None


def _tells_of_change(whole: Cell, parts: Sequence[Cell], hidden: set[str]) -> bool:
    """Say whether all that is not shown below a published total differs by few, together, from an edition before."""
    for edition, total_then in enumerate(whole.published):
        if total_then is None:
            continue
        others_now, others_then = ([each or 0 for each in totals] for totals in (whole.totals, total_then))
        for part in parts:
            then = part.published[edition] if edition < len(part.published) else None
            if then is None or part.unit_id in hidden:
                continue  # of those that are not shown in both
            others_now = [all_of_them - (each or 0) for all_of_them, each in zip(others_now, part.totals, strict=True)]
            others_then = [all_of_them - (each or 0) for all_of_them, each in zip(others_then, then, strict=True)]
        if any(is_small(abs(now - then)) for now, then in zip(others_now, others_then, strict=True)):
            return True
    return False


def _has_changed(cell: Cell) -> bool:
    return any(list(then) != list(cell.totals) for then in filter(None, cell.published))


def _rest(whole: Cell, parts: Sequence[Cell]) -> list[int]:
    return [(total or 0) - sum(each.totals[place] or 0 for each in parts) for place, total in enumerate(whole.totals)]


def _worth(cell: Cell) -> tuple[bool, int, str]:
    # What nobody would miss first; a nought hides nothing and goes last.
    size = sum(each or 0 for each in cell.totals)
    return (size == 0, size, cell.unit_id)


def parents_of(above: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    """Return for each published unit the next published one above it, of all those above it, nearest first."""
    return {unit_id: next((each for each in ways if each in above), None) for unit_id, ways in above.items()}
