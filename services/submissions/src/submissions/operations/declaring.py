"""Declare what children can be recognised in a file and who agreed to what; look who has looked at it."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.declaration import Declaration, refuse_without_consent
from submissions.domain.media import View
from submissions.operations.reading import read_media
from submissions.operations.rights import not_found, require_submit
from submissions.problems import UploadOver


async def declare(tx: Transaction, *, media_id: UUID, declared: Declaration, by: Caller) -> Declaration:
    """Declare for a file; the newest declaration counts, all stay. The same words again change nothing.

    Raises `ConsentMissing`, and `UploadOver` for a file that was withdrawn or given up.
    """
    media = await store.media.take(tx, media_id)
    if media is None:
        raise not_found()
    require_submit(by, await store.asked.get_obligation(tx, media.obligation_id))
    if media.state in ("withdrawn", "abandoned", "deleted"):
        raise UploadOver(
            "Tệp đã được thu hồi hoặc chưa bao giờ tải xong.",
            f"The file is {media.state}.",
            state=media.state,
        )
    refuse_without_consent(declared)
    newest = (await store.declarations.newest_of(tx, [media_id])).get(media_id)
    if newest is not None:
        same = replace(declared, number=newest.number, declared_by=newest.declared_by, declared_at=newest.declared_at)
        if same == newest:
            return newest
    declared = replace(declared, number=1 if newest is None else newest.number + 1)
    await store.declarations.put_new(tx, media_id, declared)
    return declared


async def read_views(tx: Transaction, *, media_id: UUID, by: Caller) -> Sequence[View]:
    """Return who was let look at a file, newest first, for the unit it came from and whoever reviews it."""
    media = await read_media(tx, media_id=media_id, by=by)
    return await store.declarations.views_of(tx, media.id)
