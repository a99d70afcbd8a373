"""Whether the totals are true: everything anew from what was told, and put right where it differs."""

from collections import defaultdict
from dataclasses import dataclass

from chassis.transaction import Transaction
from reporting import projections, store
from reporting.domain import (
    AggregateKey,
    Balance,
    Change,
    Contribution,
    Figures,
    Requirement,
    Tally,
    add_figures,
    place_of,
)
from reporting.domain.contributing import contribution_of
from unit_tree.projection import TreeReader
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Correction:
    """An aggregate that was not what the answers add up to."""

    key: AggregateKey
    recorded: Figures
    rebuilt: Figures


@dataclass(frozen=True, slots=True)
class Recount:
    """What one requirement adds up to, beside what is recorded of it."""

    corrections: list[Correction]
    changes: dict[AggregateKey, Change]
    """What the aggregates would have to change by."""
    obligations: int
    misrecorded: int
    """Of how many obligations the recorded contribution is another one."""


async def rebuild(tx: Transaction) -> list[Correction]:
    """Compute every contribution and aggregate anew from what was told; correct, tell of and return what differed.

    Nothing differs unless the tables were touched by another hand. Holds up the intake of events until it is done.
    """
    await store.take_ground(tx)
    tree = await TreeReader().tree(tx.connection)
    corrections: list[Correction] = []
    for requirement in await store.all_requirements(tx):
        found = await recount(tx, requirement, tree, is_kept=True)
        await projections.record(tx, (), found.changes, {requirement.requirement_id: requirement})
        await tx.make_room()
        corrections += found.corrections
    return corrections


async def recount(tx: Transaction, requirement: Requirement, tree: Tree, *, is_kept: bool) -> Recount:
    """Add a requirement up from what was told, some of its obligations at a time, and hold the totals against it.

    With `is_kept` contributions that differ are recorded anew; the aggregates stay as they are.
    """
    balance, obligations, misrecorded = Balance(), 0, 0
    async for standings in store.standings_in_parts(tx, requirement):
        differing: list[Contribution] = []
        for standing in standings:
            desired = contribution_of(standing, place_of(standing, tree))
            balance.add(desired)
            if desired != standing.recorded:
                differing.append(desired)
        obligations += len(standings)
        misrecorded += len(differing)
        if is_kept and differing:
            await store.record(tx, differing, ())
    due = balance.changes()
    live = {each.key: each for each in await store.aggregates_of(tx, requirement.requirement_id)}
    corrections, changes = [], {}
    for key in sorted(due.keys() | live.keys()):
        rebuilt = due[key].figures if key in due else {}
        recorded = add_figures(live[key].figures, {}) if key in live else {}
        if rebuilt != recorded:
            corrections.append(Correction(key, recorded, rebuilt))
            changes[key] = Change(_difference(rebuilt, recorded))
    return Recount(corrections, changes, obligations, misrecorded)


def _difference(rebuilt: Figures, recorded: Figures) -> Figures:
    change: dict[str, Tally] = defaultdict(Tally)
    for figures, times in ((rebuilt, 1), (recorded, -1)):
        for level, tally in figures.items():
            change[level] = change[level].plus(tally, times)
    return change
