"""What the script of a form saves while somebody types: passed on to the unit's draft, field by field."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from chassis.http import problem_answer
from chassis.problems import Malformed, NotSignedIn
from portal import drafting
from portal.doorkeeping import door_of, read_script
from portal.pages.owed import gather_owed
from portal.people import Names
from portal.problems import Refused
from portal.rendering import House


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
            saved = await services.ask(
                "PATCH",
                "submissions",
                f"/obligations/{obligation_id}/draft",
                token=visit.access_token,
                body={"fields": fields},
                headers={"If-Match": f'"{seen}"'},
            )
        except Refused as refused:
            if refused.problem_code != "draft-conflict":
                return JSONResponse(refused.told, refused.answered, media_type="application/problem+json")
            theirs = {each["field"]: {"content": each["theirs"]} for each in refused.told["conflicts"]}
            named = [{"name": name, "theirs": text} for name, text in drafting.by_name(theirs).items()]
            return JSONResponse({"version": refused.told["version"], "conflicts": named}, 412)
        answer = {"version": saved["version"], "fields": drafting.by_name(saved["fields"]), "unread": unread}
        return JSONResponse(answer)

    return router
