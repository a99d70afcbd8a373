"""Begin to bring a file in: refuse what is not wanted before a byte is sent, and know again what was sent before.

What remains when the process dies: an upload without parts in the store, which nobody can send to, or the copy of a
file that no row speaks of. Neither can be reached by anybody; what is left of them is swept.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.objects import StoreAway, StoreRefused
from chassis.problems import Unavailable
from chassis.transaction import Transaction, new_id
from contracts.submissions import MediaReceived
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.formats import refuse_unasked
from submissions.domain.media import (
    UPLOADS_AT_ONCE,
    Digest,
    Media,
    part_bytes_for,
    refuse_odd_digest,
)
from submissions.domain.submission import refuse_late_or_accepted, refuse_not_owed
from submissions.operations.archive import Archive
from submissions.operations.rights import not_found, require_submit
from submissions.problems import TooManyUploads, UnitFull

Known = Literal["new", "here", "elsewhere"]
"""A file nobody sent before; one that was begun or sent for this obligation; one the unit sent for another one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file somebody wants to send."""

    obligation_id: UUID
    file_name: str
    byte_count: int
    content_type: str
    digest: Digest | None = None
    duration_ms: int | None = None
    """How long its device says it plays; only the inspection measures it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file to go on with, and whether it was known."""

    media: Media
    known: Known


async def open_upload(archive: Archive, *, wanted: Wanted, by: Caller) -> Opened:
    """Begin an upload for an obligation, or find the one to go on with.

    With a digest it is safe to repeat: the same file for the same obligation is begun once, and one that the unit sent
    for another obligation is copied, not sent again. Without one each call opens another upload. Raises `BadDigest`,
    `FileTooLarge`, `FileTooLong`, `TypeNotAllowed`, `VideoNotAsked`, `TooManyUploads`, `UnitFull`, `AlreadyAccepted`,
    `Closed`.
    """
    if wanted.digest is not None:
        refuse_odd_digest(wanted.digest, wanted.byte_count)
    async with archive.transactions.begin() as tx:
        obligation = await _refuse_unwanted(tx, wanted, by)
        opened = _media_for(wanted, by, tx)
        same = await _same(tx, obligation, opened)
        here = _here(same, obligation)
        if here is not None:
            return Opened(here, "here")
        ready = [each for each in same if each.state == "ready"]
        if ready:  # else it costs the store nothing to find out when the file is written down
            await _refuse_more(tx, archive, obligation, opened)
    copied = await _copy(archive, ready[0], opened) if ready else None
    if copied is not None:
        with suppress(_SourceGone):
            return await _begin(archive, obligation, copied, "elsewhere", source=ready[0])
    upload_id = await archive.objects.create_upload(opened.quarantine_key, content_type=opened.content_type)
    return await _begin(archive, obligation, replace(opened, store_upload_id=upload_id), "new")


class _SourceGone(Exception):
    """What was copied has been withdrawn or deleted meanwhile: nothing of it may come back."""


async def _begin(
    archive: Archive, obligation: Obligation, opened: Media, known: Known, *, source: Media | None = None
) -> Opened:
    """Write the file down, unless another caller was quicker with the same one; `source` is what it was copied from."""
    here = None
    try:
        async with archive.transactions.begin() as tx:
            if source is not None:
                # Held until the copy is written down: whoever withdraws the source afterwards finds the copy too.
                await _hold(tx, source)
            # Locked, so that two callers at once cannot both be the last one allowed, nor both begin the same file.
            taken = await store.asked.take_obligation(tx, obligation.id)
            if taken is not None:
                refuse_not_owed(taken)  # files of what was replaced meanwhile belong to what goes on
            here = _here(await _same(tx, obligation, opened), obligation)
            if here is None:
                await _refuse_more(tx, archive, obligation, opened)
                if opened.state == "received":
                    opened = replace(opened, received_at=tx.now)
                    tell_received(tx, obligation, opened)
                await store.media.put_new(tx, opened)
    except BaseException:
        await _undo(archive, opened)
        raise
    if here is not None:
        await _undo(archive, opened)
        return Opened(here, "here")
    return Opened(opened, known)


async def _hold(tx: Transaction, source: Media) -> None:
    held = await store.media.take(tx, source.id)
    if held is None or held.state != "ready":
        raise _SourceGone


async def _undo(archive: Archive, opened: Media) -> None:
    with suppress(StoreAway, StoreRefused):  # what cannot be tidied now, the sweep removes
        if opened.store_upload_id:
            await archive.objects.abort_upload(opened.quarantine_key, opened.store_upload_id)
        else:
            await archive.objects.remove(opened.quarantine_key)


async def _copy(archive: Archive, sent: Media, opened: Media) -> Media | None:
    """Copy a file of the unit to where the new one waits for its inspection; null when it is not there any more."""
    try:
        await archive.objects.copy(sent.final_key, opened.quarantine_key, etag=sent.etag or "")
    except StoreRefused:
        return None  # removed meanwhile: it is sent again
    found = await archive.objects.find(opened.quarantine_key)
    if found is None or found.byte_count != opened.byte_count:
        return None
    return replace(opened, state="received", version=1, etag=found.etag)


def tell_received(tx: Transaction, obligation: Obligation, media: Media) -> None:
    """Tell that a file is whole in the store and waits for its inspection."""
    tx.emit(
        MediaReceived(
            occurred_at=tx.now,
            media_id=media.id,
            version=media.version,
            obligation_id=obligation.id,
            answering_unit_id=obligation.answering_unit_id,
            uploaded_by=media.uploaded_by,
            byte_count=media.byte_count,
        )
    )


def _media_for(wanted: Wanted, by: Caller, tx: Transaction) -> Media:
    digest = wanted.digest
    return Media(
        id=new_id(),
        obligation_id=wanted.obligation_id,
        uploaded_by=by.id,
        file_name=wanted.file_name,
        content_type=wanted.content_type,
        byte_count=wanted.byte_count,
        part_bytes=part_bytes_for(wanted.byte_count) if digest is None else digest.part_bytes,
        store_upload_id="",
        state="uploading",
        version=0,
        opened_at=tx.now,
        digest=None if digest is None else digest.hexadecimal,
        part_digests=None if digest is None else digest.parts,
    )


async def _same(tx: Transaction, obligation: Obligation, opened: Media) -> Sequence[Media]:
    return await store.twins.of_unit(tx, obligation.answering_unit_id, opened)


def _here(same: Sequence[Media], obligation: Obligation) -> Media | None:
    return next((each for each in same if each.obligation_id == obligation.id), None)


async def _refuse_unwanted(tx: Transaction, wanted: Wanted, by: Caller) -> Obligation:
    obligation = await store.asked.find_obligation(tx, wanted.obligation_id)
    if obligation is None:
        raise not_found()
    require_submit(by, obligation)
    requirement = await store.asked.find_requirement(tx, obligation.requirement_id)
    if requirement is None:
        raise Unavailable(
            "Yêu cầu của văn bản chưa đến nơi; vui lòng thử lại sau ít giây.",
            "The requirement behind this obligation has not arrived yet; try again in a few seconds.",
        )
    found = await store.submissions.find_submission_of(tx, obligation.id)
    refuse_late_or_accepted(obligation, requirement, found[1] if found is not None else None, tx.now)
    refuse_unasked(
        requirement,
        byte_count=wanted.byte_count,
        content_type=wanted.content_type,
        duration_ms=wanted.duration_ms,
    )
    return obligation


async def _refuse_more(tx: Transaction, archive: Archive, obligation: Obligation, opened: Media) -> None:
    # Counted without a lock on the unit: two at once may go over it by one file, which harms nobody.
    taken, on_the_way = await store.media.taken_of(tx, obligation.answering_unit_id, obligation.id)
    if on_the_way >= UPLOADS_AT_ONCE:
        raise TooManyUploads(
            f"Đang có {UPLOADS_AT_ONCE} tệp tải lên dở dang cho mục này; hãy hoàn tất chúng trước.",
            f"{UPLOADS_AT_ONCE} uploads are under way for this obligation; complete them first.",
            allowed=UPLOADS_AT_ONCE,
        )
    if taken + opened.byte_count > archive.unit_bytes:
        raise UnitFull(
            f"Các tệp của đơn vị sẽ chiếm {(taken + opened.byte_count) / 1e9:.1f} GB, "
            f"tối đa {archive.unit_bytes / 1e9:.1f} GB; hãy báo đơn vị ban hành.".replace(".", ","),
            f"The unit's files would take {taken + opened.byte_count} bytes; {archive.unit_bytes} are allowed.",
            measured=taken + opened.byte_count,
            allowed=archive.unit_bytes,
        )
