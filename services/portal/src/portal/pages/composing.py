"""Writing a directive: bring a letter, check what was read beside it, choose who is asked, see it as a draft."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from chassis.clock import VIETNAM
from chassis.problems import Malformed, NotAllowed, Problem
from portal import choosing, composing, finding, reading, redrafting
from portal.asking import Services
from portal.choosing import Choice, Choices
from portal.composing import Carried, Sheet
from portal.doorkeeping import read_file, read_form, read_script
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

LONGEST = 100
OFFERED = 6
"""So many units a name may mean are shown beside it."""
AT_ONCE = 20
"""So many audiences are asked about for one page, all at once: as many as a directive has requirements."""


def open_composing(house: House, names: Names) -> APIRouter:
    """Return the pages of those who write directives."""
    router = APIRouter(prefix="/drafts", include_in_schema=False)
    services, choices = house.services, Choices()
    _open_previews(router, house, names, choices)

    @router.get("/new")
    async def begin(request: Request) -> Response:
        return await _begin(house, names, request, await _writer(request))

    @router.get("/blank")
    async def write(request: Request) -> Response:
        visit = await _writer(request)
        return await _shown(request, visit, composing.blank(), None)

    @router.get("/{directive_id:uuid}")
    async def change(request: Request, directive_id: UUID) -> Response:
        visit = await _writer(request)
        found = await services.find("directives", f"/directives/{directive_id}", token=visit.access_token)
        if found is None or found["state"] not in redrafting.EDITABLE:
            raise NoSuchPage("Không có dự thảo này, hoặc không sửa được nữa.", "There is no such draft to change.")
        return await _shown(request, visit, redrafting.carried_of_draft(found), None, draft=found)

    @router.post("/new")
    async def bring(request: Request) -> Response:
        visit = await _writer(request)  # before anything large is taken from anybody
        file = await read_file(request, "document")
        if file is None:
            problem = Malformed("Hãy chọn tệp văn bản.", "Choose the file of the letter.")
            return await _begin(house, names, request, visit, problem)
        name, content = file
        token = visit.access_token
        try:
            proposal, suggestion = await asyncio.gather(
                services.bring("directives", "/document-proposals", token=token, name=name, content=content),
                services.bring("directives", "/document-suggestions", token=token, name=name, content=content),
            )
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _begin(house, names, request, visit, problem=refused)
        carried = composing.carried_of(proposal, suggestion, reading.marks_of(proposal))
        return await _shown(request, visit, carried, None, draft=suggestion["draft"])

    @router.post("")
    async def save(request: Request) -> Response:
        form, visit = await read_form(request), await _writer(request)
        carried, units = composing.carried_in(form), choices.among(await names.everywhere(visit))
        if form.get("action") == "more":
            carried = composing.with_one_more(carried)
        sheet = composing.sheet_of(form, carried, units)
        if form.get("action") != "save":
            return await _shown(request, visit, carried, sheet)
        body = composing.draft_of(sheet, carried)
        try:
            made = await _saved(services, visit, carried, body)
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _shown(request, visit, carried, sheet, refused=refused)
        return go_to(f"/directives/{made['directive_id']}")

    async def _shown(
        request: Request,
        visit: Visit,
        carried: Carried,
        sheet: Sheet | None,
        *,
        draft: Mapping[str, Any] | None = None,
        refused: Refused | None = None,
    ) -> Response:
        token = visit.access_token
        issuers = [unit for unit in visit.units_as("desk_officer") if unit != "*"]
        if sheet is None:
            today = datetime.now(VIETNAM).date()
            issuer = issuers[0] if issuers else ""
            sheet = composing.first_sheet(carried, draft or {}, issuer=issuer, today=today)
        if carried.draft:
            issuers = [str(sheet.said["issuer_unit_id"])]  # the issuer of a draft does not change
        as_of = str(sheet.said["as_of"])
        types, unit_types, units, called, previews, unread, _ = await asyncio.gather(
            services.get("directives", "/document-types", token=token),
            services.get("directory", "/unit-types", token=token),
            names.everywhere(visit),
            names.of_units(issuers, visit, whole=True),
            asyncio.gather(*(_preview(services, visit, each.said, as_of) for each in sheet.requirements[:AT_ONCE])),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        return await house.page(
            request,
            "compose.html",
            visit=visit,
            carried=carried,
            packed=composing.to_json(carried),
            pieces=reading.pieces(carried.text, carried.marks),
            numbers=reading.numbers,
            sheet=sheet,
            previews=previews,
            document_types=types["types"],
            unit_types=unit_types["unit_types"],
            issuers=issuers,
            names=called,
            choices=composing,
            pickers=_pickers(sheet, choices.among(units)),
            divisions=choosing.divisions(units, issuers),
            refused=refused,
            unread=unread,
            status=422 if refused else 200,
        )

    return router


def _pickers(sheet: Sheet, choices: Sequence[Choice]) -> list[dict[str, list[tuple[str, list[Choice]]]]]:
    """Return, for each requirement, what was named in its two fields: with the unit it is, or those it may mean."""
    known = {each.unit_id: each for each in choices}
    return [
        {
            name: [
                (part, [known[part]] if part in known else choosing.found(choices, part, most=OFFERED))
                for part in choosing.named(asked.said[name])
            ]
            for name in ("include", "exclude")
        }
        for asked in sheet.requirements
    ]


async def _begin(
    house: House, names: Names, request: Request, visit: Visit, problem: Problem | None = None
) -> Response:
    unread, _ = await asyncio.gather(unread_letters(house, visit), names.introduce(visit))
    status = 200 if problem is None else problem.answered if isinstance(problem, Refused) else problem.status
    return await house.page(request, "compose_begin.html", visit=visit, problem=problem, unread=unread, status=status)


async def _saved(services: Services, visit: Visit, carried: Carried, body: dict[str, Any]) -> dict[str, Any]:
    if carried.draft is None:
        method, path = "POST", "/directives"
    else:
        method, path = "PUT", f"/directives/{carried.draft.directive_id}"
    made: dict[str, Any] = await services.ask(method, "directives", path, token=visit.access_token, body=body)
    return made


def _open_previews(router: APIRouter, house: House, names: Names, choices: Choices) -> None:
    @router.get("/units")
    async def offer(request: Request, q: str = "") -> Response:
        visit = await _writer(request)
        units = await names.everywhere(visit)
        near = choosing.found(choices.among(units), finding.line(q)[:LONGEST])
        return JSONResponse(
            {"units": [{"unit_id": each.unit_id, "name": each.name, "what": each.what} for each in near]}
        )

    @router.post("/audience")
    async def look(request: Request) -> Response:
        told = await read_script(request)
        visit = await _writer(request)
        said = {
            "selector": told.get("selector"),
            "audience": {"unit_types": _texts(told.get("unit_types"))},
            "include": str(told.get("include", "")),
            "exclude": str(told.get("exclude", "")),
        }
        preview = await _preview(house.services, visit, said, str(told.get("as_of", "")))
        return await house.page(request, "audience.html", preview=preview)


async def _preview(
    services: Services, visit: Visit, said: Mapping[str, Any], as_of: str
) -> dict[str, Any] | Problem | None:
    """Return whom a choice of units reaches; what is wrong with it; null where nothing was chosen."""
    audience = composing.audience_of(said)
    # A name that means no unit yet is asked about beside its field.
    audience |= {name: list(filter(choosing.is_id, audience.get(name, ()))) for name in ("include", "exclude")
                 if name in audience}  # fmt: skip
    if not (audience.get("selector") or audience.get("unit_types") or audience.get("include")):
        return None
    try:
        told: dict[str, Any] = await services.ask(
            "POST",
            "directives",
            "/audience-previews",
            token=visit.access_token,
            body={"audience": audience, "as_of": as_of},
        )
    except Problem as problem:  # shown in its place; what was typed is not lost by it
        return problem
    return told


async def _writer(request: Request) -> Visit:
    visit = await here(request)
    if not visit.has_role("desk_officer"):
        raise NotAllowed("Chỉ chuyên viên được soạn văn bản.", "Directives are written by desk officers.")
    return visit


def _texts(told: object) -> list[str]:
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []
