"""What waits for review, and one answer under review."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from chassis.wording import folded
from portal import answering, drafting, filling, owing, writing
from portal.asking import Services
from portal.doorkeeping import Form, read_form
from portal.pages.board import written_by
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to, language_of
from portal.sessions import Visit

LOOKED_INTO = 12
"""The queue looks into so many directives at once, those with something to review, newest first."""


def open_reviewing(house: House, names: Names) -> APIRouter:
    """Return the pages of those who review."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/review")
    async def queue(request: Request) -> Response:
        visit = await here(request)
        (waiting, directives), wishes, unread, _ = await asyncio.gather(
            _waiting(services, visit),
            services.find("submissions", "/corrections", token=visit.access_token),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        corrections = wishes["corrections"] if wishes else []
        called = await names.of_units({each["unit_id"] for each in corrections}, visit, whole=True)
        return await house.page(
            request,
            "queue.html",
            visit=visit,
            waiting=waiting,
            corrections=[(each, directives.get(each["directive_id"])) for each in corrections],
            names=called,
            today=datetime.now(VIETNAM).date().isoformat(),
            moment=writing.moment,
            look=owing.LOOK,
            unread=unread,
        )

    @router.get("/review/{obligation_id}")
    async def review(request: Request, obligation_id: UUID) -> Response:
        return await _review(request, await here(request), obligation_id)

    @router.get("/review/{obligation_id}/{way}")
    async def step(request: Request, obligation_id: UUID, way: Literal["next", "previous"]) -> Response:
        visit = await here(request)
        waiting, _ = await _waiting(services, visit)
        found = beside(waiting, str(obligation_id), 1 if way == "next" else -1)
        return go_to(f"/review/{found}" if found else "/review")

    @router.post("/review/{obligation_id}/accept")
    async def accept(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        try:
            body = {"number": _number(form)}
            await services.ask("POST", "submissions", f"{await _submission(services, visit, obligation_id)}/accept",
                               token=visit.access_token, body=body)  # fmt: skip
        except Refused as refused:
            return await _review(request, visit, obligation_id, refused=refused)
        return await _next(services, visit, obligation_id)

    @router.post("/review/{obligation_id}/return")
    async def send_back(request: Request, obligation_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        reason = form.get("reason")
        try:
            body = {"number": _number(form), "reason": reason, "fields": reasons_by_field(form)}
            await services.ask("POST", "submissions", f"{await _submission(services, visit, obligation_id)}/return",
                               token=visit.access_token, body=body)  # fmt: skip
        except Refused as refused:
            return await _review(request, visit, obligation_id, refused=refused, reason=reason)
        return await _next(services, visit, obligation_id)

    @router.get("/media/{media_id}")
    async def film(request: Request, media_id: UUID) -> Response:
        visit = await here(request)
        link = await services.get("submissions", f"/media/{media_id}/link", token=visit.access_token)
        return go_to(link["url"])

    async def _review(
        request: Request, visit: Visit, obligation_id: UUID, *, refused: Refused | None = None, reason: str = ""
    ) -> Response:
        token, words = visit.access_token, language_of(request)
        submission, _ = await asyncio.gather(
            services.find("submissions", f"/obligations/{obligation_id}/submission", token=token),
            names.introduce(visit),
        )
        if submission is None:
            raise NoSuchPage("Chưa có bản nộp.", "Nothing was sent yet.")
        newest, *older = reversed(submission["versions"])
        behind = {part["unit_id"] for each in newest["consolidates"] for part in each["parts"]}
        directive, talk, wishes, pictures, called = await asyncio.gather(
            services.get("directives", f"/directives/{submission['directive_id']}", token=token),
            services.find("submissions", f"/submissions/{submission['submission_id']}/comments", token=token),
            services.find("submissions", f"/submissions/{submission['submission_id']}/corrections", token=token),
            _pictures(services, visit, obligation_id, newest),
            names.of_units({submission["unit_id"], submission["answering_unit_id"], *behind}, visit, whole=True),
        )
        requirement = next(
            each for each in directive["requirements"] if each["requirement_id"] == submission["requirement_id"]
        )
        before = filling.filled_by_version(older[0]) if older else None
        stated = {(each["period"], each.get("level")) for each in newest["values"]}
        levels = [level for _, level in sorted(stated, key=str) if level]
        asked = answering.of_unit(requirement, period=None, levels=list(dict.fromkeys(levels)))
        return await house.page(
            request,
            "review.html",
            visit=visit,
            submission=submission,
            directive=directive,
            requirement=requirement,
            names=called,
            newest=newest,
            versions=submission["versions"],
            sheet=answering.sheet(asked, filling.filled_by_version(newest), words),
            before=before,
            pictures=pictures,
            figures_by_code={each["code"]: each for each in requirement["indicators"]},
            comments=(talk or {"comments": []})["comments"],
            corrections=(wishes or {"corrections": []})["corrections"],
            today=datetime.now(VIETNAM).date().isoformat(),
            may_decide=visit.has_role("desk_officer"),
            key=str(uuid4()),
            refused=refused,
            reason=reason,
            moment=writing.moment,
            due_at=writing.moment(submission["due_at"]),
            look=owing.LOOK,
            may_review=visit.has_role("desk_officer") and submission["state"] == "submitted",
            status=422 if refused else 200,
        )

    return router


def reasons_by_field(form: Form) -> list[dict[str, str]]:
    """Return why single fields have to be corrected, as the service takes it; those without words are all right."""
    said = {drafting.field_of(name): text.strip() for name, text in form.under("r:").items()}
    return [{"field": field, "reason": text} for field, text in said.items() if field and text]


def beside(waiting: Sequence[Mapping[str, Any]], obligation_id: str, step: int) -> str | None:
    """Return what waits before or after one answer, the first for one that waits no more; null: there is nothing."""
    ids = [str(each["obligation_id"]) for each in waiting]
    place = ids.index(obligation_id) + step if obligation_id in ids else 0
    return ids[place] if 0 <= place < len(ids) else None


async def _pictures(services: Services, visit: Visit, obligation_id: UUID, version: dict[str, Any]) -> dict[str, str]:
    """Return where to look at a small picture of each file of a version that has one."""
    if not version["media"]:
        return {}
    found = await services.find("submissions", f"/obligations/{obligation_id}/thumbnails", token=visit.access_token)
    return {each["media_id"]: each["url"] for each in (found or {"thumbnails": []})["thumbnails"]}


async def _waiting(services: Services, visit: Visit) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return what lies with the reviewer, the longest due first, and the directives they write, by id."""
    directives = await written_by(services, visit)
    having = [each for each in directives if each["answers"]["submitted"]][:LOOKED_INTO]
    told = await asyncio.gather(
        *(
            services.get(
                "directives",
                f"/directives/{each['directive_id']}/obligations",
                token=visit.access_token,
                answer_state="submitted",
            )
            for each in having
        )
    )
    found = [
        {**owed, "code": directive["code"], "subject": directive["subject"]}
        for directive, obligations in zip(having, told, strict=True)
        for owed in obligations["obligations"]
        if owed["answer_state"] == "submitted" and owed["state"] == "open"
    ]
    waiting = sorted(found, key=lambda each: (each["due_at"], folded(each["name"])))
    return waiting, {each["directive_id"]: each for each in directives}


async def _submission(services: Services, visit: Visit, obligation_id: UUID) -> str:
    path = f"/obligations/{obligation_id}/submission"
    found = await services.find("submissions", path, token=visit.access_token)
    if found is None:
        raise NoSuchPage("Chưa có bản nộp.", "Nothing was sent yet.")
    return f"/submissions/{found['submission_id']}"


async def _next(services: Services, visit: Visit, done: UUID) -> Response:
    # What was just decided may still be told as waiting for a moment.
    told, _ = await _waiting(services, visit)
    waiting = [each for each in told if each["obligation_id"] != str(done)]
    return go_to(f"/review/{waiting[0]['obligation_id']}" if waiting else "/review")


def _number(form: Form) -> int:
    """Return which version was looked at; one that is no number is none."""
    return writing.read_number(form.get("number")) or 0
