"""Files of directives at the front door: attachments, and the signed PDF with what its signature says."""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, BinaryIO
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, File, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, TooLarge
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from directives.api.shelves import OurShelf
from directives.api.trees import KnownTree
from directives.documents.problems import EVERY_PROBLEM
from directives.documents.signature import WORDS, Verdict
from directives.operations import documenting, filing
from directives.problems import AttachmentsFull, NotActing, NotInForce, NotNow, SignatureBroken, SignedFileKept
from directives.store.files import FileKind, KeptFile

ADDRESSES = (
    "/directives/{directive_id}/attachments",
    "/directives/{directive_id}/signed-file",
    "/directives/{directive_id}/deliveries/{unit_id}/document/file",
)
"""Where a file may be brought to."""
_PIECE = 1 << 18
Sent = Annotated[UploadFile, File()]
router = APIRouter()


class SignatureOut(BaseModel):
    """One signature: whom it names and when it says it was made is not vouched for."""

    verdict: Verdict
    is_pades: bool
    covers_whole_file: bool
    signer: str | None
    said_at: datetime | None


class CheckOut(BaseModel):
    """What the signatures of a PDF say; trust is never evaluated here."""

    verdict: Verdict
    words_vi: str
    words_en: str
    signatures: list[SignatureOut]


class FileOut(BaseModel):
    """A file that is kept with a directive."""

    file_id: UUID
    kind: FileKind
    name: str
    content_type: str
    byte_count: int
    sha256: str
    kept_by: UUID
    kept_at: datetime
    signature: CheckOut | None


class FilesOut(BaseModel):
    """The files of a directive, oldest first."""

    files: list[FileOut]


def _shown(file: KeptFile) -> FileOut:
    check = file.signature
    words = WORDS[check["verdict"]] if check else ("", "")
    return FileOut(
        file_id=file.id,
        kind=file.kind,
        name=file.name,
        content_type=file.content_type,
        byte_count=file.byte_count,
        sha256=file.sha256,
        kept_by=file.kept_by,
        kept_at=file.kept_at,
        signature=CheckOut.model_validate({**check, "words_vi": words[0], "words_en": words[1]}) if check else None,
    )


def given_out(kept: KeptFile, opened: BinaryIO, *, name: str | None = None) -> Response:
    """Give a file out as it is read, and close it at the end; whoever keeps it may check what they got."""
    digest = base64.b64encode(bytes.fromhex(kept.sha256)).decode()
    return StreamingResponse(
        _pieces(opened),
        media_type=kept.content_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name or kept.name)}",
            "content-length": str(kept.byte_count),
            "repr-digest": f"sha-256=:{digest}:",
            "x-content-type-options": "nosniff",
        },
    )


def _pieces(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while piece := opened.read(_PIECE):
            yield piece


async def _attachment(caller: Calling, document: Sent) -> filing.Brought:
    # Looked through before a transaction is open: it may take a second, and wait for others.
    return await filing.look_through(document.filename or "", document.file, step="edit", by=caller)


async def _signed_file(caller: Calling, document: Sent) -> filing.Brought:
    return await filing.look_through(document.filename or "", document.file, step="keep-file", by=caller)


async def _document(caller: Calling, unit_id: UnitId, document: Sent) -> filing.Brought:
    return await filing.look_through_document(document.filename or "", document.file, unit_id=unit_id, by=caller)


Document = Annotated[filing.Brought, Depends(_document)]
Attachment = Annotated[filing.Brought, Depends(_attachment)]
SignedFile = Annotated[filing.Brought, Depends(_signed_file)]


@router.post(
    ADDRESSES[0],
    status_code=201,
    responses=may_raise(NotFound, NotAllowed, NotNow, AttachmentsFull, TooLarge, *EVERY_PROBLEM),
)
async def attach(caller: Calling, brought: Attachment, shelf: OurShelf, directive_id: UUID) -> FileOut:
    """Attach a file to a draft."""
    return _shown(await filing.attach(shelf, directive_id=directive_id, brought=brought, by=caller))


@router.put(
    ADDRESSES[1],
    responses=may_raise(NotFound, NotAllowed, NotNow, SignatureBroken, SignedFileKept, TooLarge, *EVERY_PROBLEM),
)
async def keep_signed(caller: Calling, brought: SignedFile, shelf: OurShelf, directive_id: UUID) -> FileOut:
    """Keep the signed PDF of a directive."""
    return _shown(await filing.keep_signed(shelf, directive_id=directive_id, brought=brought, by=caller))


@router.get("/directives/{directive_id}/files", responses=may_raise(NotFound))
async def list_files(caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID) -> FilesOut:
    """List the files of a directive."""
    kept = await filing.list_files(tx, directive_id=directive_id, tree=tree, by=caller)
    return FilesOut(files=[_shown(each) for each in kept])


@router.get("/directives/{directive_id}/files/{file_id}", responses=may_raise(NotFound), response_class=Response)
async def read_file(caller: Calling, shelf: OurShelf, directive_id: UUID, file_id: UUID) -> Response:
    """Fetch a file of a directive, byte for byte; `repr-digest` carries its SHA-256."""
    kept, opened = await filing.open_file(shelf, directive_id=directive_id, file_id=file_id, by=caller)
    return given_out(kept, opened)


@router.delete(
    "/directives/{directive_id}/files/{file_id}", status_code=204, responses=may_raise(NotFound, NotAllowed, NotNow)
)
async def detach(caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, file_id: UUID) -> None:
    """Take an attachment off a draft."""
    await filing.detach(tx, directive_id=directive_id, file_id=file_id, tree=tree, by=caller)


@router.put(
    ADDRESSES[2],
    responses=may_raise(NotFound, NotAllowed, NotInForce, NotActing, SignatureBroken, TooLarge, *EVERY_PROBLEM),
)
async def keep_document(
    caller: Calling, brought: Document, shelf: OurShelf, directive_id: UUID, unit_id: UnitId
) -> FileOut:
    """Keep the file of the document a unit carries the directive out by."""
    return _shown(
        await documenting.keep_document(shelf, directive_id=directive_id, unit_id=unit_id, brought=brought, by=caller)
    )


@router.get(ADDRESSES[2], responses=may_raise(NotFound), response_class=Response)
async def read_document(caller: Calling, shelf: OurShelf, directive_id: UUID, unit_id: UnitId) -> Response:
    """Fetch the document a unit carries the directive out by, byte for byte."""
    kept, opened = await documenting.open_document(shelf, directive_id=directive_id, unit_id=unit_id, by=caller)
    return given_out(kept, opened)
