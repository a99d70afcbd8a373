"""The front door for files that are there: which there are, what became of them, where to look at them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from submissions.api.files import OurArchive
from submissions.domain.media import Media
from submissions.operations import reading, uploading
from submissions.problems import MediaNotReady

router = APIRouter(tags=["files"])


class MediaOut(BaseModel):
    """A file and where it stands. `measured` and `allowed` are milliseconds for `too-long`, bytes for `too-large`."""

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
    refusal: str | None
    measured: int | None
    allowed: int | None

    @classmethod
    def of(cls, media: Media) -> "MediaOut":
        """Return a file as it is shown."""
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
            refusal=media.refusal,
            measured=media.measured,
            allowed=media.allowed,
        )


class FilesOut(BaseModel):
    """The files of an obligation, oldest first. What is `uploading` can be gone on with: `GET /uploads/{media_id}`."""

    files: list[MediaOut]


class LinkOut(BaseModel):
    """Where to look at a file and its poster, until `expires_at`."""

    url: str
    poster_url: str
    expires_at: datetime


@router.get("/obligations/{obligation_id}/media", responses=may_raise(NotFound, NotSignedIn))
async def read_files(obligation_id: UUID, tx: OpenTransaction, caller: Calling) -> FilesOut:
    """Show the files of an obligation, those on their way among them: also to go on with on another device."""
    files = await reading.read_files(tx, obligation_id=obligation_id, by=caller)
    return FilesOut(files=[MediaOut.of(each) for each in files])


@router.get("/media/{media_id}", responses=may_raise(NotFound, NotSignedIn))
async def read_media(media_id: UUID, tx: OpenTransaction, caller: Calling) -> MediaOut:
    """Show a file and what its inspection said."""
    return MediaOut.of(await reading.read_media(tx, media_id=media_id, by=caller))


@router.get("/media/{media_id}/link", responses=may_raise(MediaNotReady, NotFound, NotSignedIn))
async def link_media(media_id: UUID, archive: OurArchive, caller: Calling) -> LinkOut:
    """Sign where to look at a file that passed its inspection."""
    link = await uploading.read_link(archive, media_id=media_id, by=caller)
    return LinkOut(url=link.url, poster_url=link.poster_url, expires_at=link.expires_at)
