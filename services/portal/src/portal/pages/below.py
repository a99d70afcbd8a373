"""The units below one's own: what each still owes, those that are late first."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from chassis.wording import folded
from portal import owing
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names, Unit
from portal.problems import NoSuchPage
from portal.rendering import House
from portal.sessions import Visit

CALLED = 10
"""Of so many units that are late it is said at once whom to call; of any other one, on its own page."""
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
        owed = owing.by_unit([unit["unit_id"] for unit in units], await _owed(visit, units), now)
        rows = list(zip(units, map(owing.groups_of_unit, owed), strict=True))
        rows.sort(key=lambda row: (-len(row[1].late), -len(row[1].open), folded(row[0]["name"])))
        late = [unit["unit_id"] for unit, found in rows if found.late][:CALLED]
        people = dict(zip(late, await asyncio.gather(*(_people(visit, unit) for unit in late)), strict=True))
        return await house.page(
            request, "below.html", visit=visit, rows=rows, people=people, look=owing.LOOK, now=now, unread=unread
        )

    @router.get("/below/{unit_id}")
    async def one(request: Request, unit_id: str) -> Response:
        visit, now = await here(request), datetime.now(VIETNAM)
        units, unread, _ = await asyncio.gather(_units(visit), unread_letters(house, visit), names.introduce(visit))
        unit = next((each for each in units if each["unit_id"] == unit_id), None)
        if unit is None:
            raise NoSuchPage("Không có đơn vị này.", "There is no such unit.")
        told, people = await asyncio.gather(
            services.find("directives", "/obligations", token=visit.access_token, unit_id=unit_id),
            _people(visit, unit_id),
        )
        tasks = [owing.task(each, now) for each in told["obligations"]] if told else []
        rows = [(unit, owing.groups_of_unit(tasks))]
        return await house.page(
            request,
            "below.html",
            visit=visit,
            rows=rows,
            people={unit_id: people},
            of_one=unit["name"],
            look=owing.LOOK,
            now=now,
            unread=unread,
        )

    async def _people(visit: Visit, unit_id: str) -> list[dict[str, Any]]:
        path = f"/units/{quote(unit_id, safe='')}/contacts"
        told = await services.find("directory", path, token=visit.access_token)
        return list(told["people"]) if told else []

    async def _units(visit: Visit) -> list[Unit]:
        mine = set(visit.units_as("commune_officer"))
        if not mine:
            return []
        return [unit for unit in await names.everywhere(visit) if unit["reporting_parent_id"] in mine][:MOST]

    async def _owed(visit: Visit, units: Sequence[Unit]) -> list[dict[str, Any]]:
        if not units:
            return []
        asked = "&".join(f"unit_id={quote(unit['unit_id'], safe='')}" for unit in units)
        told = await services.find("directives", f"/obligations?{asked}", token=visit.access_token)
        return list(told["obligations"]) if told else []

    return router
