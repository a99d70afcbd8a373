"""The first page, what can be asked of each service, and every component on one page."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import owing, tracking, writing
from portal.doorkeeping import door_of
from portal.exhibits import COMMENTS, VERSION
from portal.problems import NoSuchService
from portal.rendering import House, go_to
from portal.sessions import Visit
from portal.standing import Neighbours

ICONS = (
    "alert", "back", "bell", "board", "chart", "check", "clock", "file", "free", "half", "inbox", "key", "later",
    "letter", "minus", "next", "nolink", "out", "pause", "pen", "plus", "print", "ring", "search", "send",
    "unit", "video", "x",
)  # fmt: skip
"""What is in `assets/icons.svg`."""


def open_front(house: House, neighbours: Neighbours) -> APIRouter:
    """Return the pages that are for everybody."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(request: Request) -> Response:
        visit = await door_of(request).visit()
        if visit is not None:
            return go_to(first_page(visit))
        return await house.page(request, "home.html", standings=await neighbours.standings())

    @router.get("/platform")
    async def platform(request: Request) -> Response:
        visit = await door_of(request).visit()
        return await house.page(request, "home.html", visit=visit, standings=await neighbours.standings())

    @router.get("/apis/{service}")
    async def api_of(request: Request, service: str) -> Response:
        if service not in neighbours:
            raise NoSuchService("Không có dịch vụ này.", "There is no such service.")
        questions = await neighbours.questions(service)
        return await house.page(
            request,
            "api.html",
            service=service,
            questions=questions,
            status=200 if questions is not None else 503,
        )

    @router.get("/components")
    async def gallery(request: Request) -> Response:
        return await house.page(
            request,
            "gallery.html",
            look=owing.LOOK,
            icons=ICONS,
            bar=tracking.bar({"accepted": 12, "submitted": 6, "returned": 2, "late": 1, "none": 4}),
            width=tracking.WIDTH,
            version=VERSION,
            comments=COMMENTS,
            moment=writing.moment,
        )

    return router


def first_page(visit: Visit) -> str:
    """Return where somebody begins who has just signed in."""
    if visit.answers_for:
        return "/owed"
    if visit.has_role("administrator"):
        return "/people"
    if visit.has_role("desk_officer", "leader", "clerk"):
        return "/board"
    return "/subscriptions" if visit.has_role("subscriber") else "/inbox"
