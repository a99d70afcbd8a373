"""What the script of a form saves while somebody types: passed on to the unit's draft, field by field."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from chassis.http import problem_answer
from chassis.problems import Malformed, NotSignedIn
from portal import drafting
from portal.arriving import once_arrived
from portal.asking import Json, Services
from portal.doorkeeping import door_of, read_script
from portal.pages.gathering import gather_owed
from portal.people import Names
from portal.problems import Refused
from portal.rendering import House
from portal.sessions import Visit


def open_saving(house: House, names: Names) -> APIRouter:
    """Return the address a form saves to."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.post("/owed/{obligation_id}/draft")
    async def save(request: Request, obligation_id: UUID) -> Response:
        sent = await read_script(request)
        if not isinstance(sent.get("fields"), dict) or type(sent.get("version")) is not int or sent["version"] < 0:
            raise Malformed("Cần «fields» và «version».", "`fields` and `version` are needed.")
        visit = await door_of(request).visit()
        if visit is None:
            return problem_answer(NotSignedIn("Hãy đăng nhập lại.", "Please sign in again."))
        told = await gather_owed(services, names, visit, obligation_id)
        typed = {name: text for name, text in sent["fields"].items() if isinstance(text, str)}
        fields, unread = drafting.changes(told["requirement"], typed)
        seen = sent["version"]
        if not fields:
            return JSONResponse({"version": seen, "fields": {}, "unread": unread})
        try:
            saved = await save_fields(services, visit, obligation_id, fields, seen, unread)
        except Refused as refused:
            if refused.problem_code != "draft-conflict":
                return JSONResponse(refused.told, refused.answered, media_type="application/problem+json")
            theirs = {each["field"]: {"content": each["theirs"]} for each in refused.told["conflicts"]}
            named = [{"name": name, "theirs": text} for name, text in drafting.by_name(theirs).items()]
            return JSONResponse({"version": refused.told["version"], "conflicts": named}, 412)
        answer = {"version": saved["version"], "fields": drafting.by_name(saved["fields"]), "unread": unread}
        return JSONResponse(answer)

    return router


async def save_fields(
    services: Services,
    visit: Visit,
    obligation_id: UUID,
    fields: dict[str, Any],
    seen: int,
    unread: list[str] | None = None,
) -> Json:
    """Save fields of the unit's draft; with `unread`, what cannot stand there yet is left out and named there."""

    async def ask(taken: dict[str, Any]) -> Json:
        return await once_arrived(
            services,
            visit,
            obligation_id,
            lambda: services.ask(
                "PATCH",
                "submissions",
                f"/obligations/{obligation_id}/draft",
                token=visit.access_token,
                body={"fields": taken},
                headers={"If-Match": f'"{seen}"'},
            ),
        )

    try:
        return await ask(fields)
    except Refused as refused:
        if unread is None or refused.problem_code != "fields-not-taken":
            raise
        unfit = {str(each.get("field")) for each in refused.told.get("errors", [])}
        taken = {name: content for name, content in fields.items() if name not in unfit}
        unread += [name for field in unfit if (name := drafting.name_of(field))]
        if not taken or len(taken) == len(fields):
            return {"version": seen, "fields": {}}
        return await ask(taken)
