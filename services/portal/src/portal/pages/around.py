"""What happens around an answer: files that follow, a talk, a correction, more time, an obstacle, a step back."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import writing
from portal.doorkeeping import Form, read_form
from portal.pages.sending import key_of
from portal.pages.signing_in import here
from portal.problems import NoSuchPage
from portal.rendering import House, go_to
from portal.sessions import Visit


def open_around(house: House) -> APIRouter:
    """Return the addresses of what is done around an answer."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.post("/owed/{obligation_id}/files")
    async def follow(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        media_ids = list(dict.fromkeys(each for each in form.all("media") if _is_id(each)))
        body = {"number": _number(form), "media_ids": media_ids}
        path = f"{await _submission(visit, obligation_id)}/media"
        await _ask(visit, "POST", "submissions", path, body, {"Idempotency-Key": key_of(form)})
        return go_to(f"/owed/{obligation_id}?sent=1")

    @router.post("/owed/{obligation_id}/withdraw")
    async def withdraw(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        path = f"{await _submission(visit, obligation_id)}/withdraw"
        await _ask(visit, "POST", "submissions", path, {"number": _number(form)})
        return go_to(f"/owed/{obligation_id}")

    @router.post("/owed/{obligation_id}/correction")
    async def ask_to_correct(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        path = f"{await _submission(visit, obligation_id)}/corrections"
        await _ask(visit, "POST", "submissions", path, {"reason": form.get("reason")})
        return go_to(f"/owed/{obligation_id}?asked=correction")

    @router.post("/owed/{obligation_id}/comment")
    async def comment(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        comment_id = form.get("key")
        if not _is_id(comment_id):
            raise NoSuchPage("Biểu mẫu này đã cũ.", "This form is out of date.")
        path = f"{await _submission(visit, obligation_id)}/comments/{UUID(comment_id)}"
        # The id is the page's own: sent twice, it is one comment.
        await _ask(visit, "PUT", "submissions", path, {"words": form.get("words")})
        back = "review" if form.get("from") == "review" else "owed"
        return go_to(f"/{back}/{obligation_id}#talk")

    @router.post("/owed/{obligation_id}/extension")
    async def ask_for_time(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        body = {"due_at": end_of_day(form.get("until")), "reason": form.get("reason")}
        await _ask(visit, "POST", "directives", f"/obligations/{obligation_id}/extensions", body)
        return go_to(f"/owed/{obligation_id}?asked=extension")

    @router.post("/owed/{obligation_id}/obstacle")
    async def tell_obstacle(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        body = {"obstacle": form.get("obstacle")}
        await _ask(visit, "POST", "directives", f"/obligations/{obligation_id}/obstacles", body)
        return go_to(f"/owed/{obligation_id}?asked=obstacle")

    @router.post("/owed/{obligation_id}/send-back")
    async def send_back(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        version = writing.read_number(form.get("draft")) or 0
        path = f"/obligations/{obligation_id}/draft/send-back"
        body = {"reason": form.get("reason")}
        await _ask(visit, "POST", "submissions", path, body, {"If-Match": f'"{version}"'})
        return go_to(f"/owed/{obligation_id}")

    async def _submission(visit: Visit, obligation_id: UUID) -> str:
        path = f"/obligations/{obligation_id}/submission"
        found = await services.find("submissions", path, token=visit.access_token)
        if found is None:
            raise NoSuchPage("Chưa có bản nộp.", "Nothing was sent yet.")
        return f"/submissions/{found['submission_id']}"

    async def _ask(
        visit: Visit, method: str, service: str, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        await services.ask(method, service, path, token=visit.access_token, body=body, headers=headers)

    return router


def end_of_day(day: str) -> str:
    """Return the instant at which a day is over in Viet Nam, as services take it; what is no day they refuse."""
    try:
        begins = datetime.combine(datetime.strptime(day, "%Y-%m-%d").date(), time(0), VIETNAM)  # noqa: DTZ007  a day
        return (begins + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day


def _number(form: Form) -> int:
    """Return which version was looked at; one that is no number is none."""
    return writing.read_number(form.get("number")) or 0


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
