"""Turn events into totals: note what was told, then fold every obligation it touches.

Two kinds of news meet here. The *ground* (the tree, what is asked, of whom) decides where an obligation stands; it
changes seldom, one change at a time. *Answers* change often and together; they only meet at rows they share, which
everyone locks in the same order: answers by obligation, then aggregates by key.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import unit_tree.projection
from chassis.transaction import Transaction, under_way
from contracts.directives import DirectiveIssued, ObligationChanged, ObligationOpened
from contracts.directory import UnitChanged
from contracts.submissions import SubmissionSubmitted
from reporting import store
from reporting.domain import (
    RECKONING,
    TOLD_OUTSIDE,
    Aggregate,
    AggregateKey,
    Change,
    Contribution,
    Requirement,
    changes_between,
    place_of,
    place_on,
)
from reporting.domain.contributing import contribution_of
from reporting.domain.heard import AnswerEvent, answer_of, change_of, obligation_of, requirements_of, values_of
from reporting.domain.telling import written
from unit_tree.projection import TreeReader
from unit_tree.tree import Tree

AskedEvent = DirectiveIssued | ObligationOpened | ObligationChanged


async def note_units(tx: Transaction, events: Sequence[UnitChanged]) -> None:
    """Note what units are now, and fold the obligations that stand elsewhere because of it."""
    await store.take_ground(tx)
    await unit_tree.projection.note_units(events, tx)
    near = await store.placed_near(tx, {event.unit_id for event in events})
    if not near:
        return
    # A reader of its own: what this transaction sees may still be rolled back, and must not be remembered.
    tree = await TreeReader().tree(tx.connection)
    moved = [
        each.obligation_id
        for each in near
        if each.place != place_on(each.as_of, tree, unit_id=each.unit_id, answering_unit_id=each.answering_unit_id)
    ]
    await fold(tx, moved, tree=tree)


async def note_directives(tx: Transaction, events: Sequence[AskedEvent], *, trees: TreeReader) -> None:
    """Note what is asked and who owes it, and fold the obligations that became known or are asked otherwise now."""
    await store.take_ground(tx)
    issued = [event for event in events if isinstance(event, DirectiveIssued)]
    opened = [event for event in events if isinstance(event, ObligationOpened)]
    changed = [event for event in events if isinstance(event, ObligationChanged)]
    requirements = [each for event in issued for each in requirements_of(event)]
    await store.put_requirements(tx, requirements)
    await store.put_obligations(tx, [obligation_of(event) for event in opened])
    await store.put_obligation_changes(tx, [change_of(event) for event in changed])
    touched = {event.obligation_id for event in opened} | {event.obligation_id for event in changed}
    touched |= await store.obligations_of(tx, {each.requirement_id for each in requirements})
    await fold(tx, touched, tree=await trees.tree(tx.connection))


async def note_answers(tx: Transaction, events: Sequence[AnswerEvent]) -> None:
    """Note what came back and what became of it, and fold the obligations it answers."""
    stated = [values_of(event) for event in events if isinstance(event, SubmissionSubmitted)]
    await store.put_answers(tx, [answer_of(event) for event in events], stated)
    await fold(tx, {event.obligation_id for event in events}, tree=None)


async def fold(tx: Transaction, obligation_ids: Iterable[UUID], *, tree: Tree | None) -> None:
    """Bring contributions and aggregates to what they should be, and tell of every aggregate that changed.

    However many obligations are folded, each aggregate above them is written and told once. Without a tree each
    obligation stays where it stands, and one that has no place yet waits for its ground. Safe to repeat.
    """
    moves: list[tuple[Contribution | None, Contribution]] = []
    requirements: dict[UUID, Requirement] = {}
    for standing in await store.standings_of(tx, obligation_ids):
        recorded = standing.recorded
        if tree is None and recorded is not None and recorded.reckoning != RECKONING:
            # The ground is held still: where it stands may be looked up.
            tree = await TreeReader().tree(tx.connection)
        if tree is not None:
            place = place_of(standing, tree)
        elif recorded is not None:
            place = recorded.place
        else:
            continue
        desired = contribution_of(standing, place)
        if desired != recorded:
            moves.append((recorded, desired))
            requirements[desired.requirement_id] = standing.requirement
    if moves:
        await record(tx, [desired for _, desired in moves], changes_between(moves), requirements)


async def record(
    tx: Transaction,
    contributions: Sequence[Contribution],
    changes: Mapping[AggregateKey, Change],
    requirements: Mapping[UUID, Requirement],
) -> None:
    """Record contributions, add each change to its aggregate and tell of it."""
    found = await store.record(tx, contributions, changes)
    updated = [(found.get(key) or Aggregate(key, 0, {})).changed_by(change.figures) for key, change in changes.items()]
    async with under_way(store.put_aggregates(tx, updated)):  # others wait for these rows
        for aggregate in updated:
            if aggregate.relation in TOLD_OUTSIDE:
                tx.emit(written(aggregate, requirements[aggregate.key.requirement_id], at=tx.now))
