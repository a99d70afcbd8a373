"""The same answers added up on the tree of another day."""

from collections.abc import Iterable
from datetime import date

from reporting.domain import Aggregate, Contribution, Obligation, changes_between, place_on
from unit_tree.tree import Tree

BECAME = frozenset({"merged_into", "converted_to", "renamed_to"})
"""The kinds of lineage that leave one successor, in whose place the unit then stands."""


def living_on(day: date, tree: Tree, unit_id: str) -> str | None:
    """Return the unit that stands on a day where `unit_id` stood: itself, or what it has become; null when nobody does.

    A unit that was split, or that did not exist yet, has no single place.
    """
    seen = set()
    while tree.version(unit_id, day) is None:
        seen.add(unit_id)
        became = {
            each.to_unit_id
            for each in tree.lineage(unit_id)
            if each.kind in BECAME and each.effective_date <= day and each.to_unit_id not in seen
        }
        if len(became) != 1:
            return None
        [unit_id] = became
    return unit_id


def restate(
    contributions: Iterable[tuple[Obligation, Contribution]], *, day: date, tree: Tree
) -> tuple[list[Aggregate], list[str]]:
    """Add the same contributions up on the tree of another day; return the aggregates and the units left out.

    A unit that has ceased by then counts where its successor stands; its education level stays the one it answered
    with. A unit that has no place on that day is left out, and named.
    """
    moved: list[tuple[None, Contribution]] = []
    unplaced: list[str] = []
    for obligation, contribution in contributions:
        if not contribution.periods:
            continue
        unit_id = living_on(day, tree, obligation.unit_id)
        if unit_id is None:
            unplaced.append(obligation.unit_id)
            continue
        answering = living_on(day, tree, obligation.answering_unit_id) or obligation.answering_unit_id
        place = place_on(day, tree, unit_id=unit_id, answering_unit_id=answering)
        moved.append((None, contribution._replace(place=place._replace(level=contribution.place.level))))
    changes = changes_between(moved)
    return [Aggregate(key, 0, change.figures) for key, change in changes.items()], sorted(unplaced)
