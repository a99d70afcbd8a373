"""The front door for all files of a directive at once: one zip, sent as it is read, that can be gone on with."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable
from submissions.api.files import OurArchive
from submissions.operations import bundling

router = APIRouter(tags=["files"])

_FROM = re.compile(r"^bytes=(\d{1,18})-$")


@router.get(
    "/directives/{directive_id}/files.zip",
    response_class=StreamingResponse,
    responses=may_raise(NotFound, NotAllowed, NotSignedIn, Malformed, Unavailable)
    | {
        200: {"content": {"application/zip": {}}, "description": "the whole zip"},
        206: {"content": {"application/zip": {}}, "description": "the zip from the byte that was asked for on"},
        416: {"description": "it is not that long"},
    },
)
async def fetch_files(
    directive_id: UUID,
    archive: OurArchive,
    caller: Calling,
    byte_range: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
    if_range: Annotated[str | None, Header(max_length=100)] = None,
) -> StreamingResponse:
    """Send all files of a directive as a zip; with `Range: bytes=N-` and `If-Range` from byte N on.

    What is not such a range, or of another state of the files, gets the whole, as HTTP has it (RFC 9110 §14.2).
    """
    whole = await bundling.bundle(archive, directive_id=directive_id, by=caller)
    etag = f'"{whole.etag}"'
    asked = _FROM.match(byte_range or "")
    start = int(asked.group(1)) if asked and if_range in (None, etag) else None
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": f'attachment; filename="{directive_id}.zip"',
        "Cache-Control": "private, no-store",
    }
    if start is not None and start >= whole.byte_count:
        nothing = {**headers, "Content-Range": f"bytes */{whole.byte_count}"}
        return StreamingResponse(iter(()), status_code=416, headers=nothing, media_type="application/zip")
    headers["Content-Length"] = str(whole.byte_count - (start or 0))
    if start is not None:
        headers["Content-Range"] = f"bytes {start}-{whole.byte_count - 1}/{whole.byte_count}"
    return StreamingResponse(
        bundling.stream(archive, whole, start=start or 0),
        status_code=200 if start is None else 206,
        headers=headers,
        media_type="application/zip",
    )
