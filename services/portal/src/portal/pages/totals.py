"""The totals of a directive: figures, charts, the tree, tables to take away, and what was published."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import picturing, summing, writing
from portal.asking import Services
from portal.doorkeeping import read_form
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

LOOK_AGAIN_SECONDS = 2
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-16",
}


def open_totals(house: House, names: Names) -> APIRouter:
    """Return the pages of totals."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/totals/{directive_id}")
    async def totals(request: Request, directive_id: UUID, requirement: str = "", period: str = "") -> Response:
        visit = await here(request)
        return await _totals(request, visit, directive_id, requirement, period)

    @router.post("/totals/{directive_id}/tables")
    async def ask_table(request: Request, directive_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        asked = await _asked(services, visit, directive_id, form.get("requirement"))
        body = {"form": form.get("as")} | ({"period": form.get("period")} if form.get("period") else {})
        made = await services.ask(
            "POST", "reporting", f"/requirements/{asked}/exports", token=visit.access_token, body=body
        )
        return go_to(f"/tables/{made['export_id']}?of={directive_id}&as={form.get('as')}")

    @router.post("/totals/{directive_id}/publish")
    async def publish(request: Request, directive_id: UUID) -> Response:
        form, visit = await read_form(request), await here(request)
        asked = await _asked(services, visit, directive_id, form.get("requirement"))
        try:
            await services.ask(
                "POST",
                "reporting",
                f"/requirements/{asked}/editions",
                token=visit.access_token,
                body={"note": form.get("note")},
            )
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _totals(request, visit, directive_id, asked, "", refused=refused)
        return go_to(f"/totals/{directive_id}?requirement={asked}")

    @router.get("/tables/{export_id}")
    async def table(request: Request, export_id: UUID, of: UUID | None = None) -> Response:
        visit = await here(request)
        told, unread, _ = await asyncio.gather(
            services.get("reporting", f"/exports/{export_id}", token=visit.access_token),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        is_under_way = told["state"] in ("waiting", "making")
        return await house.page(
            request,
            "table.html",
            visit=visit,
            told=told,
            of=of,
            form="csv" if request.query_params.get("as") == "csv" else "xlsx",
            unread=unread,
            # The page asks again by itself, with scripts and without.
            headers={"Refresh": str(LOOK_AGAIN_SECONDS)} if is_under_way else None,
        )

    @router.get("/tables/{export_id}/file.{form}")
    async def file(request: Request, export_id: UUID, form: str) -> Response:
        visit = await here(request)
        if form not in TYPES:
            raise NoSuchPage("Không có tệp này.", "There is no such file.")
        content = await services.fetch("reporting", f"/exports/{export_id}/file", token=visit.access_token)
        named = {"Content-Disposition": f'attachment; filename="tong-hop.{form}"'}
        return Response(content, media_type=TYPES[form], headers=named)

    async def _totals(
        request: Request,
        visit: Visit,
        directive_id: UUID,
        requirement_id: str,
        period: str,
        *,
        refused: Refused | None = None,
    ) -> Response:
        token, now = visit.access_token, datetime.now(VIETNAM)
        directive = await services.find("directives", f"/directives/{directive_id}", token=token)
        with_figures = [each for each in directive["requirements"] if each["indicators"]] if directive else []
        asked: dict[str, Any] | None = next(
            (each for each in with_figures if each["requirement_id"] == requirement_id), next(iter(with_figures), None)
        )
        if directive is None or asked is None:
            raise NoSuchPage("Văn bản này không có số liệu tổng hợp.", "This directive has no totals.")
        period = period if period in asked["periods"] else next(iter(asked["periods"]), "-")
        path = f"/requirements/{asked['requirement_id']}"
        found, coverage, editions, units, unread, _ = await asyncio.gather(
            services.find("reporting", f"{path}/aggregates", token=token, period=period),
            services.find("reporting", f"{path}/coverage", token=token),
            services.find("reporting", f"{path}/editions", token=token),
            names.everywhere(visit, on=asked["as_of"]),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        aggregates = found["aggregates"] if found else []
        top = summing.whole(aggregates, directive["issuer_unit_id"])
        if top is None:
            raise NoSuchPage("Chưa có số liệu tổng hợp.", "There are no totals yet.")
        rows = summing.rows(asked, aggregates, units)
        of_period = [each for each in coverage["units"] if each["period"] in (None, period)] if coverage else []
        counted = [each for each in asked["indicators"] if each["type"] in ("int", "money")]
        spread = next((each["code"] for each in counted if each["code"] == request.query_params.get("spread")), None)
        spread = spread or (counted[0]["code"] if counted else "")
        beside, flows = await asyncio.gather(
            _beside(services, visit, asked, period, top), _flows(services, visit, asked, period, top)
        )
        return await house.page(
            request,
            "totals.html",
            visit=visit,
            directive=directive,
            requirements=with_figures,
            asked=asked,
            period=period,
            top=top,
            figures=summing.figures(asked, top),
            aims=summing.aims(asked, top),
            rows=rows,
            line=summing.line(of_period, now) if of_period else None,
            counted=counted,
            spread=spread,
            columns=summing.columns(rows, spread),
            map=picturing.picture(rows, units, of_period, now),
            wide=picturing.WIDE,
            box_high=picturing.HIGH,
            bars=summing.across(beside, spread),
            flows=flows,
            has_words=any(each["kind"] in ("text", "list") for each in asked["sections"])
            and visit.has_role("desk_officer", "leader"),
            editions=editions["editions"] if editions else [],
            may_publish=any(
                role == "leader" and unit in (directive["issuer_unit_id"], "*") for unit, role in visit.posts
            ),
            size=(summing.WIDE, summing.HIGH),
            moment=writing.moment,
            refused=refused,
            now=now,
            unread=unread,
            status=422 if refused else 200,
        )

    return router


async def _flows(
    services: Services, visit: Visit, asked: Mapping[str, Any], period: str, top: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the rules whose two sides other units state and do not agree; asked only where there are rules."""
    if not asked["rules"]:
        return []
    path = f"/requirements/{asked['requirement_id']}/aggregates/{quote(top['unit_id'], safe='')}/oddities"
    told = await services.find("reporting", path, token=visit.access_token, period=period)
    return list(told["flows"]) if told else []


async def _beside(
    services: Services, visit: Visit, asked: Mapping[str, Any], period: str, top: Mapping[str, Any]
) -> dict[str, Mapping[str, Any] | None]:
    """Return the totals of the whole for a period and those beside it; asked for is only what is not there yet."""
    periods = summing.periods_beside(asked["periods"], period)
    others = [each for each in periods if each != period]
    path = f"/requirements/{asked['requirement_id']}/aggregates"
    told = await asyncio.gather(
        *(
            services.find("reporting", path, token=visit.access_token, period=each, unit_id=top["unit_id"])
            for each in others
        )
    )
    found = {
        each: next(
            (one for one in (answer or {"aggregates": []})["aggregates"] if one["relation"] == "reporting"), None
        )
        for each, answer in zip(others, told, strict=True)
    }
    return {each: top if each == period else found[each] for each in periods}


async def _asked(services: Services, visit: Visit, directive_id: UUID, requirement: str) -> str:
    """Return a requirement of the directive; raises `NoSuchPage` for any other one."""
    directive = await services.find("directives", f"/directives/{directive_id}", token=visit.access_token)
    known = [each["requirement_id"] for each in directive["requirements"]] if directive else []
    if requirement not in known:
        raise NoSuchPage("Không có yêu cầu này.", "There is no such requirement.")
    return requirement
