"""How long it takes to look at totals, at who has answered, to have the printed table, and to add all up anew."""

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID, uuid4

from chassis.caller import Caller, HeldPost
from chassis.frame import Frame
from chassis.policy import PROVINCE
from chassis.transaction import Transaction
from congvan.bench.outcome import percentile
from reporting import operations
from reporting.exports import operations as exports
from reporting.exports.maker import environment
from reporting.settings import Settings
from unit_tree.projection import TreeReader
from unit_tree.tree import Tree

TIMES = 60
UNITS = 700
"""Of so many units a page says where their answers stand."""
LAUNCHER = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "reporting.exports", sys.argv[1]], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Between the measurement and what it measures: the peak of a process counts what it was before it became another."""
Look = Callable[[Transaction, Tree], Awaitable[object]]


async def looked_up(frame: Frame, requirement_id: UUID, period: str, units: Sequence[str]) -> dict[str, float]:
    """Return the 95th percentiles of reading the totals of some units, and where the answers of 700 stand."""
    somebody = _somebody()

    async def totals(tx: Transaction, tree: Tree) -> object:
        return await operations.read_totals(
            tx, requirement_id, period=period, restated_on=None, unit_ids=units, tree=tree, by=somebody
        )

    async def states(tx: Transaction, tree: Tree) -> object:
        return await operations.read_coverage(tx, requirement_id, limit=UNITS, tree=tree, by=somebody)

    trees = TreeReader()
    return {
        "read_p95_ms": await _p95_ms(frame, trees, totals),
        "coverage_p95_ms": await _p95_ms(frame, trees, states),
    }


async def _p95_ms(frame: Frame, trees: TreeReader, look: Look) -> float:
    taken = []
    for place in range(1 + TIMES):
        begun = time.perf_counter()
        async with frame.transactions.begin() as tx:
            await look(tx, await trees.tree(tx.connection))
        if place:  # the first one reads the tree, which every process keeps
            taken.append(1000 * (time.perf_counter() - begun))
    return round(percentile(sorted(taken), 95), 1)


async def tabulated(frame: Frame, requirement_id: UUID, settings: Settings) -> dict[str, float]:
    """Return the seconds the workbook of all units took in the process that makes it, and how large that became."""
    async with frame.transactions.begin() as tx:
        tree = await TreeReader().tree(tx.connection)
        asked = await exports.ask(tx, requirement_id, form="xlsx", period=None, tree=tree, by=_somebody())
    begun = time.perf_counter()
    launcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LAUNCHER, str(asked.export_id), env=environment(settings), stdout=asyncio.subprocess.PIPE
    )
    peak, _ = await launcher.communicate()
    seconds = time.perf_counter() - begun
    return {"workbook_s": round(seconds, 1), "workbook_mib": round(int(peak) / 1024, 1)}


async def rebuilt(frame: Frame) -> dict[str, float]:
    """Return the seconds it took to add everything up anew, and what memory grew by."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    async with frame.transactions.begin() as tx:
        corrections = await operations.rebuild(tx)
    seconds = time.perf_counter() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"rebuilt_s": round(seconds, 1), "rebuilt_mib": round(grown, 1), "corrections": len(corrections)}


def _somebody() -> Caller:
    return Caller(uuid4(), "person", (HeldPost(unit_id=PROVINCE, role="desk_officer"),))
