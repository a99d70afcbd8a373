"""The front door for files that are there: which there are, what became of them, where to look at them."""

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from submissions.api.files import OurArchive
from submissions.domain.declaration import Declaration
from submissions.domain.media import Media
from submissions.domain.refusing import words_of
from submissions.operations import reading, showing
from submissions.problems import MediaNotReady

router = APIRouter(tags=["files"])


class DeclarationOut(BaseModel):
    """What the unit declared last about the children in a file."""

    number: int
    declared_by: UUID
    declared_at: datetime
    is_pupil_identifiable: bool
    scope: str
    has_consent_of_pupils: bool
    has_consent_of_representatives: bool
    obtained_on: date | None
    evidence: str | None

    @classmethod
    def of(cls, declared: Declaration) -> "DeclarationOut":
        """Return a declaration as it is shown."""
        return cls(**asdict(declared))


class MediaOut(BaseModel):
    """A file and where it stands.

    `measured` and `allowed` are milliseconds for `too-long`, bytes for `too-large`, pixels for `too-small`.
    """

    media_id: UUID
    obligation_id: UUID
    file_name: str
    content_type: str
    byte_count: int
    part_bytes: int
    part_count: int
    digest: str | None
    state: str
    uploaded_by: UUID
    opened_at: datetime
    received_at: datetime | None
    inspected_at: datetime | None
    duration_ms: int | None
    width: int | None
    height: int | None
    format: str | None
    page_count: int | None
    scan: str | None
    looks_like_pupils: bool
    sha256: str | None
    """Of a document or a photograph: of the whole file as it lies in the store, in hex."""
    rendition: str | None
    rendition_percent: int | None
    refusal: str | None
    refusal_vi: str | None
    """Why it was refused, with what was measured, and what to do."""
    refusal_en: str | None
    measured: int | None
    allowed: int | None
    held_at: datetime | None
    hold_reason: str | None
    deleted_at: datetime | None
    deletion_rule: str | None
    deletion_confirmed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    scope: str
    """How widely it may be shown: `internal_review` unless more was declared."""
    declaration: DeclarationOut | None

    @classmethod
    def of(cls, media: Media, declared: Declaration | None = None) -> "MediaOut":
        """Return a file as it is shown."""
        words = words_of(media)
        return cls(
            media_id=media.id,
            obligation_id=media.obligation_id,
            file_name=media.file_name,
            content_type=media.content_type,
            byte_count=media.byte_count,
            part_bytes=media.part_bytes,
            part_count=media.part_count,
            digest=media.digest,
            state=media.state,
            uploaded_by=media.uploaded_by,
            opened_at=media.opened_at,
            received_at=media.received_at,
            inspected_at=media.inspected_at,
            duration_ms=media.duration_ms,
            width=media.width,
            height=media.height,
            format=media.format,
            page_count=media.page_count,
            scan=media.scan,
            looks_like_pupils=media.looks_like_pupils,
            sha256=media.sha256,
            rendition=media.rendition,
            rendition_percent=media.rendition_percent,
            refusal=media.refusal,
            refusal_vi=None if words is None else words.vi,
            refusal_en=None if words is None else words.en,
            measured=media.measured,
            allowed=media.allowed,
            held_at=media.held_at,
            hold_reason=media.hold_reason,
            deleted_at=media.deleted_at,
            deletion_rule=media.deletion_rule,
            deletion_confirmed_at=media.deletion_confirmed_at,
            withdrawn_at=media.withdrawn_at,
            withdrawal_reason=media.withdrawal_reason,
            scope="internal_review" if declared is None else declared.scope,
            declaration=None if declared is None else DeclarationOut.of(declared),
        )


class FilesOut(BaseModel):
    """The files of an obligation, oldest first. What is `uploading` can be gone on with: `GET /uploads/{media_id}`."""

    files: list[MediaOut]


class LinkOut(BaseModel):
    """Where to look at a file, its poster, and a small picture for lists, until `expires_at`."""

    url: str
    poster_url: str | None
    thumbnail_url: str | None
    expires_at: datetime


class ThumbnailOut(BaseModel):
    """Where to look at a small picture of a file."""

    media_id: UUID
    url: str


class ThumbnailsOut(BaseModel):
    """Small pictures of files, 240 pixels at most, for a list of them, until `expires_at`. Workbooks have none."""

    thumbnails: list[ThumbnailOut]
    expires_at: datetime


@router.get("/obligations/{obligation_id}/media", responses=may_raise(NotFound, NotSignedIn))
async def read_files(obligation_id: UUID, tx: OpenTransaction, caller: Calling) -> FilesOut:
    """Show the files of an obligation, those on their way among them: also to go on with on another device."""
    files = await reading.read_files(tx, obligation_id=obligation_id, by=caller)
    declared = await reading.read_declarations(tx, files)
    return FilesOut(files=[MediaOut.of(each, declared.get(each.id)) for each in files])


@router.get("/obligations/{obligation_id}/thumbnails", responses=may_raise(NotFound, NotSignedIn))
async def link_thumbnails(obligation_id: UUID, archive: OurArchive, caller: Calling) -> ThumbnailsOut:
    """Sign where to look at small pictures of all files of an obligation that passed their inspection."""
    found = await showing.read_thumbnails(archive, obligation_id=obligation_id, by=caller)
    pictures = [ThumbnailOut(media_id=media_id, url=url) for media_id, url in found.urls.items()]
    return ThumbnailsOut(thumbnails=pictures, expires_at=found.expires_at)


@router.get("/media/{media_id}", responses=may_raise(NotFound, NotSignedIn))
async def read_media(media_id: UUID, tx: OpenTransaction, caller: Calling) -> MediaOut:
    """Show a file and what its inspection said."""
    media = await reading.read_media(tx, media_id=media_id, by=caller)
    return MediaOut.of(media, (await reading.read_declarations(tx, [media])).get(media.id))


@router.get("/media/{media_id}/link", responses=may_raise(MediaNotReady, NotFound, NotSignedIn))
async def link_media(media_id: UUID, archive: OurArchive, caller: Calling) -> LinkOut:
    """Sign where to look at a file that passed its inspection."""
    link = await showing.read_link(archive, media_id=media_id, by=caller)
    return LinkOut(**asdict(link))


@router.get("/media/{media_id}/original", responses=may_raise(MediaNotReady, NotFound, NotAllowed, NotSignedIn))
async def link_original(media_id: UUID, archive: OurArchive, caller: Calling) -> LinkOut:
    """Sign where to fetch a file as it was sent; for its unit and its reviewers."""
    link = await showing.read_original(archive, media_id=media_id, by=caller)
    return LinkOut(**asdict(link))
