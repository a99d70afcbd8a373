"""What a worker looks after without being asked: units that are no more, periods that begin, files left behind."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count

from chassis.clock import VIETNAM
from chassis.outages import is_outage
from chassis.problems import Problem
from chassis.transaction import Transactions
from directives.operations.delivering import move_deliveries
from directives.operations.issuing import transfer_obligations
from directives.operations.periods import directives_to_look_at, open_periods
from directives.operations.shelf import Shelf
from directives.operations.sweeping import move_out_of_rows, remove_strays, sweep
from unit_tree.projection import TreeReader

log = logging.getLogger(__name__)

AFTER_NEWS_SECONDS = (1.0, 5.0, 30.0, 60.0)
"""When to look after a unit has changed: soon, and until every transaction that was noting it then has ended."""
OUTAGE_SECONDS = 5.0
TIDY_SECONDS = 600.0
TIDIES_A_DAY = 144


class Rounds:
    """Moves obligations and deliveries and opens periods: at the start, after units have changed, as days begin."""

    def __init__(self, transactions: Transactions, trees: TreeReader) -> None:
        self._transactions = transactions
        self._trees = trees
        self._news = asyncio.Event()

    def hear(self) -> None:
        """Look soon: a unit has changed."""
        self._news.set()

    async def run(self) -> None:
        """Look for as long as the process lives, through outages of the database."""
        pauses: list[float] = [0.0]
        while True:
            try:
                await asyncio.wait_for(self._news.wait(), pauses.pop(0) if pauses else _until_tomorrow())
                self._news.clear()
                pauses = list(AFTER_NEWS_SECONDS)
            except TimeoutError:
                await self._look()

    async def _look(self) -> None:
        # What moves comes first: who came after a unit is not asked beside it.
        moved = await self._through_outages(self._transfer)
        if moved:
            log.info("%d obligations and deliveries moved to the units that came after", moved)
        opened = await self._through_outages(self._open)
        if opened:
            log.info("%d obligations of periods that have begun", opened)

    async def _transfer(self) -> int:
        async with self._transactions.begin() as tx:
            tree = await self._trees.tree(tx.connection)
            return await transfer_obligations(tx, tree=tree) + await move_deliveries(tx, tree=tree)

    async def _open(self) -> int:
        async with self._transactions.begin() as tx:
            waiting = await directives_to_look_at(tx)
        opened = 0
        for directive_id in waiting:
            try:
                async with self._transactions.begin() as tx:
                    tree = await self._trees.tree(tx.connection)
                    opened += await open_periods(tx, directive_id=directive_id, tree=tree)
            except Problem as problem:
                # A group it names is gone, say: the others do not wait for the person who puts that right.
                log.warning("cannot open a period of directive %s: %s", directive_id, problem)
        return opened

    async def _through_outages(self, step: Callable[[], Awaitable[int]]) -> int:
        while True:
            try:
                return await step()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("cannot look after obligations: %r", error)
                await asyncio.sleep(OUTAGE_SECONDS)


class Tidying:
    """Moves files out of the database when the process starts, and sweeps the store then and every ten minutes.

    Once a day the whole store is held against the database.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def run(self) -> None:
        """Tidy up for as long as the process lives, through outages of the database and of the store."""
        for turn in count():
            try:
                moved, swept = await move_out_of_rows(self._shelf), await sweep(self._shelf)
                if turn % TIDIES_A_DAY == 0:
                    swept += await remove_strays(self._shelf)
            except Exception as error:  # noqa: BLE001  whatever is left lying is still there next time
                log.warning("cannot tidy up after files: %r", error)
            else:
                if moved or swept:
                    log.info("%d files moved into the store, %d removed from it", moved, swept)
            await asyncio.sleep(TIDY_SECONDS)


def _until_tomorrow() -> float:
    now = datetime.now(VIETNAM)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), VIETNAM)
    return (tomorrow - datetime.now(UTC)).total_seconds()
