"""Signing in and out, and what the directory wants first."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.doorkeeping import door_of, local, read_form
from portal.problems import NobodyHere, Refused
from portal.rendering import House, go_to, language_of
from portal.sessions import Visit


def open_signing_in(house: House) -> APIRouter:
    """Return the pages of signing in."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def ask(request: Request, then: str = "/", why: str = "") -> Response:
        if why == "" and await door_of(request).visit() is not None:
            return go_to(local(then))
        note = why if why in ("over", "signed_out", "idle", "everywhere") else ""
        return await _form(request, then=local(then), note=note)

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        account, then = form.get("account"), local(form.get("then"))
        try:
            visit = await house.sessions.sign_in(
                account=account, password=next(iter(form.all("password")), ""), code=form.get("code") or None
            )
        except Refused as refused:
            if refused.answered >= 500:
                raise
            wants_code = refused.problem_code == "second-factor-needed" or bool(form.get("code"))
            return await _form(request, then=then, account=account, refused=refused, wants_code=wants_code)
        door_of(request).admit(visit)
        return go_to(_first(visit) or then)

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        await read_form(request)
        door = door_of(request)
        visit = await door.visit()
        if visit is not None:
            await house.sessions.sign_out(visit)
        door.dismiss()
        return go_to("/sign-in?why=signed_out")

    @router.get("/password")
    async def ask_password(request: Request) -> Response:
        visit = await here(request)
        return await house.page(request, "password.html", visit=visit, refused=None)

    @router.post("/password")
    async def change_password(request: Request) -> Response:
        form = await read_form(request)
        visit = await here(request)
        body = {
            "current_password": next(iter(form.all("current")), ""),
            "new_password": next(iter(form.all("new")), ""),
        }
        try:
            await house.services.ask("PUT", "directory", "/me/password", token=visit.access_token, body=body)
        except Refused as refused:
            return await house.page(request, "password.html", visit=visit, refused=refused, status=422)
        renewed = await house.sessions.renew(visit)
        if renewed is None:
            raise NobodyHere
        door_of(request).admit(renewed)
        return go_to(_first(renewed) or "/profile?done=password")

    async def _form(
        request: Request,
        *,
        then: str,
        account: str = "",
        note: str = "",
        refused: Refused | None = None,
        wants_code: bool = False,
    ) -> Response:
        words = language_of(request)
        return await house.page(
            request,
            "sign_in.html",
            then=then,
            account=account,
            note=words(f"sign_in.{note}") if note else "",
            refused=refused,
            wants_code=wants_code,
            status=refused.answered if refused else 200,
        )

    return router


def _first(visit: Visit) -> str | None:
    """Return where somebody has to go before they may work; null when they may."""
    if "password-change" in visit.needs:
        return "/password"
    return "/profile/second-factor" if "totp-enrolment" in visit.needs else None


async def here(request: Request) -> Visit:
    """Return who reads a page that is for people who are signed in; raises `NobodyHere`."""
    visit = await door_of(request).visit()
    if visit is None:
        raise NobodyHere
    return visit
