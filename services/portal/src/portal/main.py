"""Puts the portal together."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from math import ceil
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from chassis.http import problem_answer
from chassis.identity import KeyRing
from chassis.porch import Porch, Role
from chassis.problems import NotSignedIn, Problem, Unavailable
from chassis.roles import Service
from portal.asking import Services
from portal.assets import Assets, open_assets
from portal.doorkeeping import Doorkeeper, door_of
from portal.pages.administering import open_administering
from portal.pages.appointing import open_appointing
from portal.pages.around import open_around
from portal.pages.below import open_below
from portal.pages.board import open_board
from portal.pages.cascading import open_cascading
from portal.pages.composing import open_composing
from portal.pages.deciding import open_deciding
from portal.pages.desks import open_desks
from portal.pages.directives import open_directives
from portal.pages.events import open_events
from portal.pages.front import open_front
from portal.pages.health import open_health
from portal.pages.inbox import open_inbox
from portal.pages.lettering import open_lettering
from portal.pages.listening import Listening, open_listening
from portal.pages.narratives import open_narratives
from portal.pages.nudging import open_nudging
from portal.pages.owed import open_owed
from portal.pages.papers import open_papers
from portal.pages.profile import open_profile
from portal.pages.publishing import open_publishing
from portal.pages.questions import open_questions
from portal.pages.reviewing import open_reviewing
from portal.pages.saving import open_saving
from portal.pages.searching import open_searching
from portal.pages.signing_in import open_signing_in
from portal.pages.subscribing import open_subscribing
from portal.pages.totals import open_totals
from portal.pages.uploads import open_uploads
from portal.people import Names
from portal.problems import NobodyHere, Refused, TooFast
from portal.rendering import House, go_to
from portal.sessions import Sessions
from portal.settings import Settings
from portal.standing import Neighbours


class Portal(Porch):
    """A process of the portal: lets its connections go when it stops."""

    services: Services

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        await super()._close(tasks)
        await self.services.close()


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Porch:
    """Return a process of the portal. It owns no facts and needs no server to be ready."""
    frame = Portal("portal", settings, roles, keys=keys)
    urls = {
        "directory": settings.directory_url,
        "directives": settings.directives_url,
        "submissions": settings.submissions_url,
        "reporting": settings.reporting_url,
        "notify": settings.notify_url,
    }
    services = Services(urls)
    sessions = Sessions(services)
    house = House(services, sessions, Assets(settings.assets))
    names, neighbours = Names(services), Neighbours(urls)
    listening = Listening()
    frame.when_leaving(listening.leave)
    for router in (
        open_front(house, neighbours),
        open_health(house, names, neighbours),
        open_signing_in(house),
        open_owed(house, names),
        open_saving(house, names),
        open_around(house),
        open_papers(house, names),
        open_directives(house, names),
        open_desks(house),
        open_deciding(house, names),
        open_cascading(house, names),
        open_questions(house, names),
        open_below(house, names),
        open_board(house, names),
        open_nudging(house, names),
        open_appointing(house, names),
        open_administering(house, names),
        open_subscribing(house, names),
        open_lettering(house, names),
        open_events(house),
        open_publishing(house),
        open_composing(house, names),
        open_totals(house, names),
        open_narratives(house, names),
        open_reviewing(house, names),
        open_inbox(house, names),
        open_listening(house, listening),
        open_profile(house, names),
        open_searching(house, names),
        open_uploads(house),
        open_assets(house.assets),
    ):
        frame.front_door(router)
    frame.services = services
    _tell_people(frame, house)
    frame.app.add_middleware(
        Doorkeeper,
        sessions=sessions,
        public_url=settings.public_url,
        store_url=settings.store_public_url,
        trusted=settings.trusted_proxies,
        too_fast=_too_fast(house),
    )
    return frame


def _tell_people(frame: Porch, house: House) -> None:
    """Answer what goes wrong with a page where a person reads, and as JSON where a program does."""

    @frame.app.exception_handler(NobodyHere)
    async def sign_in_first(request: Request, _nobody: NobodyHere) -> Response:
        door = door_of(request)
        why = "&why=idle" if door.was_idle else "&why=over" if door.had_session else ""
        door.dismiss()
        if not _is_read(request):
            return problem_answer(NotSignedIn("Hãy đăng nhập lại.", "Please sign in again."))
        then = quote(request.url.path) if request.method == "GET" else "/"
        return go_to(f"/sign-in?then={then}{why}")

    @frame.app.exception_handler(Problem)
    async def tell(request: Request, problem: Problem) -> Response:
        if not _is_read(request):
            if isinstance(problem, Refused):  # a program hears what the service said, as it said it
                return JSONResponse(problem.told, problem.answered, media_type="application/problem+json")
            return problem_answer(problem)
        status = problem.answered if isinstance(problem, Refused) else problem.status
        return await house.page(
            request,
            "trouble.html",
            problem=problem,
            kind="away" if isinstance(problem, Unavailable) else "not_found" if status == 404 else "title",
            status=status,
            headers={"Retry-After": "5"} if isinstance(problem, Unavailable) else None,
        )

    before = frame.app.exception_handlers[HTTPException]

    @frame.app.exception_handler(HTTPException)
    async def tell_http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404 and _is_read(request):
            return await house.page(request, "trouble.html", problem=None, kind="not_found", status=404)
        answer = before(request, error)
        return await answer if isawaitable(answer) else answer


def _too_fast(house: House) -> Callable[[Request, float], Awaitable[Response]]:
    """Ask somebody to wait, with a page where a person reads; nothing of what they sent was looked at."""

    async def tell(request: Request, seconds: float) -> Response:
        wait = str(max(1, ceil(seconds)))
        problem = TooFast("Có quá nhiều yêu cầu cùng lúc; hãy đợi một chút.", "Too many requests at once; wait a bit.")
        if not _is_read(request):
            answer: Response = problem_answer(problem)
            answer.headers["Retry-After"] = wait
            return answer
        return await house.page(
            request, "trouble.html", problem=problem, kind="too_fast", status=problem.status,
            headers={"Retry-After": wait},
        )  # fmt: skip

    return tell


def _is_read(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and hasattr(request.state, "door")


SERVICE = Service(name="portal", settings=Settings, frame=create_frame)
