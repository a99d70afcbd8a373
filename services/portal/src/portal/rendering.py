"""From what a page gathered to what a browser gets: one environment, every value escaped, words in one language."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from portal import writing
from portal.asking import Services
from portal.assets import Assets
from portal.doorkeeping import door_of
from portal.sessions import IDLE_SECONDS, Sessions, Visit
from portal.words import Words, words_in

LANGUAGE_COOKIE = "congvan-lang"
KEPT_SECONDS = 365 * 86_400


class House:
    """What every page is made with."""

    def __init__(self, services: Services, sessions: Sessions, assets: Assets) -> None:
        self.services = services
        self.sessions = sessions
        self.assets = assets

    async def page(
        self,
        request: Request,
        template: str,
        *,
        visit: Visit | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **shown: Any,
    ) -> HTMLResponse:
        """Return a page; `visit` is who reads it."""
        words = language_of(request)
        content = (
            _templates()
            .get_template(template)
            .render(
                words=words,
                t=words,
                path=request.url.path,
                visit=visit,
                asset=self.assets.address,
                form_token=door_of(request).token(),
                has_scripts=self.assets.has_scripts(),
                idle_seconds=int(IDLE_SECONDS),
                **shown,
            )
        )
        answer = HTMLResponse(content, status, {"Content-Language": words.language, **(headers or {})})
        if request.query_params.get("lang") in ("vi", "en"):
            answer.set_cookie(
                LANGUAGE_COOKIE, words.language, max_age=KEPT_SECONDS, path="/", httponly=True, samesite="lax"
            )
        return answer


def language_of(request: Request) -> Words:
    """Return the words in the language that was asked for, now or before."""
    return words_in(request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE) or "vi")


def go_to(address: str) -> Response:
    """Send the browser on, after something was done."""
    return RedirectResponse(address, status_code=303)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("portal"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "menu": _menu,
        "short_day": writing.short_day,
        "last_day": writing.last_day,
        "day_of": date.fromisoformat,
        "paragraphs": writing.paragraphs,
    }
    environment.filters["unit_name"] = lambda unit_id, names: names.get(unit_id, unit_id)
    return environment


def _menu(visit: Visit) -> list[tuple[str, str, str]]:
    """Return where somebody may go: address, icon, key of its name."""
    places = [("/owed", "check", "house.owed")] if visit.answers_for else []
    if visit.has_role("commune_officer"):
        places.append(("/below", "unit", "house.below"))
    if visit.has_role("desk_officer", "leader", "clerk"):
        places.append(("/board", "board", "house.directives"))
    if visit.has_role("desk_officer"):
        places.append(("/review", "send", "house.review"))
        places.append(("/questions", "letter", "house.questions"))
    if visit.has_role("administrator"):
        places += [
            ("/people", "key", "people.title"),
            ("/reorganisations", "unit", "reorganisation.title"),
            ("/calendar", "clock", "calendar.short"),
            ("/letter-templates", "letter", "lettering.title"),
            ("/subscriptions", "send", "subscription.short"),
            ("/standing", "chart", "house.standing"),
        ]
    elif visit.has_role("subscriber"):
        places.append(("/subscriptions", "send", "subscription.short"))
    return [*places, ("/inbox", "inbox", "house.inbox")]
