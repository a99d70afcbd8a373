"""One function per page: each gathers from the services and renders. No page has facts of its own."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from portal.clients import Neighbours
from portal.problems import NoSuchService
from portal.words import Words, words_in

HEADERS = {
    # Everything comes from us, nothing runs, nobody frames us.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def open_pages(neighbours: Neighbours) -> APIRouter:
    """Return the pages over these services."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(lang: str = "vi") -> HTMLResponse:
        return _page("home.html", words_in(lang), path="/", standings=await neighbours.standings())

    @router.get("/apis/{service}")
    async def api_of(service: str, lang: str = "vi") -> HTMLResponse:
        if service not in neighbours:
            raise NoSuchService("Không có dịch vụ này.", "There is no such service.")
        questions = await neighbours.questions(service)
        return _page(
            "api.html",
            words_in(lang),
            path=f"/apis/{service}",
            service=service,
            questions=questions,
            status=200 if questions is not None else 503,
        )

    @router.get("/assets/portal.css")
    async def style() -> Response:
        return Response(
            _style(), media_type="text/css; charset=utf-8", headers={**HEADERS, "Cache-Control": "max-age=300"}
        )

    return router


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("portal"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> bytes:
    return files("portal").joinpath("assets", "portal.css").read_bytes()


def _page(template: str, words: Words, *, path: str, status: int = 200, **shown: object) -> HTMLResponse:
    content = _templates().get_template(template).render(words=words, path=path, **shown)
    return HTMLResponse(content, status, {**HEADERS, "Content-Language": words.language})
