"""What a leader sends back, and the registers a clerk keeps."""

from datetime import date
from typing import Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.doorkeeping import read_form
from portal.pages.papers import TYPES
from portal.pages.signing_in import here
from portal.problems import NoSuchPage
from portal.rendering import House, go_to


def open_desks(house: House) -> APIRouter:
    """Return the addresses of leaders and clerks."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.post("/directives/{directive_id}/return")
    async def send_back(request: Request, directive_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        body = {"reason": form.get("reason")}
        path = f"/directives/{directive_id}/return"
        await services.ask("POST", "directives", path, token=visit.access_token, body=body)
        return go_to(f"/directives/{directive_id}")

    @router.get("/register-books/{unit_id}/{year}/{book}")
    async def register_book(
        request: Request, unit_id: str, year: int, book: Literal["outgoing", "incoming", "follow-up"]
    ) -> Response:
        visit = await here(request)
        if not date.min.year <= year <= date.max.year or not unit_id.replace("-", "").replace("_", "").isalnum():
            raise NoSuchPage("Không có sổ này.", "There is no such register.")
        path = f"/register-books/{quote(unit_id, safe='')}/{year}/{book}"
        content = await services.fetch("directives", path, token=visit.access_token)
        named = {"Content-Disposition": f'attachment; filename="so-{book}-{year}.xlsx"'}
        return Response(content, media_type=TYPES["xlsx"], headers=named)

    return router
