"""Who is told outside: webhooks made, changed, told again and ended; keys machines come in with; the other roads."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import writing
from portal.asking import Json, Services
from portal.doorkeeping import Form, read_form
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import PROVINCE, Names
from portal.problems import NoSuchPage, Refused
from portal.rendering import House, go_to
from portal.sessions import Visit

SUBSCRIBER, ADMINISTRATOR = "subscriber", "administrator"
KEY_DAYS = 365
"""A key is good for so long; who needs one longer is given the next one."""


def open_subscribing(house: House, names: Names) -> APIRouter:
    """Return the pages of what is told outside: for who is told, and for administrators."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/subscriptions")
    async def subscriptions(request: Request) -> Response:
        return await _shown(request, await _reader(request))

    @router.post("/subscriptions")
    async def subscribe(request: Request) -> Response:
        form, visit = await read_form(request), await _reader(request)
        body = {"url": form.get("url")} | position_of(form)
        try:
            made = await services.ask("POST", "reporting", "/subscriptions", token=visit.access_token, body=body)
        except Refused as refused:
            return await _shown(request, visit, refused=refused, typed=form)
        return await _shown(request, visit, secret=made["secret"])

    @router.get("/subscriptions/{subscription_id}/deliveries")
    async def deliveries(request: Request, subscription_id: UUID) -> Response:
        visit, path = await _reader(request), f"/subscriptions/{subscription_id}"
        subscription, told, unread, _ = await asyncio.gather(
            services.find("reporting", path, token=visit.access_token),
            services.find("reporting", f"{path}/deliveries", token=visit.access_token),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        if subscription is None or told is None:
            raise _no_page()
        return await house.page(
            request,
            "sent_out.html",
            visit=visit,
            subscription=subscription,
            deliveries=told["deliveries"],
            is_subscriber=visit.has_role(SUBSCRIBER),
            moment=writing.moment,
            unread=unread,
        )

    @router.post("/subscriptions/{subscription_id}")
    async def change(request: Request, subscription_id: UUID) -> Response:
        form, visit = await read_form(request), await _reader(request)
        path = f"/subscriptions/{subscription_id}"
        try:
            told = await _changed(visit, path, form)
        except Refused as refused:
            return await _shown(request, visit, refused=refused)
        if told is not None:
            # Shown on this page and nowhere else, once: the service tells it to nobody again.
            return await _shown(request, visit, secret=told["secret"], former_until=told["former_until"])
        return go_to("/subscriptions")

    @router.post("/machines")
    async def give_key(request: Request) -> Response:
        """Make a machine of the city with a key of its own, or give one that is there another key."""
        form, visit = await read_form(request), await _administrator(request)
        try:
            machine = form.get("machine") or await _machine(services, visit, form)
            given = await services.ask(
                "POST", "directory", f"/service-accounts/{_id(machine)}/keys", token=visit.access_token,
                body=key_asked(form, datetime.now(VIETNAM)),
            )  # fmt: skip
        except Refused as refused:
            return await _shown(request, visit, refused=refused)
        return await _shown(request, visit, api_key=given["api_key"])

    @router.post("/machines/{person_id}/keys/{key_id}")
    async def take_key_back(request: Request, person_id: UUID, key_id: UUID) -> Response:
        await read_form(request)
        visit = await _administrator(request)
        path = f"/service-accounts/{person_id}/keys/{key_id}"
        await services.ask("DELETE", "directory", path, token=visit.access_token)
        return go_to("/subscriptions")

    async def _changed(visit: Visit, path: str, form: Form) -> Json:
        """Do what was pressed; return the new secret where there is one."""
        token, step = visit.access_token, form.get("do")
        if step == "secret":
            return await services.ask("POST", "reporting", f"{path}/secret", token=token)
        if step == "replay":
            await services.ask("POST", "reporting", f"{path}/replay", token=token, body=position_of(form))
        elif step == "url":
            await services.ask("PATCH", "reporting", path, token=token, body={"url": form.get("url")})
        elif step == "end":
            await services.ask("DELETE", "reporting", path, token=token)
        else:
            await services.ask("PATCH", "reporting", path, token=token, body={"state": step})
        return None

    async def _shown(
        request: Request,
        visit: Visit,
        *,
        refused: Refused | None = None,
        typed: Form | None = None,
        secret: str = "",
        former_until: str = "",
        api_key: str = "",
    ) -> Response:
        if refused is not None and refused.answered >= 500:
            raise refused
        told, machines, unread, _ = await asyncio.gather(
            services.find("reporting", "/subscriptions", token=visit.access_token),
            _machines(services, visit),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        return await house.page(
            request,
            "subscriptions.html",
            visit=visit,
            found=told["subscriptions"] if told else [],
            machines=machines,
            is_subscriber=visit.has_role(SUBSCRIBER),
            is_administrator=visit.has_role(ADMINISTRATOR),
            typed_url=typed.get("url") if typed else "",
            secret=secret,
            former_until=former_until,
            api_key=api_key,
            key=str(uuid4()),
            today=datetime.now(VIETNAM).date().isoformat(),
            moment=writing.moment,
            refused=refused,
            unread=unread,
            status=422 if refused else 200,
        )

    return router


def position_of(form: Form) -> dict[str, int]:
    """Return from where on somebody is told: from the beginning, behind a position, or (nothing) from now on."""
    match form.get("from"):
        case "beginning":
            return {"after": 0}
        case "position":
            return {"after": writing.read_number(form.get("position")) or 0}
        case _:
            return {}


def key_asked(form: Form, now: datetime) -> dict[str, Any]:
    """Return a key for taking figures of the province elsewhere and nothing else, as the directory takes it."""
    return {
        "label": form.get("label"),
        "scopes": [{"unit_id": PROVINCE, "purposes": ["subscribe"]}],
        "valid_to": (now.date() + timedelta(days=KEY_DAYS)).isoformat(),
    }


async def _machine(services: Services, visit: Visit, form: Form) -> str:
    """Make a machine; the one that was made already, where the same form is sent again.

    Whoever was cut off between the machine and its key sends the form once more, and has one machine with a key.
    """
    account = f"may-{_id(form.get('key'))}"
    body = {
        "account": account,
        "full_name": form.get("name"),
        "email": form.get("email"),
        "posts": [{"unit_id": PROVINCE, "role": SUBSCRIBER, "valid_from": datetime.now(VIETNAM).date().isoformat()}],
    }
    try:
        made = await services.ask("POST", "directory", "/service-accounts", token=visit.access_token, body=body)
    except Refused as refused:
        if refused.problem_code != "account-taken":
            raise
        machines = await _machines(services, visit)
        made = next((machine for machine, _ in machines if machine["account"] == account), None)
        if made is None:
            raise
    return str(made["person_id"])


async def _machines(services: Services, visit: Visit) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return the machines that take the figures of the province elsewhere, each with its keys."""
    if not visit.has_role(ADMINISTRATOR):
        return []
    told = await services.find("directory", "/people", token=visit.access_token, unit_id=PROVINCE)
    machines = [
        each
        for each in (told["people"] if told else [])
        if each["kind"] == "machine" and any(post["role"] == SUBSCRIBER for post in each["posts"])
    ]
    keys = await asyncio.gather(
        *(
            services.find("directory", f"/service-accounts/{each['person_id']}/keys", token=visit.access_token)
            for each in machines
        )
    )
    return [(each, found["keys"] if found else []) for each, found in zip(machines, keys, strict=True)]


async def _reader(request: Request) -> Visit:
    visit = await here(request)
    if not visit.has_role(SUBSCRIBER, ADMINISTRATOR):
        raise _no_page()
    return visit


async def _administrator(request: Request) -> Visit:
    visit = await here(request)
    if not visit.has_role(ADMINISTRATOR):
        raise _no_page()
    return visit


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise _no_page() from error


def _no_page() -> NoSuchPage:
    return NoSuchPage("Không có trang này.", "There is no such page.")
