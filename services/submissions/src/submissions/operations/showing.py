"""Let somebody look at a file: a link for one person and one request, and a record of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.objects import LINK_LIFETIME
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.formats import CONTENT_TYPES
from submissions.domain.media import Media, ViewPurpose
from submissions.operations.archive import Archive
from submissions.operations.reading import read_media
from submissions.operations.rights import may_review, not_found, require_read
from submissions.problems import MediaNotReady

_ON_ITS_WAY = ("waiting", "making", "failed")
"""What is to be shown is not there (yet); the original is for those who may see it."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file, and its poster and thumbnail where it has them, can be looked at until `expires_at`."""

    url: str
    poster_url: str | None
    thumbnail_url: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Where small pictures of files can be looked at until `expires_at`, by file."""

    urls: Mapping[UUID, str]
    expires_at: datetime


async def read_link(archive: Archive, *, media_id: UUID, by: Caller) -> Link:
    """Return a URL to look at a file with, and write down who asked. Raises `MediaNotReady` unless it may be shown.

    Of a photograph, and of a film that was made playable, what is shown carries nothing its device wrote into it.
    """
    async with archive.transactions.begin() as tx:
        media = await _to_show(tx, media_id, by, "link")
    shown, content_type = (
        (media.final_key, _type_of(media)) if media.shown_type is None else (media.shown_key, media.shown_type)
    )
    return Link(
        url=archive.objects.link(shown, content_type=content_type),
        poster_url=archive.objects.link(media.poster_key, content_type="image/jpeg") if media.has_poster else None,
        thumbnail_url=_thumbnail(archive, media),
        expires_at=tx.now + LINK_LIFETIME,
    )


async def read_original(archive: Archive, *, media_id: UUID, by: Caller) -> Link:
    """Return a URL of the file as it was sent, with all its device wrote: for its unit and its reviewers only."""
    async with archive.transactions.begin() as tx:
        media = await _to_show(tx, media_id, by, "original")
    return Link(
        url=archive.objects.link(media.final_key, content_type=_type_of(media)),
        poster_url=None,
        thumbnail_url=None,
        expires_at=tx.now + LINK_LIFETIME,
    )


async def read_thumbnails(archive: Archive, *, obligation_id: UUID, by: Caller) -> Thumbnails:
    """Return URLs of small pictures of the files of an obligation that passed, and write down who asked.

    A file without a picture, as a workbook, is left out.
    """
    async with archive.transactions.begin() as tx:
        obligation = await store.asked.find_obligation(tx, obligation_id)
        if obligation is None:
            raise not_found()
        require_read(by, obligation)
        pictured = [each for each in await store.media.take_ready_of(tx, obligation_id) if each.has_poster]
        await store.declarations.put_views(tx, [each.id for each in pictured], person_id=by.id, purpose="thumbnail")
    urls = {each.id: url for each in pictured if (url := _thumbnail(archive, each)) is not None}
    return Thumbnails(urls, tx.now + LINK_LIFETIME)


def _thumbnail(archive: Archive, media: Media) -> str | None:
    if not media.has_poster:
        return None
    key = media.thumbnail_key if media.has_thumbnail else media.poster_key
    return archive.objects.link(key, content_type="image/jpeg")


async def _to_show(tx: Transaction, media_id: UUID, by: Caller, purpose: ViewPurpose) -> Media:
    # Locked, so that no link is signed for a file that is being withdrawn just now.
    await store.media.take(tx, media_id)
    media = await read_media(tx, media_id=media_id, by=by)
    if purpose == "original":
        obligation = await store.asked.get_obligation(tx, media.obligation_id)
        if not _may_see_original(by, obligation):
            raise NotAllowed(
                "Chỉ đơn vị gửi tệp và chuyên viên duyệt mới xem được bản gốc.",
                "Only the unit that sent the file and those who review it see the original.",
            )
    if media.state != "ready":
        raise MediaNotReady(
            "Tệp đã được thu hồi." if media.state == "withdrawn" else "Tệp chưa qua kiểm tra nên chưa xem được.",
            f"The file cannot be looked at: it is {media.state}.",
            media=[{"media_id": str(media.id), "state": media.state}],
        )
    if purpose == "link" and media.rendition in _ON_ITS_WAY:
        obligation = await store.asked.get_obligation(tx, media.obligation_id)
        if not _may_see_original(by, obligation):
            raise MediaNotReady(
                "Video đang được chuyển sang dạng xem được; vui lòng đợi ít phút.",
                "The film is being made playable; please wait some minutes.",
                media=[{"media_id": str(media.id), "state": "rendering"}],
            )
    await store.declarations.put_views(tx, [media.id], person_id=by.id, purpose=purpose)
    return media


def _may_see_original(by: Caller, obligation: Obligation) -> bool:
    return may(by, Purpose.SUBMIT, obligation.answering_unit_id) or may_review(by, obligation.desks)


def _type_of(media: Media) -> str:
    return CONTENT_TYPES.get(media.format or "", media.content_type)
