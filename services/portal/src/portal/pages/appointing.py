"""People at a unit and what they may do there, for administrators."""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from chassis.policy import ROLES
from portal.doorkeeping import read_form
from portal.pages.administering import administrator
from portal.pages.owed import unread_letters
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit


def open_appointing(house: House, names: Names) -> APIRouter:
    """Return the pages of people and their posts."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/people")
    async def people(request: Request, unit: str = "") -> Response:
        return await _people(request, await administrator(request), unit)

    @router.post("/people/posts")
    async def give_post(request: Request) -> Response:
        form, visit = await read_form(request), await administrator(request)
        unit, until = form.get("unit"), form.get("valid_to")
        body = {"unit_id": unit, "role": form.get("role"), "valid_from": form.get("valid_from")}
        path = f"/people/{_id(form.get('person'))}/posts"
        try:
            await services.ask(
                "PUT", "directory", path, token=visit.access_token, body=body | ({"valid_to": until} if until else {})
            )
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _people(request, visit, unit, refused=refused)
        return go_to(f"/people?unit={quote(unit, safe='')}")

    @router.post("/people/{step}")
    async def change(request: Request, step: str) -> Response:
        form, visit = await read_form(request), await administrator(request)
        unit, path = form.get("unit"), f"/people/{_id(form.get('person'))}"
        if step not in ("disable", "enable", "one-time-password"):
            raise NoSuchPage("Không có thao tác này.", "There is no such step.")
        body = {"why": form.get("why")} if step == "disable" else None
        try:
            told = await services.ask("POST", "directory", f"{path}/{step}", token=visit.access_token, body=body)
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _people(request, visit, unit, refused=refused)
        if step == "one-time-password":
            # Shown on this page and nowhere else, once: it is kept by nobody.
            return await _people(request, visit, unit, password=told["one_time_password"])
        return go_to(f"/people?unit={quote(unit, safe='')}")

    async def _people(
        request: Request, visit: Visit, unit: str, *, refused: Refused | None = None, password: str = ""
    ) -> Response:
        token = visit.access_token
        told, units, unread, _ = await asyncio.gather(
            _found(services.find("directory", "/people", token=token, unit_id=unit) if unit else None),
            names.everywhere(visit),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        return await house.page(
            request,
            "people.html",
            visit=visit,
            unit=unit,
            units=units,
            found=told["people"] if told else [],
            roles=sorted(ROLES),
            today=datetime.now(VIETNAM).date().isoformat(),
            refused=refused,
            password=password,
            unread=unread,
            status=422 if refused else 200,
        )

    return router


async def _found(asked: Any) -> Any:
    return await asked if asked is not None else None


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise NoSuchPage("Không có người này.", "There is no such person.") from error
