"""The front door for files on their way: open an upload, sign its parts, see how far it is, complete it.

No byte of a file passes here: its sender puts the parts to the store.
"""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.parts import StatedPart
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable
from chassis.text import Line
from submissions.domain.media import MOST_PART_BYTES, MOST_PARTS, PART_BYTES, Digest, Media
from submissions.domain.naming import file_name
from submissions.operations import opening, uploading
from submissions.operations.archive import Archive
from submissions.operations.uploading import Progress, SignedPart, WantedPart
from submissions.problems import (
    AlreadyAccepted,
    BadDigest,
    Closed,
    FileTooLarge,
    FileTooLong,
    NoSuchPart,
    NotOwed,
    OtherDigest,
    PartsMissing,
    TooManyUploads,
    TypeNotAllowed,
    UnitFull,
    UploadOver,
    VideoNotAsked,
)

router = APIRouter(tags=["files"])

PARTS_AT_ONCE = 100
LONGEST_MS = 1000 * 86_400_000
LARGEST_FILE = 50_000_000_000
"""More than any requirement allows; it only keeps the arithmetic within S3's 10,000 parts."""


def _archive_of(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


OurArchive = Annotated[Archive, Depends(_archive_of)]


def _sha256(text: str) -> str:
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("không phải base64 / not base64") from error
    if len(digest) != 32:
        raise ValueError("SHA-256 dài 32 byte / a SHA-256 has 32 bytes")
    return text


Sha256 = Annotated[str, AfterValidator(_sha256)]
"""The SHA-256 of a part's bytes in base64, as S3 wants it."""
Etag = Annotated[str, StringConstraints(pattern=r'^"?[0-9A-Za-z-]{1,100}"?$')]
PartNumber = Annotated[int, Field(strict=True, ge=1, le=MOST_PARTS)]
FileName = Annotated[Line, AfterValidator(file_name)]
"""What is left of the name: no folders before it, no marks nobody sees."""


class DigestIn(BaseModel):
    """What the file is known by: the SHA-256 (base64) of each of its parts, cut into `part_bytes`."""

    model_config = ConfigDict(extra="forbid")

    part_bytes: Annotated[int, Field(strict=True, ge=PART_BYTES, le=MOST_PART_BYTES)]
    parts: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=MOST_PARTS)]


class UploadIn(BaseModel):
    """A file somebody wants to send."""

    model_config = ConfigDict(extra="forbid")

    obligation_id: UUID
    file_name: FileName
    byte_count: Annotated[int, Field(strict=True, ge=1, le=LARGEST_FILE)]
    content_type: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.+-]{1,50}/[a-z0-9.+-]{1,80}$")]
    digest: DigestIn | None = None
    duration_ms: Annotated[int, Field(strict=True, ge=0, le=LONGEST_MS)] | None = None
    """How long the sender's device says it plays: what is too long is refused before it is sent."""
    sign_at_once: bool = False
    """With a digest: sign the first parts of a new upload in the same answer."""


class UploadOut(BaseModel):
    """An upload, and how the file is cut: every part but the last has `part_bytes`. By `state` see what is to do."""

    upload_id: UUID
    media_id: UUID
    obligation_id: UUID
    file_name: str
    byte_count: int
    part_bytes: int
    part_count: int
    state: str


class WantedPartIn(BaseModel):
    """A part that is about to be sent."""

    model_config = ConfigDict(extra="forbid")

    number: PartNumber
    sha256: Sha256


class WantedPartsIn(BaseModel):
    """The parts that are about to be sent."""

    model_config = ConfigDict(extra="forbid")

    parts: Annotated[list[WantedPartIn], Field(min_length=1, max_length=PARTS_AT_ONCE)]


class SignedPartOut(BaseModel):
    """Where to PUT a part: exactly `byte_count` bytes, with `headers`."""

    number: int
    byte_count: int
    url: str
    headers: dict[str, str]


class SignedPartsOut(BaseModel):
    """Where to PUT the parts, until `expires_at`."""

    parts: list[SignedPartOut]
    expires_at: datetime


class OpenedOut(UploadOut):
    """`known`: `new`; or `here`, begun or sent before for this obligation; or `elsewhere`, copied from another one.

    `signed`: the first parts, where that was asked for and the upload is new.
    """

    known: str
    signed: SignedPartsOut | None = None


class ReceivedPartOut(BaseModel):
    """A part the store holds whole; `etag` is what `complete` wants to hear."""

    number: int
    etag: str
    byte_count: int


class ProgressOut(UploadOut):
    """How far an upload has come, as the store says."""

    received_parts: list[int]
    parts: list[ReceivedPartOut]

    @classmethod
    def at(cls, progress: Progress) -> "ProgressOut":
        """Return the progress as it is shown."""
        return cls(
            **_upload_out(progress.media).model_dump(),
            received_parts=[part.number for part in progress.received],
            parts=[
                ReceivedPartOut(number=part.number, etag=part.etag, byte_count=part.byte_count)
                for part in progress.received
            ],
        )


class StatedPartIn(BaseModel):
    """A part that was sent, with the ETag the store answered."""

    model_config = ConfigDict(extra="forbid")

    number: PartNumber
    etag: Etag


class StatedPartsIn(BaseModel):
    """All parts of the file."""

    model_config = ConfigDict(extra="forbid")

    parts: Annotated[list[StatedPartIn], Field(max_length=10_000)]


class CompletedOut(BaseModel):
    """The file is whole in the store. What becomes of it, `GET /media/{media_id}` tells."""

    media_id: UUID
    state: str


@router.post(
    "/uploads",
    status_code=201,
    responses=may_raise(
        FileTooLarge,
        FileTooLong,
        TypeNotAllowed,
        VideoNotAsked,
        TooManyUploads,
        UnitFull,
        BadDigest,
        AlreadyAccepted,
        Closed,
        NotOwed,
        Malformed,
        NotFound,
        NotAllowed,
        NotSignedIn,
        Unavailable,
    ),
)
async def open_upload(body: UploadIn, archive: OurArchive, caller: Calling, response: Response) -> OpenedOut:
    """Begin an upload; the answer says how to cut the file. 200: it is known, go on from its `state`."""
    wanted = opening.Wanted(
        obligation_id=body.obligation_id,
        file_name=body.file_name,
        byte_count=body.byte_count,
        content_type=body.content_type,
        digest=None if body.digest is None else Digest(body.digest.part_bytes, body.digest.parts),
        duration_ms=body.duration_ms,
    )
    opened = await opening.open_upload(archive, wanted=wanted, by=caller)
    if opened.known == "here":
        response.status_code = 200
    first = None
    if body.sign_at_once and opened.known == "new" and opened.media.part_digests is not None:
        first = _signed_out(uploading.sign_first(archive, opened.media, most=PARTS_AT_ONCE))
    return OpenedOut(**_upload_out(opened.media).model_dump(), known=opened.known, signed=first)


@router.post(
    "/uploads/{upload_id}/parts",
    responses=may_raise(NoSuchPart, OtherDigest, UploadOver, Malformed, NotFound, NotAllowed, NotSignedIn),
)
async def sign_parts(upload_id: UUID, body: WantedPartsIn, archive: OurArchive, caller: Calling) -> SignedPartsOut:
    """Sign where to PUT some parts. The store refuses other bytes than those of the digest."""
    wanted = [WantedPart(part.number, part.sha256) for part in body.parts]
    return _signed_out(await uploading.sign_parts(archive, upload_id=upload_id, parts=wanted, by=caller))


@router.get("/uploads/{upload_id}", responses=may_raise(NotFound, NotSignedIn, Unavailable))
async def read_progress(upload_id: UUID, archive: OurArchive, caller: Calling) -> ProgressOut:
    """Show which parts the store holds: what to go on from after a cut."""
    return ProgressOut.at(await uploading.read_progress(archive, upload_id=upload_id, by=caller))


@router.post(
    "/uploads/{upload_id}/complete",
    responses=may_raise(PartsMissing, UploadOver, Malformed, NotFound, NotAllowed, NotSignedIn, Unavailable),
)
async def complete_upload(upload_id: UUID, body: StatedPartsIn, archive: OurArchive, caller: Calling) -> CompletedOut:
    """Join the parts; from then on the file waits for its inspection."""
    stated = [StatedPart(part.number, part.etag.strip('"')) for part in body.parts]
    completed = await uploading.complete_upload(archive, upload_id=upload_id, parts=stated, by=caller)
    return CompletedOut(media_id=completed.id, state="received")


def _signed_out(signed: list[SignedPart]) -> SignedPartsOut:
    return SignedPartsOut(
        parts=[
            SignedPartOut(number=part.number, byte_count=part.byte_count, url=part.url, headers={}) for part in signed
        ],
        expires_at=min(part.expires_at for part in signed),
    )


def _upload_out(media: Media) -> UploadOut:
    return UploadOut(
        upload_id=media.id,
        media_id=media.id,
        obligation_id=media.obligation_id,
        file_name=media.file_name,
        byte_count=media.byte_count,
        part_bytes=media.part_bytes,
        part_count=media.part_count,
        state=media.state,
    )
