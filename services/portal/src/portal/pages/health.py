"""How the house stands, for administrators: each service, what is on its way through it, what it gave up on."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.pages.administering import administrator
from portal.pages.owed import unread_letters
from portal.people import Names
from portal.rendering import House
from portal.standing import Neighbours


def open_health(house: House, names: Names, neighbours: Neighbours) -> APIRouter:
    """Return the page of how the house stands."""
    router = APIRouter(include_in_schema=False)

    @router.get("/standing")
    async def standing(request: Request) -> Response:
        visit = await administrator(request)
        standings, flows, unread, _ = await asyncio.gather(
            neighbours.standings(), neighbours.flows(), unread_letters(house, visit), names.introduce(visit)
        )
        return await house.page(
            request,
            "standing.html",
            visit=visit,
            standings=standings,
            flows=flows,
            parked=sum(each.parked for each in flows.values()),
            unread=unread,
        )

    return router
