"""Administrators: reorganisations before they happen, days off."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import writing
from portal.doorkeeping import read_form
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

MOVING_SHOWN = 200
"""So many obligations of a dry run are listed; how many there are is said."""
YEARS = range(2000, 2101)


def open_administering(house: House, names: Names) -> APIRouter:
    """Return the pages of administrators."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/reorganisations")
    async def reorganisations(request: Request) -> Response:
        visit = await administrator(request)
        told, unread, _ = await asyncio.gather(
            services.get("directory", "/reorganisations", token=visit.access_token),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        return await house.page(
            request, "reorganisations.html", visit=visit, found=told["reorganisations"], moment=writing.moment,
            unread=unread,
        )  # fmt: skip

    @router.get("/reorganisations/{reorganisation_id}")
    async def dry_run(request: Request, reorganisation_id: UUID) -> Response:
        return await _dry_run(request, await administrator(request), reorganisation_id)

    @router.post("/reorganisations/{reorganisation_id}")
    async def apply(request: Request, reorganisation_id: UUID) -> Response:
        form, visit = await read_form(request), await administrator(request)
        path, body = f"/reorganisations/{reorganisation_id}/apply", {"digest": form.get("digest")}
        try:
            await services.ask("POST", "directory", path, token=visit.access_token, body=body)
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _dry_run(request, visit, reorganisation_id, refused=refused)
        names.forget_units()
        return go_to("/reorganisations")

    @router.get("/calendar")
    async def calendar(request: Request, year: int = 0) -> Response:
        visit = await administrator(request)
        return await _calendar(request, visit, year if year in YEARS else datetime.now(VIETNAM).year)

    @router.post("/calendar")
    async def enter(request: Request) -> Response:
        form, visit = await read_form(request), await administrator(request)
        year = writing.read_number(form.get("year")) or 0
        if year not in YEARS:
            raise NoSuchPage("Không có năm này.", "There is no such year.")
        body = {"version": writing.read_number(form.get("version")) or 0, "days": days_of(form.get("days"))}
        try:
            await services.ask("PUT", "directives", f"/calendars/{year}", token=visit.access_token, body=body)
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _calendar(request, visit, year, refused=refused, typed=form.get("days"))
        return go_to(f"/calendar?year={year}")

    async def _dry_run(
        request: Request, visit: Visit, reorganisation_id: UUID, *, refused: Refused | None = None
    ) -> Response:
        token = visit.access_token
        told, run, units, unread, _ = await asyncio.gather(
            services.get("directory", f"/reorganisations/{reorganisation_id}", token=token),
            _tried(services.get("directory", f"/reorganisations/{reorganisation_id}/dry-run", token=token)),
            names.everywhere(visit),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        plan = run["plan"] if run else told["plan"] or {}
        return await house.page(
            request,
            "reorganisation.html",
            visit=visit,
            told=told,
            run=run,
            changes={name: len(value) for name, value in plan.items() if isinstance(value, list) and value},
            names={each["unit_id"]: each["name"] for each in units},
            moving=(run["obligations"] if run else [])[:MOVING_SHOWN],
            refused=refused,
            unread=unread,
            status=422 if refused else 200,
        )

    async def _calendar(
        request: Request, visit: Visit, year: int, *, refused: Refused | None = None, typed: str | None = None
    ) -> Response:
        told, unread, _ = await asyncio.gather(
            services.get("directives", f"/calendars/{year}", token=visit.access_token),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        return await house.page(
            request,
            "calendar.html",
            visit=visit,
            told=told,
            typed=typed if typed is not None else "\n".join(
                f"{each['day']} {each['kind']} {each['name']}" for each in told["days"]
            ),
            refused=refused,
            unread=unread,
            status=422 if refused else 200,
        )  # fmt: skip

    return router


def days_of(text: str) -> list[dict[str, str]]:
    """Return the days of a year as they were typed: a day, its kind and its name on each line."""
    found = []
    for line in text.splitlines():
        if line.strip():
            day, kind, name = [*line.split(maxsplit=2), "", "", ""][:3]
            found.append({"day": day, "kind": kind, "name": name})
    return found


async def administrator(request: Request) -> Visit:
    """Return who reads a page for administrators; raises `NoSuchPage` for everybody else."""
    visit = await here(request)
    if not visit.has_role("administrator"):
        raise NoSuchPage("Không có trang này.", "There is no such page.")
    return visit


async def _tried(asked: Any) -> Any:
    """Return a dry run; null where there is none any more, because it was applied."""
    try:
        return await asked
    except Refused as refused:
        if refused.answered == 409:
            return None
        raise
