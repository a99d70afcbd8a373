"""Whether units, as they would be, hold together with everyone else."""

import asyncio
from collections.abc import Collection, Mapping

from chassis.transaction import Transaction
from directory.domain.checking import closed_loop, edges_of, shared_codes
from directory.domain.cycles import Graph
from directory.domain.files import RELATION_KINDS, Row
from directory.domain.plan import ending
from directory.domain.reorganisation import Wrong, what_is_wrong, without_ended_leads
from directory.domain.units import Identifier, Unit
from directory.store import units as store


async def hold_together(
    tx: Transaction, after: Mapping[str, Unit], known: dict[str, Unit], unit_types: Collection[str]
) -> tuple[dict[str, Unit], list[Wrong]]:
    """Return the units with the clusters that lose their lead among them, and what is wrong with all of that.

    Those who stand below a unit that ends are added to `known`.
    """
    below = await store.ever_below(tx.connection, ending(known, after))
    known |= await store.get_some(tx.connection, below - known.keys())
    after = without_ended_leads(after, known)
    wrong = [*what_is_wrong(after, known, unit_types), *await _circles(tx, after), *await _shared_codes(tx, after)]
    return after, wrong


async def _circles(tx: Transaction, after: Mapping[str, Unit]) -> list[Wrong]:
    wrong = []
    for kind in RELATION_KINDS:
        graph = Graph()
        for edge in edges_of(after.values(), kind):
            graph.add(edge)
        async for edge in store.edges_besides(tx.connection, kind, after):
            graph.add(edge)
        for cycle in await asyncio.to_thread(graph.cycles):
            fault = closed_loop(kind, cycle)
            wrong.append(Wrong(0, cycle.edges[0].unit_id, fault.what_vi, fault.what_en))
    return wrong


async def _shared_codes(tx: Transaction, after: Mapping[str, Unit]) -> list[Wrong]:
    wrong = []
    held: dict[str, list[tuple[str, Identifier]]] = {}
    for unit in after.values():
        for each in unit.identifiers:
            held.setdefault(each.scheme, []).append((unit.unit_id, each))
    for scheme, ours in held.items():
        others = await store.holders(tx.connection, scheme, {each.code for _, each in ours})
        theirs = [Row(0, unit_id, each) for unit_id, each in others if unit_id not in after]
        for fault in shared_codes([*theirs, *(Row(1, unit_id, each) for unit_id, each in ours)]):
            wrong.append(Wrong(0, "", fault.what_vi, fault.what_en))  # noqa: PERF401  reads better than a comprehension
    return wrong
