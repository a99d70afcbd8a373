"""Hold the store against the database: every file that should lie there does, and nothing else does.

The store is listed first and the rows are read after it; what looks wrong is looked at once more by itself, so that a
file on its way from one state to the next is no difference.

Copies of held files, where the store locks them, are told under `held/`. One that no row speaks of is never removed
here: a database that was restored has forgotten why, and the lock is there for exactly that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from chassis.objects import ListedObject
from submissions import store
from submissions.domain.media import PREFIXES, Media
from submissions.operations.archive import Archive

NEW_FOR = timedelta(hours=1)
"""What was put there within this time may belong to somebody who is about to write it down."""
ROWS_AT_ONCE = 500
HELD = "held/"
"""Begins the keys of copies in the bucket of what is held, where they are told."""


@dataclass(slots=True)
class Reconciled:
    """What was compared, and every difference, by key."""

    files: int = 0
    objects: int = 0
    missing: list[str] = field(default_factory=list)
    """Keys a row speaks of and the store does not have."""
    differing: list[str] = field(default_factory=list)
    """Keys whose object has another length than the row says."""
    orphans: list[str] = field(default_factory=list)
    """Keys no row calls for."""
    held: int = 0
    """Copies of files that are held, as the store lists them."""
    unclaimed: list[str] = field(default_factory=list)
    """Copies that no row holds; a person decides what becomes of one."""
    removed: int = 0

    @property
    def is_whole(self) -> bool:
        """Say whether there is no difference (left)."""
        lost = self.missing or self.differing or self.unclaimed
        return not lost and len(self.orphans) == self.removed


async def reconcile(archive: Archive, *, remove: bool = False) -> Reconciled:
    """Compare all of it; with `remove`, orphans are removed. Safe to run beside everything else."""
    listed: dict[str, ListedObject] = {}
    for prefix in PREFIXES:
        listed |= {each.key: each for each in await archive.objects.list_all(prefix)}
    is_locked = archive.locked is not None and await archive.locked.is_offered()
    held = await archive.locked.list_all() if archive.locked is not None and is_locked else {}
    found = Reconciled(objects=len(listed), held=len(held))
    unclaimed = set(held)
    called_for: set[str] = set()
    after: UUID | None = None
    while True:
        async with archive.transactions.begin() as tx:
            files = await store.media.all_after(tx, after, limit=ROWS_AT_ONCE)
            now = tx.now
        for media in files:
            found.files += 1
            called_for |= media.allowed_keys
            if not _is_right(media, listed):
                await _look_again(archive, media.id, found)
            if media.lock == "locked":
                unclaimed.discard(str(media.id))
                await _look_at_lock(archive, media, held, found)
        if len(files) < ROWS_AT_ONCE:
            break
        after = files[-1].id
    for key in sorted(unclaimed):
        await _look_at_unclaimed(archive, key, found)
    found.orphans = sorted(
        key for key, each in listed.items() if key not in called_for and now - each.modified_at > NEW_FOR
    )
    for key in found.orphans if remove else ():
        await archive.objects.remove(key)
        found.removed += 1
    return found


def _is_right(media: Media, listed: Mapping[str, ListedObject]) -> bool:
    return all(
        key in listed and (byte_count is None or listed[key].byte_count == byte_count)
        for key, byte_count in media.required_keys.items()
    )


async def _look_at_lock(archive: Archive, media: Media, held: Mapping[str, int], found: Reconciled) -> None:
    key = str(media.id)
    is_held = archive.locked is not None and await archive.locked.is_held(key)
    if is_held and held.get(key, media.byte_count) == media.byte_count:
        return
    async with archive.transactions.begin() as tx:
        now = await store.media.find(tx, media.id)
    if now is not None and now.lock == "locked":  # else it was let go meanwhile
        (found.differing if is_held else found.missing).append(f"{HELD}{key}")


async def _look_at_unclaimed(archive: Archive, key: str, found: Reconciled) -> None:
    if archive.locked is None or await _is_called_for(archive, key) or not await archive.locked.is_there(key):
        return
    if not await _is_called_for(archive, key):  # nor has anybody begun to hold it while this looked
        found.unclaimed.append(f"{HELD}{key}")


async def _is_called_for(archive: Archive, key: str) -> bool:
    """Say whether a row speaks of a copy: whoever locks or releases one says so there first, and last."""
    try:
        media_id = UUID(key)
    except ValueError:
        return False
    async with archive.transactions.begin() as tx:
        media = await store.media.find(tx, media_id)
    return media is not None and media.lock not in (None, "not-offered")


async def _look_again(archive: Archive, media_id: UUID, found: Reconciled) -> None:
    async with archive.transactions.begin() as tx:
        media = await store.media.find(tx, media_id)
    required: Sequence[tuple[str, int | None]] = [] if media is None else list(media.required_keys.items())
    for key, byte_count in required:
        there = await archive.objects.find(key)
        if there is None:
            found.missing.append(key)
        elif byte_count is not None and there.byte_count != byte_count:
            found.differing.append(key)
