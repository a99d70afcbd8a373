"""Keep files as long as the rule says and no longer; what is held stays, what is deleted leaves a proof.

What remains when the process dies: the row says `deleted`, so nobody is shown it, and the sweep goes on removing its
bytes until the store says that none is left; only then the deletion is confirmed.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.media import WITHHELD_LIFETIME, Media
from submissions.operations.archive import Archive
from submissions.operations.rights import not_found, require_review
from submissions.problems import UploadOver


async def hold(tx: Transaction, *, media_id: UUID, reason: str, by: Caller) -> Media:
    """Keep a file whatever the rule says, until it is let go; for the desk that reviews it. Safe to repeat.

    It does not undo a withdrawal: a held file that was withdrawn is shown to nobody, and kept.
    """
    media = await _taken(tx, media_id, by)
    if media.state == "deleted":
        raise UploadOver("Tệp đã bị xóa.", "The file is deleted.", state=media.state)
    if media.held_at is not None:
        return media
    await store.retention.put_held(tx, media_id, by=by.id, reason=reason)
    return replace(media, held_at=tx.now, hold_reason=reason)


async def let_go(tx: Transaction, *, media_id: UUID, by: Caller) -> Media:
    """Let the rule decide again. Safe to repeat."""
    media = await _taken(tx, media_id, by)
    await store.retention.put_let_go(tx, media_id)
    return replace(media, held_at=None, hold_reason=None)


async def delete_due(archive: Archive) -> int:
    """Delete what nobody has to keep any longer; return how many files are gone for good. Safe to cut off."""
    async with archive.transactions.begin() as tx:
        await store.retention.delete_due(
            tx,
            ready_before=tx.now - timedelta(days=archive.keep_days),
            withdrawn_before=tx.now - WITHHELD_LIFETIME,
        )
        unconfirmed = await store.retention.unconfirmed(tx)
    confirmed = 0
    for media in unconfirmed:
        keys = (*media.shown_keys, media.withheld_key)
        for key in keys:
            await archive.objects.remove(key)
        if any([await archive.objects.find(key) is not None for key in keys]):
            continue
        async with archive.transactions.begin() as tx:
            await store.retention.put_confirmed(tx, media.id)
        confirmed += 1
    return confirmed


async def erase_names(archive: Archive) -> int:
    """Erase the names of registered people nobody needs any longer; return of how many. Safe to repeat."""
    erased = 0
    while True:
        async with archive.transactions.begin() as tx:
            some = await store.registrations.erase_names(tx, before=tx.now - timedelta(days=archive.keep_names_days))
        erased += some
        if not some:
            return erased


async def _taken(tx: Transaction, media_id: UUID, by: Caller) -> Media:
    media = await store.media.take(tx, media_id)
    obligation = None if media is None else await store.asked.find_obligation(tx, media.obligation_id)
    if media is None or obligation is None:
        raise not_found()
    require_review(by, obligation)
    return media
