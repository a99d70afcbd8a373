"""One directive as it was sent out: the letter, what it asks for, what of it the reader's units owe."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import owing, writing
from portal.doorkeeping import Form, read_form
from portal.pages.cascading import issuer_of
from portal.pages.owed import unread_letters
from portal.pages.papers import TYPES
from portal.pages.signing_in import here
from portal.people import PROVINCE, Names
from portal.problems import NoSuchPage
from portal.rendering import House, go_to
from portal.sessions import Visit


def open_directives(house: House, names: Names) -> APIRouter:
    """Return the pages of directives."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/directives/{directive_id}")
    async def directive(request: Request, directive_id: UUID) -> Response:
        visit = await here(request)
        token = visit.access_token
        path = f"/directives/{directive_id}"
        (found, asked, drawn), owed, sent, unread, _ = await asyncio.gather(
            asyncio.gather(
                *(
                    services.find("directives", each, token=token)
                    for each in (path, f"{path}/questions", f"{path}/paper")
                )
            ),
            _owed(visit, path),
            _deliveries(directive_id, visit),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        if found is None or drawn is None:
            raise NoSuchPage("Không có văn bản này.", "There is no such directive.")
        mine = set(visit.answers_for)
        units = [each["answering_unit_id"] for each in owed]
        return await house.page(
            request,
            "directive.html",
            visit=visit,
            directive=found,
            drawn=drawn,
            mine=[each for each in owed if each["answering_unit_id"] in mine],
            titles={each["requirement_id"]: each["title"] for each in found["requirements"]},
            names=await names.of_units(
                {found["issuer_unit_id"], *(each["unit_id"] for each in sent)}, visit, whole=True
            ),
            deliveries=sent,
            moment=writing.moment,
            state_of=owing.state_of,
            now=datetime.now(VIETNAM),
            look=owing.LOOK,
            questions=(asked or {"questions": []})["questions"],
            passes_on=found["issued_on"] and issuer_of(owed, visit),
            asks_for=next((unit for unit in units if unit in mine), ""),
            steps=_steps(found, visit),
            overdue_count=overdue_count(found, datetime.now(VIETNAM)),
            unread=unread,
        )

    async def _owed(visit: Visit, path: str) -> list[dict[str, Any]]:
        """Return what the reader's own units owe; of all others a letter does not speak, and they are many."""
        units = sorted({*visit.answers_for, *visit.units_as("desk_officer")} - {PROVINCE})
        if not units:
            return []
        asked = "&".join(f"answered_by={quote(unit, safe='')}" for unit in units)
        told = await services.find("directives", f"{path}/obligations?{asked}", token=visit.access_token)
        return list(told["obligations"]) if told else []

    @router.get("/directives/{directive_id}/paper")
    async def paper(request: Request, directive_id: UUID, form: Literal["pdf", "docx"] = "pdf") -> Response:
        visit = await here(request)
        path = f"/directives/{directive_id}/paper/{form}"
        content = await services.fetch("directives", path, token=visit.access_token)
        # Shown by nobody's browser as a page of ours: it may be a file somebody signed elsewhere.
        named = {"Content-Disposition": f'attachment; filename="{directive_id}.{form}"'}
        return Response(content, media_type=TYPES[form], headers=named)

    @router.post("/directives/{directive_id}/submit")
    @router.post("/directives/{directive_id}/sign")
    @router.post("/directives/{directive_id}/number")
    @router.post("/directives/{directive_id}/issue")
    async def take_step(request: Request, directive_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        step = request.url.path.rpartition("/")[2]
        bodies: dict[str, Any] = {
            "submit": {"revision": writing.read_number(form.get("revision")) or 0},
            "sign": {"revision": writing.read_number(form.get("revision")) or 0},
            "number": {"notation": form.get("notation")} if form.get("notation") else {},
            "issue": issue_of(form, datetime.now(VIETNAM)),
        }
        await services.ask(
            "POST", "directives", f"/directives/{directive_id}/{step}", token=visit.access_token, body=bodies[step]
        )
        return go_to(f"/directives/{directive_id}")

    async def _deliveries(directive_id: UUID, visit: Visit) -> list[dict[str, Any]]:
        """Return where the letter lies for the units the reader answers for; whose desk sent it sees the board."""
        if not visit.answers_for:
            return []
        path = f"/directives/{directive_id}/deliveries"
        told = await services.find("directives", path, token=visit.access_token)
        return [each for each in (told or {"deliveries": []})["deliveries"] if each["unit_id"] in visit.answers_for]

    return router


def issue_of(form: Form, now: datetime) -> dict[str, Any]:
    """Return what is asked of the service when somebody issues a directive."""
    return {
        "issued_on": form.get("issued_on") or now.date().isoformat(),
        "although_overdue": form.get("although_overdue") == "yes",
    }


def overdue_count(directive: Mapping[str, Any], now: datetime) -> int:
    """Return how many of its requirements would be overdue already, were it issued now; the service decides."""
    return sum(writing.moment(each["due_at"]) <= now for each in directive["requirements"] if not each["same_as"])


def _steps(directive: Mapping[str, Any], visit: Visit) -> list[str]:
    """Return the steps to offer now; whether one may be taken, the service says."""
    at_issuer = {role for unit, role in visit.posts if unit in (directive["issuer_unit_id"], "*")}
    state = directive["state"]
    if "desk_officer" in at_issuer and state in ("draft", "returned"):
        return ["submit"]
    if "leader" in at_issuer and state in ("draft", "submitted", "numbered") and directive["signed"] is None:
        return ["sign"]
    if "clerk" in at_issuer and state == "signed" and directive["number"] is None:
        return ["number"]
    if "clerk" in at_issuer and state in ("signed", "numbered") and directive["signed"] and directive["number"]:
        return ["issue"]
    return []
