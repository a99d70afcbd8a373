"""Take a file back because of the children in it: hidden at once, for everybody; that it was there stays on record.

What remains when the process dies after the row says `withdrawn`: objects that a link given out earlier still reaches,
until the sweep moves them. Nobody gets a new link from that moment on.
"""

from dataclasses import replace
from uuid import UUID

from chassis.caller import Caller
from chassis.objects import StoreAway, StoreRefused
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from contracts.submissions import MediaWithdrawn
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.media import Media
from submissions.operations.archive import Archive
from submissions.operations.rights import may_review, not_found, require_read
from submissions.problems import UploadOver


async def withdraw(archive: Archive, *, media_id: UUID, reason: str, by: Caller) -> Media:
    """Withdraw a file, and every copy of it the same unit sent. Safe to repeat; there is no way back.

    For the unit that sent it and the desk that reviews it. Raises `UploadOver` for an upload nobody completed.
    """
    async with archive.transactions.begin() as tx:
        media = await store.media.find(tx, media_id)
        obligation = None if media is None else await store.asked.find_obligation(tx, media.obligation_id)
        if media is None or obligation is None:
            raise not_found()
        _require_withdraw(by, obligation)
        found = await store.twins.take_with(tx, obligation.answering_unit_id, media)
        taken = next(each for each in found if each.id == media_id)
        if taken.state == "withdrawn":
            return taken
        if taken.state in ("abandoned", "deleted"):
            raise UploadOver(
                "Lần tải lên này đã kết thúc, không có tệp nào.", "This upload is over.", state=taken.state
            )
        withdrawn: dict[UUID, Media] = {}
        while more := [each for each in found if each.id not in withdrawn]:
            for each in more:
                withdrawn[each.id] = await _withdraw_one(tx, each, reason, by)
            # Once more: another one may have been copied while this waited.
            found = await store.twins.take_with(tx, obligation.answering_unit_id, media)
    for each in withdrawn.values():
        try:
            await withhold(archive, each)
        except (StoreAway, StoreRefused):
            continue  # no new link is given; the sweep moves what earlier ones reach
    return withdrawn[media_id]


async def withhold(archive: Archive, media: Media) -> None:
    """Put the bytes of a withdrawn file where no link leads, and remove what was made of them. Safe to repeat."""
    objects = archive.objects
    for key in (media.final_key, media.quarantine_key) if media.etag is not None else ():
        found = await objects.find(key)
        if found is not None and await objects.find(media.withheld_key) is None:
            await objects.copy(key, media.withheld_key, etag=found.etag)
    for key in media.shown_keys:
        await objects.remove(key)
    if media.etag is None:  # its parts, if they were not joined meanwhile
        await objects.abort_upload(media.quarantine_key, media.store_upload_id)
    async with archive.transactions.begin() as tx:
        await store.media.put_cleared(tx, media.id)


async def _withdraw_one(tx: Transaction, media: Media, reason: str, by: Caller) -> Media:
    obligation = await store.asked.get_obligation(tx, media.obligation_id)
    version = media.version + 1
    await store.media.put_withdrawn(tx, media.id, version=version, by=by.id, reason=reason)
    tx.emit(
        MediaWithdrawn(
            occurred_at=tx.now,
            media_id=media.id,
            version=version,
            obligation_id=obligation.id,
            answering_unit_id=obligation.answering_unit_id,
            issuer_unit_id=obligation.issuer_unit_id,
            reviewing_unit_id=obligation.reviewing_unit_id,
            uploaded_by=media.uploaded_by,
            byte_count=media.byte_count,
        )
    )
    return replace(media, state="withdrawn", version=version, withdrawn_at=tx.now, withdrawal_reason=reason)


def _require_withdraw(by: Caller, obligation: Obligation) -> None:
    if may(by, Purpose.SUBMIT, obligation.answering_unit_id) or may_review(by, obligation.desks):
        return
    require_read(by, obligation)
    raise NotAllowed(
        "Chỉ đơn vị gửi tệp hoặc chuyên viên của đơn vị ban hành mới được thu hồi tệp.",
        "Only the unit that sent the file, or a desk officer of the issuer, may withdraw it.",
    )
