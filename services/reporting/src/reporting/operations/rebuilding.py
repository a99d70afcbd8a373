"""Whether the totals are true."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chassis.transaction import Transaction
from reporting import projections, store
from reporting.domain import (
    AggregateKey,
    Change,
    Contribution,
    Figures,
    Requirement,
    Tally,
    add_figures,
    changes_between,
    place_of,
)
from reporting.domain.contributing import contribution_of
from unit_tree.projection import TreeReader


@dataclass(frozen=True, slots=True)
class Correction:
    """An aggregate that was not what the answers add up to."""

    key: AggregateKey
    recorded: Figures
    rebuilt: Figures


async def rebuild(tx: Transaction) -> list[Correction]:
    """Compute every contribution and aggregate anew from what was told; correct, tell of and return what differed.

    Nothing differs unless the tables were touched by another hand. Holds up the intake of events until it is done.
    """
    await store.take_ground(tx)
    tree = await TreeReader().tree(tx.connection)
    corrections: list[Correction] = []
    for requirement in await store.all_requirements(tx):
        standings = await store.standings_of_requirement(tx, requirement.requirement_id)
        desired = [contribution_of(standing, place_of(standing, tree)) for standing in standings]
        pairs = zip(standings, desired, strict=True)
        await store.put_contributions(tx, [each for standing, each in pairs if each != standing.recorded])
        corrections += await _correct(tx, requirement, desired)
    return corrections


async def _correct(tx: Transaction, requirement: Requirement, desired: Iterable[Contribution]) -> list[Correction]:
    due = changes_between((None, each) for each in desired)
    live = {each.key: each for each in await store.aggregates_of(tx, requirement.requirement_id)}
    corrections, changes = [], {}
    for key in due.keys() | live.keys():
        rebuilt = due[key].figures if key in due else {}
        recorded = add_figures(live[key].figures, {}) if key in live else {}
        if rebuilt != recorded:
            relation = due[key].relation if key in due else live[key].relation
            corrections.append(Correction(key, recorded, rebuilt))
            changes[key] = Change(relation, _difference(rebuilt, recorded))
    await projections.apply_changes(tx, changes, {requirement.requirement_id: requirement})
    return sorted(corrections, key=lambda each: each.key)


def _difference(rebuilt: Figures, recorded: Figures) -> Figures:
    change: dict[str, Tally] = defaultdict(Tally)
    for figures, times in ((rebuilt, 1), (recorded, -1)):
        for level, tally in figures.items():
            change[level] = change[level].plus(tally, times)
    return change
