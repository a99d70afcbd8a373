"""Bring a file in: the sender's bytes go straight to the store, in parts; here they are counted and put together.

What remains when the process dies, step by step:
- `complete_upload`, before the store was asked: `completing`; the sender repeats, or the sweep goes on.
- … after the store joined the parts: `completing`; whoever goes on finds the object whole and records it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.objects import PART_URL_LIFETIME, NothingThere, StoredObject, StoreRefused, joined_etag
from chassis.parts import HeldPart, StatedPart
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.media import ON_THE_WAY, Media
from submissions.operations.archive import Archive
from submissions.operations.opening import tell_received
from submissions.operations.reading import read_media
from submissions.operations.rights import not_found, require_submit
from submissions.problems import PartsMissing, UploadOver

_OVER = ("abandoned", "withdrawn", "deleted")
_PARTS_REFUSED = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall"})


@dataclass(frozen=True, slots=True)
class WantedPart:
    """A part somebody is about to send: its number, and the SHA-256 of its bytes in base64."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SignedPart:
    """Where to PUT a part until `expires_at`, and how many bytes it must have."""

    number: int
    byte_count: int
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """An upload and the parts of it that lie whole in the store."""

    media: Media
    received: Sequence[HeldPart]


async def sign_parts(archive: Archive, *, upload_id: UUID, parts: Sequence[WantedPart], by: Caller) -> list[SignedPart]:
    """Sign the URLs to PUT parts to, each good for one digest and for `PART_URL_LIFETIME`. Safe to repeat.

    Raises `NoSuchPart` for a number the file does not have, `OtherDigest` for bytes it was not opened for,
    `UploadOver` when no parts are taken any more.
    """
    async with archive.transactions.begin() as tx:
        media = _own(await store.media.find_owed(tx, upload_id), by)
    if media.state != "uploading":
        raise _over(media)
    for part in parts:
        media.bytes_of_part(part.number)
        media.refuse_other_bytes(part.number, part.sha256)
    return _signed(archive, media, parts, tx.now)


def sign_first(archive: Archive, media: Media, *, most: int) -> list[SignedPart]:
    """Sign the first parts of an upload that has just been opened with its digest, as `sign_parts` does."""
    digests = (media.part_digests or ())[:most]
    parts = [WantedPart(number, sha256) for number, sha256 in enumerate(digests, 1)]
    return _signed(archive, media, parts, media.opened_at)


def _signed(archive: Archive, media: Media, parts: Sequence[WantedPart], now: datetime) -> list[SignedPart]:
    return [
        SignedPart(
            number=part.number,
            byte_count=media.bytes_of_part(part.number),
            expires_at=now + PART_URL_LIFETIME,
            url=archive.objects.part_url(
                media.quarantine_key,
                media.store_upload_id,
                part.number,
                byte_count=media.bytes_of_part(part.number),
                sha256=part.sha256,
            ),
        )
        for part in parts
    ]


async def read_progress(archive: Archive, *, upload_id: UUID, by: Caller) -> Progress:
    """Return how far an upload has come. The store is asked, so this is the truth to go on from after a cut."""
    async with archive.transactions.begin() as tx:
        media = await read_media(tx, media_id=upload_id, by=by)
    if media.state not in ON_THE_WAY:
        return Progress(media, [] if media.state in _OVER else _all_parts(media))
    try:
        held = await archive.objects.list_parts(media.quarantine_key, media.store_upload_id)
    except NothingThere:
        # Joined already, and not recorded yet: or lost.
        found = await archive.objects.find(media.quarantine_key)
        return Progress(media, _all_parts(media) if _is_whole(media, found) else [])
    return Progress(media, media.received_parts(held))


async def complete_upload(archive: Archive, *, upload_id: UUID, parts: Sequence[StatedPart], by: Caller) -> Media:
    """Join the parts and record the file as received. Safe to repeat, also by two callers at once.

    Raises `PartsMissing` with the numbers the store does not hold as stated; then parts are taken again. Raises
    `UploadOver` when the upload was abandoned.
    """
    async with archive.transactions.begin() as tx:
        media = _own(await store.media.take_owed(tx, upload_id), by)
        if media.state in _OVER:
            raise _over(media)
        if media.state not in ON_THE_WAY:
            return media
        await store.media.put_completing(tx, media.id, parts)
    return await settle(archive, replace(media, state="completing", stated_parts=list(parts)))


async def settle(archive: Archive, media: Media) -> Media:
    """Bring a `completing` upload to its end, from wherever it was left. Safe to repeat; see `complete_upload`."""
    found, missing = await _join(archive, media, media.stated_parts or [])
    if missing:
        async with archive.transactions.begin() as tx:
            await store.media.put_uploading_again(tx, media.id)
        raise PartsMissing(
            f"Kho chưa có đủ các phần của tệp; còn thiếu {len(missing)} phần, xem «missing».",
            f"The store does not hold {len(missing)} part(s) as stated; see `missing`.",
            missing=list(missing),
        )
    if found is None:
        found = await archive.objects.find(media.quarantine_key)
    async with archive.transactions.begin() as tx:
        recorded = await _record(tx, media.id, found)
    if recorded.state in _OVER:
        raise _over(recorded)
    return recorded


async def _join(
    archive: Archive, media: Media, stated: Sequence[StatedPart]
) -> tuple[StoredObject | None, Sequence[int]]:
    """Have the store join the parts; return what came of it, if that is certain, or the numbers of missing parts.

    The store took of each part only the bytes it was signed for, their number and their digest: when it joins all of
    them under the ETag that follows from theirs, the file is whole, and nobody need be asked again.
    """
    try:
        if media.is_stated_whole(stated):
            etag = await archive.objects.complete_upload(media.quarantine_key, media.store_upload_id, stated)
            if etag is not None and etag == joined_etag(stated):
                return StoredObject(media.byte_count, etag), []
            return None, []
        return None, await _missing(archive, media, stated)
    except NothingThere:
        return None, []  # joined by an earlier attempt, or lost; the object will tell
    except StoreRefused as error:
        if error.code not in _PARTS_REFUSED:
            raise
    try:
        # Where the store holds all of them by now, one was sent anew in between: the sender says again which it means.
        return None, await _missing(archive, media, stated) or range(1, media.part_count + 1)
    except NothingThere:
        return None, []


async def _missing(archive: Archive, media: Media, stated: Sequence[StatedPart]) -> Sequence[int]:
    return media.missing_parts(stated, await archive.objects.list_parts(media.quarantine_key, media.store_upload_id))


async def _record(tx: Transaction, media_id: UUID, found: StoredObject | None) -> Media:
    media, obligation = await store.media.get_taken_owed(tx, media_id)
    if media.state not in ON_THE_WAY:
        return media  # another caller was quicker
    if found is None or not _is_whole(media, found):
        await store.media.put_abandoned(tx, media_id)
        return replace(media, state="abandoned")
    received = replace(media, state="received", etag=found.etag, version=media.version + 1, received_at=tx.now)
    await store.media.put_received(tx, media_id, etag=found.etag, version=received.version)
    tell_received(tx, obligation, received)
    return received


def _own(found: tuple[Media, Obligation] | None, by: Caller) -> Media:
    """Return the file if the caller may answer for its unit: a colleague may go on with an upload another began."""
    if found is None:
        raise not_found()
    media, obligation = found
    require_submit(by, obligation)
    return media


def _is_whole(media: Media, found: StoredObject | None) -> bool:
    return found is not None and found.byte_count == media.byte_count


def _all_parts(media: Media) -> list[HeldPart]:
    # Joined parts are not compared any more, so whoever completes again may state any ETag for them.
    etags = {part.number: part.etag for part in media.stated_parts or ()}
    return [
        HeldPart(number, etags.get(number, "joined"), media.bytes_of_part(number))
        for number in range(1, media.part_count + 1)
    ]


def _over(media: Media) -> UploadOver:
    return UploadOver(
        "Lần tải lên này đã kết thúc; hãy bắt đầu lại nếu cần.",
        f"This upload is over: {media.state}. Open a new one if you need to.",
        state=media.state,
    )
