"""A unit passes a directive on to those below it: a directive of its own, begun from the one above."""

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import passing_on, writing
from portal.doorkeeping import Form, read_form
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit


def open_cascading(house: House, names: Names) -> APIRouter:
    """Return the page on which a directive is passed on."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/directives/{directive_id}/pass-on")
    async def begin(request: Request, directive_id: UUID) -> Response:
        visit = await here(request)
        return await _shown(request, visit, await _gathered(visit, directive_id))

    @router.post("/directives/{directive_id}/pass-on")
    async def pass_on(request: Request, directive_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        told = await _gathered(visit, directive_id)
        chosen = form.all("requirement")
        units = [each["unit_id"] for each in told["below"] if each["unit_id"] in form.all("unit")]
        body = passing_on.draft(
            told["directive"],
            chosen,
            issuer=told["issuer"],
            units=units,
            last_day=_day(form.get("until"), told["proposed"]),
            addition=form.get("addition"),
        )
        try:
            drafted = await services.ask("POST", "directives", "/directives", token=visit.access_token, body=body)
        except Refused as refused:
            return await _shown(request, visit, told, form=form, refused=refused)
        return go_to(f"/directives/{drafted['directive_id']}")

    async def _gathered(visit: Visit, directive_id: UUID) -> dict[str, Any]:
        token, path = visit.access_token, f"/directives/{directive_id}"
        directive, owed, units, _ = await asyncio.gather(
            services.find("directives", path, token=token),
            services.find("directives", f"{path}/obligations", token=token),
            names.everywhere(visit),
            names.introduce(visit),
        )
        all_owed = owed["obligations"] if owed else []
        issuer = issuer_of(all_owed, visit)
        if directive is None or issuer is None:
            raise NoSuchPage("Không triển khai tiếp văn bản này được.", "This letter cannot be passed on.")
        mine = [each for each in all_owed if each["answering_unit_id"] == issuer]
        return {
            "directive": directive,
            "issuer": issuer,
            "below": [each for each in units if each["reporting_parent_id"] == issuer],
            "proposed": passing_on.proposed_day(
                [writing.moment(each["due_at"]) for each in mine], datetime.now(VIETNAM).date()
            ),
        }

    async def _shown(
        request: Request,
        visit: Visit,
        told: dict[str, Any],
        *,
        form: Form | None = None,
        refused: Refused | None = None,
    ) -> Response:
        return await house.page(
            request,
            "pass_on.html",
            visit=visit,
            **told,
            requirements=passing_on.passable(told["directive"]),
            chosen=form.all("requirement") if form else None,
            units=form.all("unit") if form else None,
            until=form.get("until") if form else told["proposed"].isoformat(),
            addition=form.get("addition") if form else "",
            refused=refused,
            unread=await unread_letters(house, visit),
            status=422 if refused else 200,
        )

    return router


def issuer_of(owed: list[dict[str, Any]], visit: Visit) -> str | None:
    """Return the unit that answers here for which the reader drafts; null: they pass nothing on."""
    mine = set(visit.units_as("desk_officer"))
    return next((each["answering_unit_id"] for each in owed if each["answering_unit_id"] in mine), None)


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
