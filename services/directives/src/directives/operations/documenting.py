"""Files of the documents by which units carry a directive out, where those were issued elsewhere."""

from typing import BinaryIO
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import NotFound
from chassis.transaction import Transaction
from directives import store
from directives.documents.signature import WORDS
from directives.operations.access import no_directive, reads_any, see, sees_whole
from directives.operations.filing import Brought, keep, open_kept, send
from directives.operations.receiving import take_delivery
from directives.operations.shelf import Shelf
from directives.problems import SignatureBroken
from directives.store.files import KeptFile
from unit_tree.tree import Tree


async def keep_document(shelf: Shelf, *, directive_id: UUID, unit_id: str, brought: Brought, by: Caller) -> KeptFile:
    """Keep the file of a document a unit has named, byte for byte; a later one takes its place."""
    async with shelf.begin() as (tx, tree):
        known = await _room_for(tx, directive_id, unit_id, brought, tree=tree, by=by)
        if known is not None and _is_same(known, brought):
            return known
        stored_id = await store.files.expect(tx.connection, now=tx.now)
    await send(shelf, stored_id, brought)
    async with shelf.begin() as (tx, tree):
        known = await _room_for(tx, directive_id, unit_id, brought, tree=tree, by=by)
        if known is not None:
            if _is_same(known, brought):
                await store.files.let_go(tx.connection, stored_id, now=tx.now)
                return known
            await store.files.remove(tx.connection, known, now=tx.now)
        return await keep(tx, directive_id, "document", brought, stored_id, unit_id=unit_id, by=by)


async def open_document(shelf: Shelf, *, directive_id: UUID, unit_id: str, by: Caller) -> tuple[KeptFile, BinaryIO]:
    """Return the document of a unit, opened: for those who see how far the directive has come there."""
    async with shelf.begin() as (tx, tree):
        directive = await see(tx, directive_id, tree=tree, by=by)
        if not (sees_whole(tx, directive, tree=tree, by=by) or reads_any(tx, (unit_id,), tree=tree, by=by)):
            raise no_directive()  # the same words as where there is none
        known = await store.files.find_document(tx.connection, directive_id, unit_id)
        if known is None:
            raise _no_document()
    return known, await open_kept(shelf, known, None)


async def _room_for(
    tx: Transaction, directive_id: UUID, unit_id: str, brought: Brought, *, tree: Tree, by: Caller
) -> KeptFile | None:
    """Return the file a unit's document has, with the delivery locked; raise when there is no such document."""
    _, delivery = await take_delivery(tx, directive_id, unit_id, tree=tree, by=by)
    delivery.refuse_not_acting()
    if await store.cascades.find_registered(tx.connection, directive_id, unit_id) is None:
        raise _no_document()
    if brought.check is not None and brought.check.verdict in ("broken", "unreadable"):
        vi, en = WORDS[brought.check.verdict]
        raise SignatureBroken(f"Không nhận tệp: {vi}.", f"The file is not taken: {en}.")
    return await store.files.find_document(tx.connection, directive_id, unit_id)


def _is_same(known: KeptFile, brought: Brought) -> bool:
    return (known.name, known.sha256) == (brought.name, brought.sha256)


def _no_document() -> NotFound:
    return NotFound(
        "Đơn vị chưa nêu văn bản triển khai, hoặc chưa gửi tệp của văn bản đó.",
        "The unit has named no document of its own, or brought no file of it.",
    )
