"""The front door of exports: ask for a table, see how far it is, fetch it, also in pieces."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction, Transactions
from reporting.api.totals import AskedPeriod, TreeNow
from reporting.exports import operations, store
from reporting.exports.operations import NotReady, Piece, TooManyExports
from reporting.exports.store import PART_BYTES, Export

router = APIRouter(tags=["exports"])

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-16",
}


class ExportIn(BaseModel):
    """What to make."""

    model_config = ConfigDict(extra="forbid")

    form: Literal["xlsx", "csv"]
    period: AskedPeriod | None = None
    """One of the requirement's; its first when left out."""


class ExportOut(BaseModel):
    """How a table that was asked for stands."""

    export_id: UUID
    state: Literal["waiting", "making", "ready", "failed"]
    rows_done: int
    rows_total: int | None
    """Null until they are counted."""
    byte_count: int | None
    asked_at: datetime


@router.post(
    "/requirements/{requirement_id}/exports",
    status_code=202,
    responses=may_raise(NotFound, NotSignedIn, Malformed, TooManyExports),
)
async def ask(requirement_id: UUID, body: ExportIn, caller: Calling, tx: OpenTransaction, tree: TreeNow) -> ExportOut:
    """Ask for the table of a requirement in the layout officials print, with every unit the caller may read."""
    return _out(await operations.ask(tx, requirement_id, form=body.form, period=body.period, tree=tree, by=caller))


@router.get("/exports/{export_id}", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_export(export_id: UUID, caller: Calling, tx: OpenTransaction) -> ExportOut:
    """Return how far a table is; only to who asked for it."""
    return _out(await operations.read_export(tx, export_id, by=caller))


@router.get(
    "/exports/{export_id}/file",
    response_class=StreamingResponse,
    responses=may_raise(NotFound, NotSignedIn, Malformed, NotReady),
)
async def read_file(
    export_id: UUID,
    request: Request,
    caller: Calling,
    tx: OpenTransaction,
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header()] = None,
) -> Response:
    """Return the file, or the piece of it that is asked for: a download that broke off goes on where it was."""
    found = await operations.read_file(tx, export_id, by=caller)
    assert found.byte_count is not None  # noqa: S101  what is ready has a size
    etag = f'"{found.digest}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="bieu-{found.requirement_id}.{found.form}"',
    }
    wanted = range_ if if_range in (None, etag) else None
    piece = piece_of(wanted, found.byte_count)
    if piece is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{found.byte_count}"})
    headers["Content-Length"] = str(piece.end - piece.start + 1)
    is_part = piece.end - piece.start + 1 < found.byte_count
    if is_part:
        headers["Content-Range"] = f"bytes {piece.start}-{piece.end}/{found.byte_count}"
    return StreamingResponse(
        _bytes(request.app.state.frame.transactions, export_id, piece),
        status_code=206 if is_part else 200,
        headers=headers,
        media_type=CONTENT_TYPES[found.form],
    )


_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def piece_of(wanted: str | None, byte_count: int) -> Piece | None:
    """Return which bytes a `Range` header asks for; all of them where it asks for what we do not do; null: for none."""
    found = _RANGE.fullmatch(wanted.strip()) if wanted is not None else None
    if found is None or found.groups() == ("", ""):
        return Piece(0, byte_count - 1, byte_count)
    first, last = found.groups()
    if not first:  # so many at the end
        start, end = max(0, byte_count - int(last)), byte_count - 1
    else:
        start, end = int(first), min(int(last or byte_count - 1), byte_count - 1)
    return Piece(start, end, byte_count) if start <= end else None


async def _bytes(transactions: Transactions, export_id: UUID, piece: Piece) -> AsyncIterator[bytes]:
    # A part at a time, each in a transaction of its own: a slow line keeps nothing of the database.
    for number in range(piece.start // PART_BYTES, piece.end // PART_BYTES + 1):
        async with transactions.begin() as tx:
            body = await store.get_part(tx, export_id, number)
        begin = number * PART_BYTES
        yield body[max(0, piece.start - begin) : piece.end - begin + 1]


def _out(export: Export) -> ExportOut:
    return ExportOut.model_validate(
        {name: getattr(export, name) for name in ExportOut.model_fields}, from_attributes=False
    )
