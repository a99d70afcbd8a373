"""The department's directives, and the board of one of them: units by requirements."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import owing, tracking, writing
from portal.asking import Services
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage
from portal.rendering import House
from portal.sessions import Visit

WRITING_ROLES = ("desk_officer", "leader", "clerk")
DIRECTIVES = 50
ROWS = 100
"""So many units stand on one page of the board; who is looked for is found among all of them."""
LONGEST_WORDS = 100


def open_board(house: House, names: Names) -> APIRouter:
    """Return the pages of those who ask."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/board")
    async def board(request: Request) -> Response:
        visit = await here(request)
        found, unread, _ = await asyncio.gather(
            written_by(services, visit), unread_letters(house, visit), names.introduce(visit)
        )
        return await house.page(
            request,
            "board.html",
            visit=visit,
            directives=[(each, tracking.bar(each["answers"])) for each in found],
            waiting=tracking.waiting_for(found, visit.posts),
            books=[(unit, _now().year) for unit in visit.units_as("clerk") if unit != "*"],
            moment=writing.moment,
            now=_now(),
            width=tracking.WIDTH,
            look=owing.LOOK,
            unread=unread,
        )

    @router.get("/board/{directive_id}")
    async def track(
        request: Request,
        directive_id: UUID,
        state: str = "",
        q: str = "",
        under: str = "",
        nudged: int = 0,
        first: int = 0,
    ) -> Response:
        visit = await here(request)
        token = visit.access_token
        directive, board, above, unread, _ = await asyncio.gather(
            services.find("directives", f"/directives/{directive_id}", token=token),
            services.find(
                "directives",
                f"/directives/{directive_id}/board",
                token=token,
                **asked_of_board(state, q, under),
                first=str(max(first, 0)),
                limit=str(ROWS),
            ),
            name_of(names, visit, under),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        if directive is None or board is None:
            raise NoSuchPage("Không có văn bản này.", "There is no such directive.")
        return await house.page(
            request,
            "track.html",
            visit=visit,
            directive=directive,
            columns=tracking.columns(directive, board["counts"]),
            counts=board["units"],
            everyone=board["everyone"],
            nudged=nudged,
            may_nudge=visit.has_role("desk_officer"),
            lines=tracking.lines(directive, board["lines"]),
            first=board["first"],
            found=board["found"],
            rows=ROWS,
            state=state,
            q=q[:LONGEST_WORDS],
            under=under,
            above=above,
            width=tracking.WIDTH,
            look=owing.LOOK,
            unread=unread,
        )

    return router


async def name_of(names: Names, visit: Visit, unit_id: str) -> str:
    """Return what a unit is called, nothing where none is named; raises `NoSuchPage` for one there is not."""
    if not unit_id:
        return ""
    name = next((str(each["name"]) for each in await names.everywhere(visit) if each["unit_id"] == unit_id), None)
    if name is None:
        raise NoSuchPage("Không có đơn vị này.", "There is no such unit.")
    return name


def asked_of_board(state: str, words: str, under: str) -> dict[str, str]:
    """Return what a board is asked for; a state it does not know is none."""
    asked = {"words": words[:LONGEST_WORDS], "under": under, "state": state if state in tracking.KNOWN else ""}
    return {name: value for name, value in asked.items() if value}


async def written_by(services: Services, visit: Visit) -> list[dict[str, Any]]:
    """Return the newest directives of every unit somebody writes for."""
    lists = await asyncio.gather(
        *(
            services.find(
                "directives", "/directives", token=visit.access_token, issuer_unit_id=unit, limit=str(DIRECTIVES)
            )
            for unit in visit.units_as(*WRITING_ROLES)
            if unit != "*"
        )
    )
    # A division and its department see the same directive, and some people write for both.
    found = {each["directive_id"]: each for told in lists if told for each in told["directives"]}
    return list(found.values())


def _now() -> datetime:
    return datetime.now(VIETNAM)
