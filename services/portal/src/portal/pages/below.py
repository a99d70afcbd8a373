"""The units below one's own: what each still owes, those that are late first."""

import asyncio
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import owing, tracking
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.rendering import House
from portal.sessions import Visit

MOST = 60
"""Units that are looked at; no commune has as many schools."""


def open_below(house: House, names: Names) -> APIRouter:
    """Return the page of those who have units below them."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/below")
    async def below(request: Request) -> Response:
        visit, now = await here(request), datetime.now(VIETNAM)
        units, unread, _ = await asyncio.gather(_units(visit), unread_letters(house, visit), names.introduce(visit))
        told = await asyncio.gather(
            *(
                services.find("directives", "/obligations", token=visit.access_token, unit_id=unit["unit_id"])
                for unit in units
            )
        )
        owed = [[owing.task(each, now) for each in found["obligations"]] if found else [] for found in told]
        rows = list(zip(units, map(owing.groups_of_unit, owed), strict=True))
        rows.sort(key=lambda row: (-len(row[1].late), -len(row[1].open), tracking.folded(row[0]["name"])))
        return await house.page(request, "below.html", visit=visit, rows=rows, look=owing.LOOK, now=now, unread=unread)

    async def _units(visit: Visit) -> list[dict[str, Any]]:
        mine = set(visit.units_as("commune_officer"))
        if not mine:
            return []
        told = await services.get("directory", "/units", token=visit.access_token)
        return [unit for unit in told["units"] if unit["reporting_parent_id"] in mine][:MOST]

    return router
