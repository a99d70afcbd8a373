"""Published figures that are open to everybody: which there are, and one edition as charts with a table behind."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import publishing, writing
from portal.doorkeeping import door_of
from portal.problems import NoSuchPage, Refused
from portal.rendering import House

FORMS = {"csv": "text/csv; charset=utf-8; header=present", "json": "application/json"}


def open_publishing(house: House) -> APIRouter:
    """Return the pages of open figures. Anybody may read them, signed in or not."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/published")
    async def published(request: Request) -> Response:
        told = await services.get("reporting", "/open-data")
        return await house.page(
            request,
            "published.html",
            visit=await door_of(request).visit(),
            datasets=told["datasets"],
            moment=writing.moment,
        )

    @router.get("/published/{requirement_id}/{number}")
    async def edition(
        request: Request, requirement_id: UUID, number: int, of: str = "", period: str = "", at: str = ""
    ) -> Response:
        found = await _found(services.get("reporting", f"/open-data/{requirement_id}/{number}/figures.json"))
        if found is None:  # more than a page is made of; the files have it all
            raise NoSuchPage("Kỳ công bố này quá lớn để xem ở đây.", "This edition is too large to be shown here.")
        return await house.page(
            request,
            "published_edition.html",
            visit=await door_of(request).visit(),
            edition=found,
            address=f"/published/{requirement_id}/{number}",
            shown=publishing.shown(found["figures"], of=of, period=period, at=at),
            wide=publishing.WIDE,
            moment=writing.moment,
        )

    @router.get("/published/{requirement_id}/{number}/figures.{form}")
    async def file(requirement_id: UUID, number: int, form: str) -> Response:
        if form not in FORMS:
            raise NoSuchPage("Không có tệp này.", "There is no such file.")
        path = f"/open-data/{requirement_id}/{number}/figures.{form}"
        content = await _found(services.fetch("reporting", path))
        named = {"Content-Disposition": f'attachment; filename="{requirement_id}-{number}.{form}"'}
        return Response(content, media_type=FORMS[form], headers=named)

    return router


async def _found(asked: Any) -> Any:
    try:
        return await asked
    except Refused as refused:
        if refused.answered in (404, 422):
            raise NoSuchPage("Kỳ công bố này không mở.", "This edition is not open.") from refused
        raise
