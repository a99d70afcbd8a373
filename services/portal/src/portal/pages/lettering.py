"""How letters are worded: the province's templates, tried on an example before they are kept."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import writing
from portal.asking import Json
from portal.doorkeeping import Form, read_form
from portal.pages.administering import administrator
from portal.pages.owed import unread_letters
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

TEXTS = ("subject_vi", "body_vi", "subject_en", "body_en", "sms", "zns")
"""What a letter is made of; a text that is left empty is in our own words."""
KINDS = (
    "obligation_opened", "obligation_transferred", "obligation_extended", "obligation_exempted", "obligation_reopened",
    "obligation_recalled", "obligation_activated", "obligation_suspended", "obligation_assigned", "directive_received",
    "directive_replaced", "directive_amended", "directive_recalled", "delivery_refused", "submission_submitted",
    "submission_returned", "submission_accepted", "submission_withdrawn", "submission_carried", "draft_handed_up",
    "draft_approved", "draft_sent_back", "correction_asked", "correction_granted", "correction_refused",
    "comment_by_unit", "comment_by_desk", "media_rejected", "media_withdrawn", "media_hidden", "extension_asked",
    "extension_refused", "question_asked", "question_answered", "edition_published", "subscription_unreached",
    "subscription_stopped", "messages_parked",
)  # fmt: skip
"""The letters that have a template; reminders and nudges speak of many things at once and have none."""


def open_lettering(house: House, names: Names) -> APIRouter:
    """Return the pages of the words of letters, for administrators."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/letter-templates")
    async def templates(request: Request) -> Response:
        visit = await administrator(request)
        told, unread, _ = await asyncio.gather(
            services.get("notify", "/letter-templates", token=visit.access_token),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        return await house.page(
            request,
            "letter_templates.html",
            visit=visit,
            kinds=KINDS,
            kept={each["kind"]: each for each in told["templates"]},
            moment=writing.moment,
            unread=unread,
        )

    @router.get("/letter-templates/{kind}")
    async def template(request: Request, kind: str) -> Response:
        return await _shown(request, await administrator(request), _known(kind))

    @router.post("/letter-templates/{kind}")
    async def change(request: Request, kind: str) -> Response:
        form, visit = await read_form(request), await administrator(request)
        path, typed = f"/letter-templates/{_known(kind)}", texts_of(form)
        try:
            if form.get("do") == "keep":
                await services.ask("PUT", "notify", path, token=visit.access_token, body=typed)
                return go_to(f"/letter-templates/{kind}?kept=1")
            example = await services.ask("POST", "notify", f"{path}/preview", token=visit.access_token, body=typed)
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _shown(request, visit, kind, typed=typed, refused=refused)
        return await _shown(request, visit, kind, typed=typed, example=example)

    async def _shown(
        request: Request,
        visit: Visit,
        kind: str,
        *,
        typed: dict[str, str | None] | None = None,
        refused: Refused | None = None,
        example: Json = None,
    ) -> Response:
        path, token = f"/letter-templates/{kind}", visit.access_token
        told, unread, _ = await asyncio.gather(
            services.get("notify", path, token=token), unread_letters(house, visit), names.introduce(visit)
        )
        kept = told["templates"][0]["texts"] if told["templates"] else dict.fromkeys(TEXTS)
        if example is None and refused is None:
            example = await services.ask("POST", "notify", f"{path}/preview", token=token, body=kept)
        return await house.page(
            request,
            "letter_template.html",
            visit=visit,
            kind=kind,
            texts={name: (kept if typed is None else typed)[name] or "" for name in TEXTS},
            versions=told["templates"],
            placeholders=told["placeholders"],
            example=example,
            refused=refused,
            is_kept="kept" in request.query_params,
            moment=writing.moment,
            unread=unread,
            status=422 if refused else 200,
        )

    return router


def texts_of(form: Form) -> dict[str, str | None]:
    """Return what was typed, as the service takes it; what is empty is in our own words."""
    return {name: form.get(name).replace("\r\n", "\n") or None for name in TEXTS}


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise NoSuchPage("Không có loại thư này.", "There is no such kind of letter.")
    return kind
