"""What a worker looks after without being asked: obligations of units that are no more, and what files leave behind."""

import asyncio
import logging
from datetime import UTC, datetime, time, timedelta

from chassis.clock import VIETNAM
from chassis.outages import is_outage
from chassis.transaction import Transactions
from directives.operations.issuing import transfer_obligations
from directives.operations.shelf import Shelf
from directives.operations.sweeping import move_out_of_rows, sweep
from unit_tree.projection import TreeReader

log = logging.getLogger(__name__)

AFTER_NEWS_SECONDS = (1.0, 5.0, 30.0, 60.0)
"""When to look after a unit has changed: soon, and until every transaction that was noting it then has ended."""
OUTAGE_SECONDS = 5.0
TIDY_SECONDS = 600.0


class Transfers:
    """Transfers obligations when the process starts, after units have changed, and as each day begins."""

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
        while True:
            try:
                async with self._transactions.begin() as tx:
                    moved = await transfer_obligations(tx, tree=await self._trees.tree(tx.connection))
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("cannot look for obligations to transfer: %r", error)
                await asyncio.sleep(OUTAGE_SECONDS)
            else:
                if moved:
                    log.info("%d obligations moved to the units that came after", moved)
                return


class Tidying:
    """Moves files out of the database when the process starts, and sweeps the store then and every ten minutes."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def run(self) -> None:
        """Tidy up for as long as the process lives, through outages of the database and of the store."""
        while True:
            try:
                moved, swept = await move_out_of_rows(self._shelf), await sweep(self._shelf)
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
