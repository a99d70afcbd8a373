"""Questions and answers: asked at a letter, answered at a desk; and the requests for more time that wait there."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import writing
from portal.asking import Json
from portal.doorkeeping import Form, read_form
from portal.pages.around import end_of_day
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import PROVINCE, Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

DESK = "desk_officer"


def open_questions(house: House, names: Names) -> APIRouter:
    """Return the pages of questions."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/questions")
    async def waiting(request: Request) -> Response:
        return await _waiting(request, await here(request))

    @router.post("/directives/{directive_id}/questions")
    async def ask(request: Request, directive_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        body = {"unit_id": form.get("unit_id"), "question": form.get("question")}
        path = f"/directives/{directive_id}/questions"
        await services.ask("POST", "directives", path, token=visit.access_token, body=body)
        return go_to(f"/directives/{directive_id}#questions")

    @router.post("/questions/{question_id}/answer")
    async def answer(request: Request, question_id: UUID) -> Response:
        form = await read_form(request)
        body = {"answer": form.get("answer"), "is_shared": form.get("is_shared") == "yes"}
        return await _done(request, f"/questions/{question_id}/answer", body)

    @router.post("/extensions/{extension_id}/{decision}")
    async def decide(request: Request, extension_id: UUID, decision: str) -> Response:
        form = await read_form(request)
        if decision not in ("grant", "refuse"):
            raise NoSuchPage("Không có thao tác này.", "There is no such step.")
        return await _done(request, f"/extensions/{extension_id}/{decision}", decided(form, decision))

    async def _done(request: Request, path: str, body: dict[str, Any]) -> Response:
        visit = await here(request)
        try:
            await services.ask("POST", "directives", path, token=visit.access_token, body=body)
        except Refused as refused:
            return await _waiting(request, visit, refused=refused)
        return go_to("/questions")

    async def _waiting(request: Request, visit: Visit, *, refused: Refused | None = None) -> Response:
        units = [unit for unit in visit.units_as(DESK) if unit != PROVINCE]
        questions, extensions, unread, _ = await asyncio.gather(
            asyncio.gather(*(_at(visit, "/questions", owning_unit_id=unit) for unit in units)),
            asyncio.gather(*(_at(visit, "/extensions", issuer_unit_id=unit) for unit in units)),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        asked = _once("question_id", *(each["questions"] for each in questions if each))
        wished = _once("extension_id", *(each["extensions"] for each in extensions if each))
        # Whose it is, says the obligation somebody wants more time for.
        duties = await asyncio.gather(*(_at(visit, f"/obligations/{each['obligation_id']}") for each in wished))
        units_named = {each["unit_id"] for each in (*asked, *filter(None, duties))}
        return await house.page(
            request,
            "questions.html",
            visit=visit,
            questions=asked,
            extensions=[(wish, duty) for wish, duty in zip(wished, duties, strict=True) if duty is not None],
            names=await names.of_units(units_named, visit, whole=True),
            moment=writing.moment,
            last_day_of=lambda told: writing.last_day(writing.moment(told)).isoformat(),
            refused=refused,
            unread=unread,
            status=422 if refused else 200,
        )

    async def _at(visit: Visit, path: str, **query: str) -> Json:
        return await services.find("directives", path, token=visit.access_token, **query)

    return router


def decided(form: Form, decision: str) -> dict[str, Any]:
    """Return what a desk says to a request for more time, as the service takes it."""
    reason = {"reason": form.get("reason")} if form.get("reason") or decision == "refuse" else {}
    return reason | ({"due_at": end_of_day(form.get("until"))} if decision == "grant" else {})


def _once(key: str, *lists: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({each[key]: each for one in lists for each in one}.values())
