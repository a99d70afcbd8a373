"""Tidy up what was left lying: uploads nobody completed, completions that were cut off, bytes nobody wants."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from submissions import store
from submissions.domain.media import REJECTED_LIFETIME, SETTLE_AFTER, UPLOAD_LIFETIME, Media
from submissions.operations.archive import Archive
from submissions.operations.inspecting import ATTEMPTS
from submissions.operations.rendering import ATTEMPTS as RENDER_ATTEMPTS
from submissions.operations.retaining import delete_due, erase_names, settle_locks
from submissions.operations.uploading import settle
from submissions.operations.withdrawing import withhold
from submissions.problems import PartsMissing, UploadOver

CLEAR_READY_AFTER = timedelta(minutes=10)
"""The inspector itself removes what it let pass; this is for the one it could not."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep found to do."""

    abandoned: int
    settled: int
    cleared: int
    deleted: int
    """Files of which nothing is left, because they were kept long enough."""
    erased: int
    """People whose names are kept no longer."""
    given_up: int
    """Files that wait for a person, whether this sweep found them or an earlier one."""


async def sweep(archive: Archive) -> Swept:
    """Tidy up once. Safe to repeat, to cut off, and to run in several processes."""
    async with archive.transactions.begin() as tx:
        abandoned = await store.leftovers.abandon_opened_before(tx, tx.now - UPLOAD_LIFETIME)
        await store.media.put_back_exhausted(tx, attempts=ATTEMPTS)
        await store.renditions.give_up_exhausted(tx, attempts=RENDER_ATTEMPTS)
        given_up = await store.media.count_given_up(tx, attempts=ATTEMPTS)
        cut_off = await store.leftovers.completing_since_before(tx, tx.now - SETTLE_AFTER)
    for media in cut_off:
        # Not settled now: its parts can be sent again, or it is lost; the row says which.
        with suppress(PartsMissing, UploadOver):
            await settle(archive, media)
    async with archive.transactions.begin() as tx:
        unwanted = await store.leftovers.to_clear(
            tx, ready_before=tx.now - CLEAR_READY_AFTER, rejected_before=tx.now - REJECTED_LIFETIME
        )
        withdrawn = await store.leftovers.to_withhold(tx)
    for media in unwanted:
        await _clear(archive, media)
    for media in withdrawn:
        await withhold(archive, media)
    await settle_locks(archive)
    deleted = await delete_due(archive)
    erased = await erase_names(archive)
    return Swept(
        abandoned=abandoned,
        settled=len(cut_off),
        cleared=len(unwanted) + len(withdrawn),
        deleted=deleted,
        erased=erased,
        given_up=given_up,
    )


async def _clear(archive: Archive, media: Media) -> None:
    if media.state == "abandoned":
        await archive.objects.abort_upload(media.quarantine_key, media.store_upload_id)
    await archive.objects.remove(media.quarantine_key)
    async with archive.transactions.begin() as tx:
        await store.media.put_cleared(tx, media.id)
