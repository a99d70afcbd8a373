"""Tidy up after files: what never arrived, what nobody wants any more, what still lies in rows of the database."""

import logging
from datetime import timedelta
from io import BytesIO

from directives import store
from directives.operations.shelf import Shelf

ARRIVES_WITHIN = timedelta(hours=1)
"""A file of some megabytes that is this long on its way belongs to a process that is no more."""
MOST_STRAYS = 100
"""Without being asked. More than that look like a database that was restored: its files must not go too."""
log = logging.getLogger(__name__)


async def sweep(shelf: Shelf) -> int:
    """Remove from the store what nobody wants; return how much. Safe to repeat, to cut off, to run twice at once."""
    async with shelf.transactions.begin() as tx:
        await store.files.give_up_arriving(tx.connection, before=tx.now - ARRIVES_WITHIN, now=tx.now)
    swept = 0
    while True:
        async with shelf.transactions.begin() as tx:
            some = await store.files.unwanted(tx.connection)
        for stored_id in some:
            await shelf.remove(stored_id)
            async with shelf.transactions.begin() as tx:
                await store.files.forget(tx.connection, stored_id)
            swept += 1
        if not some:
            return swept


async def remove_strays(shelf: Shelf, *, older_than: timedelta = ARRIVES_WITHIN) -> int:
    """Remove from the store what no row speaks of; return how much. Safe as above.

    A file may arrive after it was given up and forgotten: whoever sent it was slow, or died after the store had it all.
    Its row is written before its first byte leaves, so what is listed now and has none never gets one.
    """
    listed = await shelf.list_all()
    async with shelf.transactions.begin() as tx:
        old = [stored_id for stored_id, put_at in listed.items() if put_at <= tx.now - older_than]
        known = await store.files.known_of(tx.connection, old)
    strays = [stored_id for stored_id in old if stored_id not in known]
    if len(strays) > MOST_STRAYS:
        log.warning("%d files of the store have no row; none of them is removed without a person's asking", len(strays))
        return 0
    for stored_id in strays:
        await shelf.remove(stored_id)
    return len(strays)


async def move_out_of_rows(shelf: Shelf) -> int:
    """Move the bytes of files that lie in the database into the store; return how many. Safe as above.

    A row lets go of its bytes in the transaction that says where they lie, after the store has confirmed them.
    """
    moved = 0
    while True:
        async with shelf.transactions.begin() as tx:
            file = await store.files.find_in_row(tx.connection)
            if file is None:
                return moved
            content = await store.files.content_of(tx.connection, file.id)
            if content is None:  # somebody else moved it between the two looks
                continue
            stored_id = await store.files.expect(tx.connection, now=tx.now)
        await shelf.put(
            stored_id,
            BytesIO(content),
            byte_count=file.byte_count,
            sha256=file.sha256,
            content_type=file.content_type,
        )
        async with shelf.transactions.begin() as tx:
            # Whoever comes second, or comes when the file was taken off, leaves a copy nobody wants.
            if await store.files.put_moved(tx.connection, file.id, stored_id):
                if not await store.files.settle(tx.connection, stored_id, now=tx.now):
                    raise TimeoutError(f"{stored_id} was given up on its way")
                moved += 1
            else:
                await store.files.let_go(tx.connection, stored_id, now=tx.now)
