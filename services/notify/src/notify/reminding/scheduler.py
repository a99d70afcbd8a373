"""The scheduler: looks now and again at what is to be looked at, and writes what there is to say."""

import asyncio
import logging

from chassis.outages import is_outage
from chassis.transaction import Transactions
from notify.reminding.evaluating import evaluate
from notify.reminding.writing import write_digests
from unit_tree.projection import TreeReader

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 10.0
"""What is due fires within this time and that of one evaluation."""


class Scheduler:
    """Sends reminders. Any number may run, in any number of processes; the database says what is due, and what done."""

    def __init__(self, transactions: Transactions, reader: TreeReader, *, every: float = LOOK_EVERY_SECONDS) -> None:
        self._transactions = transactions
        self._reader = reader
        self._every = every

    async def work(self) -> None:
        """Look now and again, for ever."""
        while True:
            try:
                written = await self.look()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("reminders wait: %r", error)
            else:
                if written:
                    log.info("%d reminders written", written)
            await asyncio.sleep(self._every)

    async def look(self) -> int:
        """Look at everything that is due and write what there is to say; return how many digests are done with.

        Killed at any place and begun again, here or elsewhere, it goes on with what is left.
        """
        while await self._evaluate():
            pass
        done = 0
        while written := await self._write():
            done += written
        return done

    async def _evaluate(self) -> int:
        async with self._transactions.begin() as tx:
            return await evaluate(tx, self._reader)

    async def _write(self) -> int:
        async with self._transactions.begin() as tx:
            return await write_digests(tx)
