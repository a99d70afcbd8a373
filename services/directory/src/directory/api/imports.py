"""Whole files of units: in, and out again."""

from typing import Annotated, BinaryIO, Literal

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotSignedIn, TooLarge
from chassis.transaction import OpenTransaction
from directory.api.sent import OpenTransactions
from directory.operations import exporting, importing
from directory.problems import ImportRejected

IMPORT_BYTES = 64 << 20
"""A hundred thousand units with their relations need 50 MB. Held on disk, not in memory."""
MOST_FAULTS_SHOWN = 100_000

ExportedFile = Literal["units", "relations", "links", "identifiers"]
Form = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

router = APIRouter()


class ImportedOut(BaseModel):
    """How many rows the files had, and how many units they changed."""

    units: int
    relations: int
    links: int
    identifiers: int
    changed: int


@router.post("/imports", responses=may_raise(NotSignedIn, NotAllowed, TooLarge, ImportRejected))
async def import_units(
    tx: OpenTransaction,
    caller: Calling,
    units: Annotated[UploadFile, File()],
    relations: UploadFile,
    links: UploadFile | None = None,
    identifiers: UploadFile | None = None,
    faults: Annotated[int, Query(ge=1, le=MOST_FAULTS_SHOWN)] = importing.FAULTS_SHOWN,
) -> ImportedOut:
    uploaded = importing.Uploaded(units.file, relations.file, chosen(links), chosen(identifiers))
    imported = await importing.import_units(tx, uploaded, by=caller, faults_shown=faults)
    return ImportedOut(
        units=imported.units,
        relations=imported.relations,
        links=imported.links,
        identifiers=imported.identifiers,
        changed=imported.changed,
    )


@router.get("/exports/{file}", responses=may_raise(NotSignedIn, NotAllowed), response_class=StreamingResponse)
async def export_units(
    file: ExportedFile,
    caller: Calling,
    transactions: OpenTransactions,
    form: Annotated[Form, Query(alias="format")] = "csv",
) -> StreamingResponse:
    exporting.see_that_it_is_allowed(caller)
    export = exporting.export_xlsx if form == "xlsx" else exporting.export_csv
    headers = {"Content-Disposition": f'attachment; filename="{file}.{form}"'}
    return StreamingResponse(export(transactions, file), media_type=MEDIA_TYPES[form], headers=headers)


def chosen(file: UploadFile | None) -> BinaryIO | None:
    """Return a file somebody has chosen: a form sends one nobody has chosen as well, without a name."""
    return file.file if file is not None and file.filename else None
