"""Keep files as long as the rule says and no longer; what is held stays, what is deleted leaves a proof.

What remains when the process dies: the row says `deleted`, so nobody is shown it, and the sweep goes on removing its
bytes until the store says that none is left; only then the deletion is confirmed. What is held and what is let go says
in its row that a copy is to be locked or released, before the store is asked; the sweep goes on with that too.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from chassis.caller import Caller
from chassis.objects import StoreAway, StoreRefused
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.media import WITHHELD_LIFETIME, Lock, Media
from submissions.operations.archive import Archive
from submissions.operations.rights import not_found, require_review
from submissions.problems import UploadOver


async def hold(archive: Archive, *, media_id: UUID, reason: str, by: Caller) -> Media:
    """Keep a file whatever the rule says, until it is let go; for the desk that reviews it. Safe to repeat.

    Where the store offers it, a copy is locked there, which nobody removes before. It does not undo a withdrawal: a
    held file that was withdrawn is shown to nobody, and kept.
    """
    async with archive.transactions.begin() as tx:
        media = await _taken(tx, media_id, by)
        if media.state == "deleted":
            raise UploadOver("Tệp đã bị xóa.", "The file is deleted.", state=media.state)
        if media.held_at is None:
            await store.retention.put_held(tx, media_id, by=by.id, reason=reason)
            media = replace(media, held_at=tx.now, hold_reason=reason, lock="wanted")
    return await _settled_if_it_can(archive, media)


async def let_go(archive: Archive, *, media_id: UUID, by: Caller) -> Media:
    """Let the rule decide again. Safe to repeat."""
    async with archive.transactions.begin() as tx:
        media = await _taken(tx, media_id, by)
        await store.retention.put_let_go(tx, media_id)
        released: Lock | None = None if media.lock in (None, "not-offered") else "releasing"
        media = replace(media, held_at=None, hold_reason=None, lock=released)
    return await _settled_if_it_can(archive, media)


async def settle_locks(archive: Archive) -> None:
    """Lock what is held and release what is not, where that was cut off or the store did not offer it then.

    Safe to repeat, also by several at once.
    """
    is_offered = archive.locked is not None and await archive.locked.is_offered()
    async with archive.transactions.begin() as tx:
        if is_offered:
            await store.retention.ask_anew(tx)
        unsettled = await store.retention.to_lock(tx)
    for media in unsettled:
        with suppress(StoreRefused):  # the row says that it is still to be done; the others are not kept waiting
            await _settle_lock(archive, media)


async def _settled_if_it_can(archive: Archive, media: Media) -> Media:
    try:
        return await _settle_lock(archive, media)
    except (StoreAway, StoreRefused):
        return media  # the row says what is to be done; the sweep does it


async def _settle_lock(archive: Archive, media: Media) -> Media:
    if media.lock == "wanted":
        lock = await _locked(archive, media)
        if lock == "wanted":
            return media
        async with archive.transactions.begin() as tx:
            if await store.retention.put_locked(tx, media.id, lock=lock):
                return replace(media, lock=lock)
            current = await store.media.find(tx, media.id)
        if current is None or current.held_at is not None:
            return media if current is None else current  # another one was quicker
        # Let go meanwhile, perhaps before there was anything to release.
        media = current
    elif media.lock != "releasing":
        return media
    if archive.locked is not None:
        await archive.locked.let_go(str(media.id))
    async with archive.transactions.begin() as tx:
        await store.retention.put_released(tx, media.id)
    return replace(media, lock=None)


async def _locked(archive: Archive, media: Media) -> Lock:
    """Lock a copy of the file, from wherever it lies; `wanted` when it lies nowhere yet."""
    if archive.locked is None or not await archive.locked.is_offered():
        return "not-offered"
    for key in (media.final_key, media.withheld_key, media.quarantine_key) if media.etag is not None else ():
        found = await archive.objects.find(key)
        if found is not None and found.byte_count == media.byte_count:
            await archive.locked.keep(str(media.id), of_bucket=archive.bucket, source=key, etag=found.etag)
            return "locked"
    return "wanted"


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
