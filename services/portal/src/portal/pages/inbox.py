"""The inbox: letters to the reader, newest first."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import writing
from portal.doorkeeping import read_form
from portal.pages.signing_in import here
from portal.people import Names
from portal.rendering import House, go_to

LETTERS = 30


def open_inbox(house: House, names: Names) -> APIRouter:
    """Return the page of the inbox."""
    router = APIRouter(include_in_schema=False)

    @router.get("/inbox")
    async def inbox(request: Request, before: UUID | None = None) -> Response:
        visit = await here(request)
        older = {"before": str(before)} if before else {}
        told, _ = await asyncio.gather(
            house.services.get("notify", "/letters", token=visit.access_token, limit=str(LETTERS), **older),
            names.introduce(visit),
        )
        return await house.page(
            request,
            "inbox.html",
            visit=visit,
            letters=told["letters"],
            unread=told["unread_count"],
            has_older=len(told["letters"]) == LETTERS,
            moment=writing.moment,
        )

    @router.post("/inbox/{letter_id}/read")
    async def read(request: Request, letter_id: UUID) -> Response:
        await read_form(request)
        visit = await here(request)
        await house.services.ask("POST", "notify", f"/letters/{letter_id}/read", token=visit.access_token)
        return go_to("/inbox")

    return router
