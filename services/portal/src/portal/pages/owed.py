"""What a person's units owe, and one of these: read, answer, receipt."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from chassis.problems import Problem, Unavailable
from portal import answering, consolidating, drafting, kinds, owing, writing
from portal.doorkeeping import read_form
from portal.filling import Filled, filled_by_form, filled_by_version
from portal.pages.gathering import gather_owed
from portal.pages.sending import is_head, needs_approval, send
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import Refused
from portal.rendering import House, go_to, language_of
from portal.sessions import Visit


def open_owed(house: House, names: Names) -> APIRouter:
    """Return the pages of those who answer."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/owed")
    async def owed(request: Request) -> Response:
        visit, now = await here(request), _now()
        lists, _, unread = await asyncio.gather(
            asyncio.gather(
                *(
                    services.get("directives", "/obligations", token=visit.access_token, unit_id=unit)
                    for unit in visit.answers_for
                )
            ),
            names.introduce(visit),
            unread_letters(house, visit),
        )
        tasks = [owing.task(each, now) for told in lists for each in told["obligations"]]
        units = {each.unit_id for each in tasks}
        return await house.page(
            request,
            "owed.html",
            visit=visit,
            groups=owing.groups(tasks, now, language_of(request)),
            counts=owing.counts(tasks, now),
            names=await names.of_units(units, visit),
            look=owing.LOOK,
            issuers=await names.of_units({each.issuer_unit_id for each in tasks}, visit, whole=True),
            unread=unread,
            now=now,
        )

    @router.get("/owed/{obligation_id}")
    async def one(request: Request, obligation_id: UUID, change: str = "") -> Response:
        visit = await here(request)
        told, letters = await asyncio.gather(
            gather_owed(services, names, visit, obligation_id), unread_letters(house, visit)
        )
        return await _shown(request, visit, told, letters=letters, wants_change=bool(change))

    @router.post("/owed/{obligation_id}")
    async def answer(request: Request, obligation_id: UUID) -> Response:
        form = await read_form(request)
        visit = await here(request)
        told = await gather_owed(services, names, visit, obligation_id)
        filled = filled_by_form(form)
        body, unread = answering.answer(told["requirement"], filled, language_of(request))
        if unread:
            return await _shown(request, visit, told, filled=filled, unread=unread)
        try:
            done = await send(services, visit, obligation_id, told, body, form)
        except Refused as refused:
            return await _shown(request, visit, told, filled=filled, refused=refused, sent=body)
        except Unavailable as away:
            # Should it have been taken all the same: sent again under the same key, it is one answer.
            return await _shown(request, visit, told, filled=filled, away=away, key=form.get("key"))
        return go_to(f"/owed/{obligation_id}?{done}=1")

    async def _shown(
        request: Request,
        visit: Visit,
        told: dict[str, Any],
        *,
        letters: int | None = None,
        filled: Filled | None = None,
        unread: dict[str, str] | None = None,
        refused: Refused | None = None,
        sent: dict[str, Any] | None = None,
        away: Unavailable | None = None,
        key: str = "",
        wants_change: bool = False,
    ) -> Response:
        words, now, obligation = language_of(request), _now(), told["obligation"]
        versions = told["submission"]["versions"] if told["submission"] else []
        newest = versions[-1] if versions else None
        state = owing.state_of(obligation, now)
        if told["submission"] and obligation["state"] == "open":
            state = told["submission"]["state"]  # the other service hears of it a moment later
        sent_at = writing.moment(newest["submitted_at"]) if newest else None
        stated = filled_by_version(newest)
        kept = drafting.filled_by_draft(told["draft"], stated, sent_at=sent_at)
        if newest is None:
            kept = consolidating.begun(kept, told["gathered"], told["requirement"])
        closes_at = writing.moment(obligation["closes_at"]) if obligation["closes_at"] else None
        takes = owing.takes_answers(obligation, told["submission"], state, now)
        is_wrong = bool(unread or refused or away)
        return await house.page(
            request,
            "answer.html",
            visit=visit,
            **told,
            state=state,
            newest=newest,
            versions=versions,
            due_at=writing.moment(obligation["due_at"]),
            closes_at=closes_at,
            moment=writing.moment,
            now=now,
            look=owing.LOOK,
            sheet=answering.sheet(
                told["requirement"],
                filled or (kept if state != "submitted" or wants_change else stated),
                words,
                unread=unread,
                refused=refused,
                sent=sent,
                former=told["former"],
                returned=owing.returned_fields(newest) if state == "returned" else {},
                gathered=told["gathered"],
            ),
            shows_form=takes and (state not in ("submitted", "accepted") or wants_change or is_wrong),
            returned_files=owing.returned_files(newest) if state == "returned" else [],
            extra_key=str(uuid4()),
            role_names=kinds.names(told["requirement"]),
            takes=takes,
            is_new="sent" in request.query_params,
            asked=request.query_params.get("asked", ""),
            is_head=is_head(visit, obligation),
            needs_approval=needs_approval(told["requirement"]),
            step=told["draft"].get("step"),
            key=key or str(uuid4()),
            away=away,
            upload_words=words.under("upload."),
            saving_words=words.under("saving."),
            known=drafting.known(kept),
            draft_version=told["draft"]["version"],
            unread=await unread_letters(house, visit) if letters is None else letters,
            status=away.status if away else 422 if is_wrong else 200,
        )

    return router


async def unread_letters(house: House, visit: Visit) -> int:
    """Return how many letters wait; none when the inbox does not answer, for no page depends on it."""
    try:
        inbox = await house.services.find("notify", "/letters", token=visit.access_token, limit="0")
    except Problem:  # a number in a corner must not take the page with it
        return 0
    return int(inbox["unread_count"]) if inbox else 0


def _now() -> datetime:
    return datetime.now(VIETNAM)
