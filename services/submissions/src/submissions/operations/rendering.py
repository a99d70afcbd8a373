"""Make what is shown of a film: one that plays everywhere and says nothing of the device it came from.

The file as it was sent is never changed. Whatever is cut off is done again when the lease runs out, to the same key.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Literal

from chassis.objects import StoreAway, StoredBytes, StoreRefused
from submissions import store
from submissions.domain.media import Media
from submissions.inspection import InspectionUnavailable, Limits, Refused, make_playable
from submissions.operations.archive import Archive
from submissions.operations.looking import MOST_PIXELS

Outcome = Literal["made", "unneeded", "failed", "put_back", "overtaken"]

LEASE = timedelta(minutes=35)
"""More than it may take; whoever holds a film longer than this is taken for dead."""
WALL_SECONDS = 1800.0
CPU_SECONDS = 1500
MEMORY_BYTES = 2 << 30
MOST_BYTES = 256 << 20
ATTEMPTS = 3
AGAIN_AFTER = timedelta(minutes=2)
TELL_SECONDS = 2.0


async def render_next(archive: Archive) -> Outcome | None:
    """Make what is shown of the film that waited longest; null when none waits. Safe to run in several processes."""
    async with archive.transactions.begin() as tx:
        claimed = await store.renditions.claim(tx, lease=LEASE, attempts=ATTEMPTS)
    if claimed is None:
        return None
    source = StoredBytes(archive.objects, claimed.final_key, claimed.byte_count, claimed.etag or "")
    percent = 0

    def told(now: int) -> None:
        nonlocal percent
        percent = now

    try:
        # On disk, not in memory: as many megabytes as the film has.
        with tempfile.TemporaryFile() as made:
            async with _telling(archive, claimed, lambda: percent):
                rendition = await make_playable(source, made, limits=_limits(), told=told)
            if rendition.byte_count:
                await archive.objects.put_file(
                    claimed.shown_key,
                    made,
                    byte_count=rendition.byte_count,
                    sha256=rendition.sha256,
                    content_type="video/mp4",
                )
    except Refused as refused:
        return await _put(archive, claimed, "failed", refused.detail)
    except (InspectionUnavailable, StoreAway, StoreRefused) as error:
        if claimed.render_attempts >= ATTEMPTS:
            return await _put(archive, claimed, "failed", str(error))
        async with archive.transactions.begin() as tx:
            await store.renditions.put_back(tx, claimed, error=str(error)[:500], render_at=tx.now + AGAIN_AFTER)
        return "put_back"
    return await _put(archive, claimed, "made" if rendition.byte_count else "unneeded", None)


async def _put(
    archive: Archive, claimed: Media, outcome: Literal["made", "unneeded", "failed"], why: str | None
) -> Outcome:
    async with archive.transactions.begin() as tx:
        still_ours = await store.renditions.put_outcome(tx, claimed, outcome=outcome, error=why)
    if still_ours:
        return outcome
    if outcome == "made":
        async with archive.transactions.begin() as tx:
            now = await store.media.find(tx, claimed.id)
        if now is None or now.state != "ready":  # withdrawn meanwhile: nothing of it may stay
            with suppress(StoreAway, StoreRefused):  # the sweep does it otherwise
                await archive.objects.remove(claimed.shown_key)
    return "overtaken"


@asynccontextmanager
async def _telling(archive: Archive, claimed: Media, percent: Callable[[], int]) -> AsyncIterator[None]:
    """Write down how far it is, now and again, for those who wait."""

    async def tell() -> None:
        written = 0
        while True:
            await asyncio.sleep(TELL_SECONDS)
            now = percent()
            if now != written:
                written = now
                async with archive.transactions.begin() as tx:
                    await store.renditions.put_percent(tx, claimed, percent=now)

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError, Exception):  # how far it was is no longer of interest
            await telling


def _limits() -> Limits:
    return Limits(
        max_seconds=0,
        max_bytes=MOST_BYTES,
        max_pixels=MOST_PIXELS,
        wall_seconds=WALL_SECONDS,
        cpu_seconds=CPU_SECONDS,
        memory_bytes=MEMORY_BYTES,
    )
