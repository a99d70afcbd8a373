"""Where the open obligations of units that end go: what directives will do on the day, by the same rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.clock import today
from chassis.transaction import Transaction
from directory.domain.units import Unit
from directory.operations.registering import Levels, told
from directory.store import obligations, units
from unit_tree.succession import who_answers
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class MovingObligation:
    """An open obligation that loses who answers it, and who answers from then on.

    `to_unit_id` is null when nobody does: then it stays where it is, for a person to decide.
    """

    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    to_unit_id: str | None
    on: date
    """The day it moves: the first one without the unit, or today."""


async def obligations_that_move(
    tx: Transaction, after: Mapping[str, Unit], last_days: Mapping[str, date], levels: Levels
) -> tuple[MovingObligation, ...]:
    """Return the open obligations answered by units that end, by unit, with where each goes as units would be."""
    owed = await obligations.open_of(tx.connection, last_days) if last_days else []
    if not owed:
        return ()
    tree = await _tree_around(tx, after, {each.unit_id for each in owed} | last_days.keys(), levels)
    types = {unit.unit_id: unit.versions[-1].unit_type for unit in tree}
    moving = []
    for each in owed:
        day = max(last_days[each.answering_unit_id] + timedelta(days=1), today(tx.now))
        answer = who_answers(tree, each.unit_id, types.get(each.unit_id, ""), day)
        to = answer[0] if answer is not None and tree.version(answer[0], day) is not None else None
        moving.append(
            MovingObligation(
                each.obligation_id,
                each.directive_id,
                each.requirement_id,
                each.unit_id,
                each.answering_unit_id,
                to,
                day,
            )
        )
    return tuple(moving)


async def _tree_around(tx: Transaction, after: Mapping[str, Unit], unit_ids: Collection[str], levels: Levels) -> Tree:
    """Return the tree of some units as they would be, of those that come after them, and of leads."""
    found: dict[str, Unit] = {}
    wanted = set(unit_ids)
    while wanted:
        fresh = {unit_id: after[unit_id] for unit_id in wanted if unit_id in after}
        fresh |= await units.get_some(tx.connection, sorted(wanted - fresh.keys()))
        found |= fresh
        leading_on = {
            further
            for unit in fresh.values()
            for further in (*(each.to_unit_id for each in unit.lineage), *(each.parent_id for each in unit.leads))
        }
        wanted = leading_on - found.keys()
    return Tree(told(unit, levels, tx.now) for unit in found.values() if unit.versions)
