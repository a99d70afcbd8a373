"""Small decisions: a correction is granted or refused, a letter taken or not, children in a file are declared."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import writing
from portal.doorkeeping import Form, read_form
from portal.pages.around import end_of_day
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

SCOPES = ("internal_review", "workshop", "public")


def open_deciding(house: House, names: Names) -> APIRouter:
    """Return the addresses of these decisions, and the page on which children are declared."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.post("/review/{obligation_id}/corrections/{correction_id}/{outcome}")
    async def decide(request: Request, obligation_id: UUID, correction_id: UUID, outcome: str) -> Response:
        form, visit = await read_form(request), await here(request)
        bodies = {"grant": {"until": end_of_day(form.get("until"))}, "refuse": {"reason": form.get("reason")}}
        body = _known(bodies, outcome)
        path = f"/corrections/{correction_id}/{outcome}"
        await services.ask("POST", "submissions", path, token=visit.access_token, body=body)
        return go_to("/review" if form.get("from") == "queue" else f"/review/{obligation_id}#corrections")

    @router.post("/directives/{directive_id}/deliveries/{unit_id}/{outcome}")
    async def receive(request: Request, directive_id: UUID, unit_id: str, outcome: str) -> Response:
        form, visit = await read_form(request), await here(request)
        body = _known({"acknowledge": None, "refuse": {"reason": form.get("reason")}}, outcome)
        path = f"/directives/{directive_id}/deliveries/{quote(unit_id, safe='')}/{outcome}"
        await services.ask("POST", "directives", path, token=visit.access_token, body=body)
        return go_to(f"/directives/{directive_id}#deliveries")

    @router.get("/owed/{obligation_id}/children")
    async def children(request: Request, obligation_id: UUID) -> Response:
        return await _children(request, await here(request), obligation_id)

    @router.post("/owed/{obligation_id}/children/{media_id}")
    async def declare(request: Request, obligation_id: UUID, media_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        path = f"/media/{media_id}/declaration"
        try:
            await services.ask("PUT", "submissions", path, token=visit.access_token, body=declared(form))
        except Refused as refused:
            if refused.answered != 422:
                raise
            return await _children(request, visit, obligation_id, media_id=str(media_id), form=form, refused=refused)
        return go_to(f"/owed/{obligation_id}/children#{media_id}")

    async def _children(
        request: Request,
        visit: Visit,
        obligation_id: UUID,
        *,
        media_id: str = "",
        form: Form | None = None,
        refused: Refused | None = None,
    ) -> Response:
        told, unread, _ = await asyncio.gather(
            services.find("submissions", f"/obligations/{obligation_id}/media", token=visit.access_token),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        if told is None:
            raise NoSuchPage("Không có việc này.", "There is nothing like this to do.")
        typed = {media_id: declared(form)} if form else {}
        files = [each for each in told["files"] if each["state"] in ("received", "inspecting", "ready")]
        return await house.page(
            request,
            "children.html",
            visit=visit,
            obligation_id=obligation_id,
            files=[(each, typed.get(each["media_id"]) or each["declaration"]) for each in files],
            scopes=SCOPES,
            refused_file=media_id,
            refused=refused,
            today=datetime.now(VIETNAM).date().isoformat(),
            moment=writing.moment,
            unread=unread,
            status=422 if refused else 200,
        )

    return router


def _known(bodies: Mapping[str, dict[str, str] | None], outcome: str) -> dict[str, str] | None:
    if outcome not in bodies:
        raise NoSuchPage("Không có thao tác này.", "There is no such step.")
    return bodies[outcome]


def declared(form: Form) -> dict[str, Any]:
    """Return what a form declares of the children in a file, as the service takes it."""
    is_seen = form.get("seen") == "yes"
    return {
        "is_pupil_identifiable": is_seen,
        "scope": form.get("scope"),
        "has_consent_of_pupils": is_seen and form.get("pupils") == "yes",
        "has_consent_of_representatives": is_seen and form.get("representatives") == "yes",
        "obtained_on": form.get("obtained_on") or None,
        "evidence": form.get("evidence") or None,
    }
