"""One's own affairs: who one is here, a second factor, where one is signed in; and whether one is still there."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from chassis.http import problem_answer
from chassis.problems import NotSignedIn
from portal import writing
from portal.asking import Json
from portal.doorkeeping import TOKEN_HEADER, Form, door_of, read_form
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import PROVINCE, Names
from portal.problems import NobodyHere, Refused, ServiceAway
from portal.rendering import House, go_to
from portal.sessions import IDLE_SECONDS, Visit


def open_profile(house: House, names: Names) -> APIRouter:
    """Return the pages of one's own affairs."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/profile")
    async def profile(request: Request) -> Response:
        return await _profile(request, await here(request))

    @router.post("/profile/channels")
    async def choose_channels(request: Request) -> Response:
        form, visit = await read_form(request), await here(request)
        body = channels_of(form)
        try:
            told = await services.ask("PUT", "notify", "/preferences", token=visit.access_token, body=body)
        except Refused as refused:
            if refused.answered >= 500:
                raise
            return await _profile(request, visit, chosen=body, refused=refused)
        if told["webhook_secret"]:
            # Shown on this page and nowhere else: the service tells it to nobody again.
            return await _profile(request, visit, secret=told["webhook_secret"])
        return go_to("/profile?done=channels")

    async def _profile(
        request: Request, visit: Visit, *, chosen: Json = None, refused: Refused | None = None, secret: str = ""
    ) -> Response:
        person, kept, units, unread, _ = await asyncio.gather(
            services.find("directory", f"/people/{visit.person_id}", token=visit.access_token),
            _channels(visit),
            names.of_units({unit for unit, _role in visit.posts if unit != PROVINCE}, visit, whole=True),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        done = request.query_params.get("done", "")
        return await house.page(
            request,
            "profile.html",
            visit=visit,
            person=person,
            units=units,
            moment=writing.moment,
            done=done if done in ("password", "second_factor", "channels") else "",
            channels=(kept | (chosen or {})) if kept else None,
            refused=refused,
            secret=secret,
            status=422 if refused else 200,
            idle_minutes=int(IDLE_SECONDS // 60),
            unread=unread,
        )

    async def _channels(visit: Visit) -> Json:
        try:
            return await services.find("notify", "/preferences", token=visit.access_token)
        except ServiceAway:  # one's account is shown whoever carries letters
            return None

    @router.get("/profile/second-factor")
    async def second_factor(request: Request) -> Response:
        return await _second_factor(request, await here(request))

    @router.post("/profile/second-factor")
    async def enrol(request: Request) -> Response:
        await read_form(request)
        visit = await here(request)
        try:
            given = await services.ask("POST", "directory", "/me/totp", token=visit.access_token)
        except Refused as refused:
            return await _second_factor(request, visit, refused=refused)
        return await _second_factor(request, visit, given=given)

    @router.post("/profile/second-factor/confirm")
    async def confirm(request: Request) -> Response:
        form, visit = await read_form(request), await here(request)
        body = {"code": form.get("code").replace(" ", "")}
        try:
            told = await services.ask("POST", "directory", "/me/totp/confirm", token=visit.access_token, body=body)
        except Refused as refused:
            # The secret is on the page the person came from; it was shown once and is asked of nobody again.
            return await _second_factor(request, visit, refused=refused, is_begun=True)
        renewed = await house.sessions.renew(visit)
        if renewed is None:
            raise NobodyHere
        door_of(request).admit(renewed)
        return await _second_factor(request, renewed, recovery_codes=told["recovery_codes"])

    @router.post("/profile/sign-out-everywhere")
    async def sign_out_everywhere(request: Request) -> Response:
        await read_form(request)
        visit = await here(request)
        await services.ask("DELETE", "directory", f"/people/{visit.person_id}/sessions", token=visit.access_token)
        door_of(request).dismiss()
        return go_to("/sign-in?why=everywhere")

    @router.get("/still-here")
    async def still_here(request: Request) -> Response:
        """Say whether the session goes on, without that being a sign of anybody."""
        if await door_of(request).visit(is_work=False) is None:
            return problem_answer(NotSignedIn("Hãy đăng nhập lại.", "Please sign in again."))
        return Response(status_code=204)

    @router.post("/still-here")
    async def work_goes_on(request: Request) -> Response:
        """Take note that somebody types, though nothing was sent."""
        door_of(request).check(request.headers.get(TOKEN_HEADER, ""))
        if await door_of(request).visit() is None:
            return problem_answer(NotSignedIn("Hãy đăng nhập lại.", "Please sign in again."))
        return Response(status_code=204)

    async def _second_factor(
        request: Request,
        visit: Visit,
        *,
        given: Json = None,
        refused: Refused | None = None,
        recovery_codes: list[str] | None = None,
        is_begun: bool = False,
    ) -> Response:
        return await house.page(
            request,
            "second_factor.html",
            visit=visit,
            given=given,
            picture=picture_of(given["address"]) if given else None,
            refused=refused,
            recovery_codes=recovery_codes,
            is_begun=is_begun,
            status=422 if refused else 200,
        )

    return router


def picture_of(address: str) -> Markup:
    """Return an address as a QR code, drawn dark on light whatever the page is: readers of codes need it so."""
    import segno  # once in the life of an account; no process carries its tables for that

    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr"))  # noqa: S704  of squares alone


def channels_of(form: Form) -> dict[str, Any]:
    """Return the ways that were chosen, in their order and each once, and where they lead, as the service takes it."""
    chosen = [each.strip() for each in form.all("channel") if each.strip()]
    return {
        "channels": list(dict.fromkeys(chosen)),
        "phone": form.get("phone") or None,
        "webhook_url": form.get("webhook_url") or None,
    }
