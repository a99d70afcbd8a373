"""Hold the store against the database: every file that should lie there does, and nothing else does.

The store is listed first and the rows are read after it; what looks wrong is looked at once more by itself, so that a
file on its way from one state to the next is no difference.
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
    removed: int = 0

    @property
    def is_whole(self) -> bool:
        """Say whether there is no difference (left)."""
        return not self.missing and not self.differing and len(self.orphans) == self.removed


async def reconcile(archive: Archive, *, remove: bool = False) -> Reconciled:
    """Compare all of it; with `remove`, orphans are removed. Safe to run beside everything else."""
    listed: dict[str, ListedObject] = {}
    for prefix in PREFIXES:
        listed |= {each.key: each for each in await archive.objects.list_all(prefix)}
    found = Reconciled(objects=len(listed))
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
        if len(files) < ROWS_AT_ONCE:
            break
        after = files[-1].id
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
