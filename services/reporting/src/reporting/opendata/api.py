"""The front door of open data: a switch for leaders, files for everybody."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, StrictBool

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction, Transactions
from reporting.api.editions import AskedNumber
from reporting.api.totals import TreeNow
from reporting.domain.edition import Edition
from reporting.opendata import operations, rows
from reporting.opendata.operations import Dataset

router = APIRouter(tags=["open data"])
SCHEMA_PATH = "/open-data/schema.json"
TYPES = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}
FOR_EVERYBODY = {
    "Access-Control-Allow-Origin": "*",
    # What is closed again is gone from caches within minutes.
    "Cache-Control": "public, max-age=300",
}


class OpeningIn(BaseModel):
    """Whether anybody may read the editions."""

    model_config = ConfigDict(extra="forbid")

    is_open: StrictBool


class OpeningOut(BaseModel):
    """Whether anybody may read the editions, and since when."""

    model_config = ConfigDict(from_attributes=True)

    requirement_id: UUID
    is_open: bool
    changed_at: datetime


class OpenEditionOut(BaseModel):
    """An edition anybody may read, and where its files are."""

    number: int
    published_at: datetime
    digest: str
    units_reported: int
    units_due: int
    csv: str
    json_: str

    model_config = ConfigDict(
        serialize_by_alias=True, alias_generator=lambda name: name.rstrip("_"), populate_by_name=True
    )


class DatasetOut(BaseModel):
    """What was asked once and published, newest edition first."""

    requirement_id: UUID
    title: str
    code: str
    issuer: str
    as_of: date
    editions: list[OpenEditionOut]


class DatasetsOut(BaseModel):
    """Everything that is open."""

    datasets: list[DatasetOut]
    schema_path: str = SCHEMA_PATH


@router.put(
    "/requirements/{requirement_id}/open-data", responses=may_raise(NotFound, NotAllowed, NotSignedIn, Malformed)
)
async def set_open(
    requirement_id: UUID, body: OpeningIn, caller: Calling, tx: OpenTransaction, tree: TreeNow
) -> OpeningOut:
    """Open the published editions of a requirement to everybody, or close them again. Nothing is open by itself."""
    found = await operations.set_open(tx, requirement_id, is_open=body.is_open, tree=tree, by=caller)
    return OpeningOut.model_validate(found)


@router.get("/open-data")
async def read_datasets(tx: OpenTransaction, tree: TreeNow, response: Response) -> DatasetsOut:
    """Return what is open. Anybody may ask."""
    response.headers.update(FOR_EVERYBODY)
    return DatasetsOut(datasets=[_out(each) for each in await operations.read_datasets(tx, tree=tree)])


@router.get(SCHEMA_PATH)
async def read_schema(response: Response) -> dict[str, Any]:
    """Return the JSON Schema of the files. Anybody may ask."""
    response.headers.update(FOR_EVERYBODY)
    return rows.SCHEMA


@router.get(
    "/open-data/{requirement_id}/{number}/figures.{form}",
    response_class=StreamingResponse,
    responses=may_raise(NotFound, Malformed),
)
async def read_figures(
    requirement_id: UUID,
    number: AskedNumber,
    form: Literal["csv", "json"],
    request: Request,
    tx: OpenTransaction,
    tree: TreeNow,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return the figures of an open edition, without what may not leave the house. Anybody may ask."""
    dataset, edition = await operations.read_dataset(tx, requirement_id, number, tree=tree)
    headers = FOR_EVERYBODY | {
        "ETag": f'"{edition.digest[:32]}-{number}-{dataset.requirement.version}"',
        "Content-Disposition": f'inline; filename="{requirement_id}-{number}.{form}"',
    }
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    write = _csv if form == "csv" else _json
    transactions: Transactions = request.app.state.frame.transactions
    return StreamingResponse(write(transactions, dataset, edition), headers=headers, media_type=TYPES[form])


async def _csv(transactions: Transactions, dataset: Dataset, edition: Edition) -> AsyncIterator[bytes]:
    is_first = True
    async for page in operations.pages_of(transactions, edition.requirement_id, edition.number):
        found = [row for each in page for row in rows.rows_of(dataset.requirement, dataset.heading.figures, each)]
        yield rows.as_csv(found, with_heading=is_first)
        is_first = False


async def _json(transactions: Transactions, dataset: Dataset, edition: Edition) -> AsyncIterator[bytes]:
    told = {
        "schema": SCHEMA_PATH,
        "requirement_id": str(edition.requirement_id),
        "edition": edition.number,
        "published_at": edition.published_at.isoformat(),
        "as_of": edition.stands_on.isoformat(),
        "title": dataset.heading.title,
        "code": dataset.heading.code,
        "issuer": dataset.heading.issuer,
        "digest": edition.digest,
    }
    yield json.dumps(told, ensure_ascii=False).encode()[:-1] + b', "figures": [\n'
    is_first = True
    async for page in operations.pages_of(transactions, edition.requirement_id, edition.number):
        found = [row for each in page for row in rows.rows_of(dataset.requirement, dataset.heading.figures, each)]
        yield rows.as_json(found, is_first=is_first)
        is_first = is_first and not found
    yield b"\n]}\n"


def _out(dataset: Dataset) -> DatasetOut:
    requirement_id = dataset.requirement.requirement_id
    return DatasetOut(
        requirement_id=requirement_id,
        title=dataset.heading.title,
        code=dataset.heading.code,
        issuer=dataset.heading.issuer,
        as_of=dataset.requirement.as_of,
        editions=[
            OpenEditionOut(
                number=each.number,
                published_at=each.published_at,
                digest=each.digest,
                units_reported=each.units_reported,
                units_due=each.units_due,
                csv=f"/open-data/{requirement_id}/{each.number}/figures.csv",
                json_=f"/open-data/{requirement_id}/{each.number}/figures.json",
            )
            for each in dataset.editions
        ],
    )
