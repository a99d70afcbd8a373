"""From the list of those who are behind to a nudge: who would be told, and the word to them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import tracking, writing
from portal.doorkeeping import read_form
from portal.pages.board import below
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

LONGEST_WORDS = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list somebody comes from was narrowed to."""

    state: str
    words: str
    under: str
    """The unit whose own are looked at; empty: everybody."""


def open_nudging(house: House, names: Names) -> APIRouter:
    """Return the page of a nudge."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/board/{directive_id}/nudge/{requirement_id}")
    async def look(
        request: Request, directive_id: UUID, requirement_id: UUID, state: str = "", q: str = "", under: str = ""
    ) -> Response:
        wanted = Wanted(state, q[:LONGEST_WORDS], under)
        return await _shown(request, await here(request), directive_id, requirement_id, wanted)

    @router.post("/board/{directive_id}/nudge/{requirement_id}")
    async def nudge(request: Request, directive_id: UUID, requirement_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        wanted = Wanted(form.get("state"), form.get("q")[:LONGEST_WORDS], form.get("under"))
        message = form.get("message")
        told = await _behind(visit, directive_id, requirement_id, wanted)
        body = told["asked"] | ({"message": message} if message else {})
        try:
            if not told["units"]:
                return go_to(f"/board/{directive_id}")
            path = f"/requirements/{requirement_id}/nudges"
            done = await services.ask("POST", "notify", path, token=visit.access_token, body=body)
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _shown(request, visit, directive_id, requirement_id, wanted, refused=refused, message=message)
        return go_to(f"/board/{directive_id}?nudged={len(done['units'])}")

    async def _behind(visit: Visit, directive_id: UUID, requirement_id: UUID, wanted: Wanted) -> dict[str, Any]:
        """Return who of a list is behind with one requirement, and what a nudge to them asks for."""
        token, state = visit.access_token, wanted.state
        directive, owed, (_, among) = await asyncio.gather(
            services.find("directives", f"/directives/{directive_id}", token=token),
            services.find("directives", f"/directives/{directive_id}/obligations", token=token),
            below(names, visit, wanted.under),
        )
        order = [each["requirement_id"] for each in directive["requirements"]] if directive else []
        if directive is None or owed is None or str(requirement_id) not in order:
            raise NoSuchPage("Không có văn bản này.", "There is no such directive.")
        lines = tracking.lines(directive, owed["obligations"], datetime.now(VIETNAM))
        column = order.index(str(requirement_id))
        listed = tracking.chosen(lines, state=state, words=wanted.words, among=among)
        units = tracking.behind(listed, column, state)
        states = (
            ["returned"] if state == "returned" else ["none"] if state in ("none", "late") else ["none", "returned"]
        )
        return {
            "directive": directive,
            "requirement": directive["requirements"][column],
            "units": units,
            "asked": {"states": states, "unit_ids": [line.unit_id for line in units]},
        }

    async def _shown(
        request: Request,
        visit: Visit,
        directive_id: UUID,
        requirement_id: UUID,
        wanted: Wanted,
        *,
        refused: Refused | None = None,
        message: str = "",
    ) -> Response:
        told = await _behind(visit, directive_id, requirement_id, wanted)
        preview = None
        if told["units"]:
            path = f"/requirements/{requirement_id}/nudges/preview"
            preview = await services.ask("POST", "notify", path, token=visit.access_token, body=told["asked"])
        unread, _ = await asyncio.gather(unread_letters(house, visit), names.introduce(visit))
        return await house.page(
            request,
            "nudge.html",
            visit=visit,
            directive=told["directive"],
            requirement=told["requirement"],
            preview=preview,
            called={line.unit_id: line.name for line in told["units"]},
            wanted=wanted,
            message=message,
            refused=refused,
            moment=writing.moment,
            unread=unread,
            status=422 if refused else 200,
        )

    return router
