"""Find out what a received file is, and let it pass or refuse it.

Whatever is cut off here is done again when the lease runs out, with the same result: the poster and the copy go to the
same keys, and the row is what counts. Only after the row says `ready` is the file removed from the quarantine.
"""

from datetime import timedelta
from typing import Literal

from chassis.objects import StoreAway, StoredBytes, StoreRefused
from chassis.transaction import Transaction
from contracts.submissions import MediaReady, MediaRejected
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.media import Media
from submissions.inspection import InspectionUnavailable, Refused
from submissions.operations.archive import Archive
from submissions.operations.looking import Found, look

Outcome = Literal["ready", "rejected", "put_back", "given_up", "overtaken"]

LEASE = timedelta(minutes=1)
"""Twice what an inspection may take; whoever holds a file longer than this is taken for dead."""
ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
ERROR_CHARACTERS = 500


async def inspect_next(archive: Archive) -> Outcome | None:
    """Inspect the file that has waited longest; null when none waits. Safe to run in several processes."""
    async with archive.transactions.begin() as tx:
        claimed = await store.media.claim(tx, lease=LEASE, attempts=ATTEMPTS)
        if claimed is None:
            return None
        obligation = await store.asked.get_obligation(tx, claimed.obligation_id)
        requirement = await store.asked.get_requirement(tx, obligation.requirement_id)
    source = StoredBytes(archive.objects, claimed.quarantine_key, claimed.byte_count, claimed.etag or "")
    try:
        found = await look(source, requirement=requirement, media=claimed, scanner=archive.scanner)
        await _adopt(archive, claimed, found)
    except Refused as refusal:
        async with archive.transactions.begin() as tx:
            return await _reject(tx, claimed, obligation, refusal)
    except (InspectionUnavailable, StoreAway, StoreRefused) as error:
        async with archive.transactions.begin() as tx:
            return await _put_back(tx, claimed, error)
    async with archive.transactions.begin() as tx:
        outcome = await _let_pass(tx, claimed, obligation, found)
    if outcome == "ready":
        await _clear(archive, claimed)
    return outcome


async def _adopt(archive: Archive, media: Media, found: Found) -> None:
    """Put what is shown of the file, and the file itself, where they are looked at from."""
    for key, jpeg in (
        (media.poster_key, found.preview_jpeg),
        (media.thumbnail_key, found.thumbnail_jpeg),
        (media.shown_key, found.shown_jpeg),
    ):
        if jpeg is not None:
            await archive.objects.put(key, jpeg, content_type="image/jpeg")
    await archive.objects.copy(media.quarantine_key, media.final_key, etag=media.etag or "")
    copied = await archive.objects.find(media.final_key)
    if copied is None or copied.byte_count != media.byte_count:
        raise StoreAway(f"the copy of {media.id} is not whole")


async def _let_pass(tx: Transaction, media: Media, obligation: Obligation, found: Found) -> Outcome:
    version = media.version + 1
    still_ours = await store.media.put_ready(
        tx,
        media,
        version=version,
        duration_ms=found.duration_ms,
        width=found.width,
        height=found.height,
        format=found.format,
        page_count=found.page_count,
        scan=found.scan,
        looks_like_pupils=found.looks_like_pupils,
        has_poster=found.preview_jpeg is not None,
        has_thumbnail=found.thumbnail_jpeg is not None,
        sha256=found.sha256,
        rendition="waiting" if found.is_film else None,
        render_at=tx.now if found.is_film else None,
        shown_type=None if found.shown_jpeg is None else "image/jpeg",
    )
    if not still_ours:
        return "overtaken"
    tx.emit(
        MediaReady(
            occurred_at=tx.now,
            media_id=media.id,
            version=version,
            obligation_id=obligation.id,
            answering_unit_id=obligation.answering_unit_id,
            uploaded_by=media.uploaded_by,
            byte_count=media.byte_count,
            duration_ms=found.duration_ms or 0,
        )
    )
    return "ready"


async def _reject(tx: Transaction, media: Media, obligation: Obligation, refusal: Refused) -> Outcome:
    version = media.version + 1
    still_ours = await store.media.put_rejected(
        tx,
        media,
        version=version,
        refusal=refusal.refusal,
        measured=refusal.measured,
        allowed=refusal.allowed,
    )
    if not still_ours:
        return "overtaken"
    tx.emit(
        MediaRejected(
            occurred_at=tx.now,
            media_id=media.id,
            version=version,
            obligation_id=obligation.id,
            answering_unit_id=obligation.answering_unit_id,
            uploaded_by=media.uploaded_by,
            byte_count=media.byte_count,
            refusal=refusal.refusal,
            measured=refusal.measured,
            allowed=refusal.allowed,
        )
    )
    return "rejected"


async def _put_back(tx: Transaction, media: Media, error: Exception) -> Outcome:
    delay = min(FIRST_DELAY * 2 ** (media.attempts - 1), LONGEST_DELAY)
    await store.media.put_back(
        tx, media, error=f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS], look_at=tx.now + delay
    )
    return "put_back" if media.attempts < ATTEMPTS else "given_up"


async def _clear(archive: Archive, media: Media) -> None:
    try:
        await archive.objects.remove(media.quarantine_key)
    except (StoreAway, StoreRefused):
        return  # the sweep removes it
    async with archive.transactions.begin() as tx:
        await store.media.put_cleared(tx, media.id)
