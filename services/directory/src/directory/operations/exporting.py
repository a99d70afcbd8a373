"""Giving units out in the files they come in by."""

import asyncio
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile

from sqlalchemy import text

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transactions
from directory.domain.writing import header_of, rows_of
from directory.sheets import Workbook, csv_lines
from directory.store import units as store

PIECE_BYTES = 1 << 16


def see_that_it_is_allowed(by: Caller) -> None:
    """Raise `NotAllowed` unless somebody may have the whole register."""
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị được xuất danh mục đơn vị.", "Only an administrator may export units.")


async def export_csv(transactions: Transactions, file: str) -> AsyncIterator[bytes]:
    """Yield a file of units piece by piece, as they all were at one moment."""
    yield csv_lines([header_of(file)])
    async for rows in _all_rows(transactions, file):
        yield csv_lines(rows)


async def export_xlsx(transactions: Transactions, file: str) -> AsyncIterator[bytes]:
    """Yield the same as an XLSX file. Nothing of it is sent before all of it is written."""
    book = Workbook(file)
    book.append([header_of(file)])
    async for rows in _all_rows(transactions, file):
        await asyncio.to_thread(book.append, rows)
    with SpooledTemporaryFile(max_size=1 << 20) as written:
        await asyncio.to_thread(book.save, written)
        written.seek(0)
        while piece := written.read(PIECE_BYTES):
            yield piece


async def _all_rows(transactions: Transactions, file: str) -> AsyncIterator[list[tuple[str, ...]]]:
    # A transaction of its own: that of a request ends before its answer is sent.
    async with transactions.begin() as tx:
        await tx.connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        async for units in store.in_turn(tx.connection):
            yield rows_of(file, units)
