"""Finding a letter, an answer or a message by words, among what the reader may see anyway.

Each service shows a reader only what is theirs to see; the portal asks for these lists, all at once, and looks for the
words in what came; the texts of directives and of answers are looked through where they lie. So nothing is found that
could not be opened.
"""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import VIETNAM
from portal import finding, owing
from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.rendering import House
from portal.sessions import Visit

LONGEST = 100
LETTERS = "200"
UNITS = 8
"""Of so many units whose names have the words what they owe is looked through."""
READING_ROLES = ("desk_officer", "leader", "commune_officer")
"""Who reads what units below their own send."""


def open_searching(house: House, names: Names) -> APIRouter:
    """Return the page of the search."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/search")
    async def search(request: Request, q: str = "") -> Response:
        visit, now, words = await here(request), datetime.now(VIETNAM), finding.line(q)[:LONGEST].strip()
        unread, _ = await asyncio.gather(unread_letters(house, visit), names.introduce(visit))
        groups: list[tuple[str, list[finding.Found]]] = []
        if words:
            letters_found, words_found, mine, below, inbox = await asyncio.gather(
                services.find("directives", "/directive-search", token=visit.access_token, words=words),
                services.find("submissions", "/answer-search", token=visit.access_token, words=words),
                _owed(visit, visit.answers_for),
                _below(visit, words),
                _letters(visit),
            )
            owed, theirs = mine, [each for each in below[0] if each["unit_id"] not in visit.answers_for]
            worded = words_found["answers"] if words_found else []
            called = below[1] | await names.of_units({each["unit_id"] for each in (*owed, *worded)}, visit)
            groups = [
                ("directives", finding.directives(letters_found["directives"] if letters_found else ())),
                ("answers", finding.answers(owed, words, now, names=called, is_own=True)),
                ("theirs", finding.answers(theirs, words, now, names=called, is_own=False)),
                ("written", finding.written(worded, names=called, answered_by=visit.answers_for)),
                ("letters", finding.letters(inbox, words)),
            ]
        return await house.page(
            request,
            "search.html",
            visit=visit,
            q=words,
            groups=[(name, found) for name, found in groups if found],
            look=owing.LOOK,
            now=now,
            unread=unread,
        )

    async def _owed(visit: Visit, units: tuple[str, ...]) -> list[dict[str, Any]]:
        if not units:
            return []
        asked = "&".join(f"unit_id={quote(unit, safe='')}" for unit in units)
        told = await services.find("directives", f"/obligations?{asked}", token=visit.access_token)
        return list(told["obligations"]) if told else []

    async def _below(visit: Visit, words: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        if not visit.has_role(*READING_ROLES):
            return [], {}
        near = finding.near(await names.everywhere(visit), words)[:UNITS]
        full = {each["unit_id"]: str(each["name"]) for each in near}
        return await _owed(visit, tuple(full)), full

    async def _letters(visit: Visit) -> list[dict[str, Any]]:
        told = await services.find("notify", "/letters", token=visit.access_token, limit=LETTERS)
        return list(told["letters"]) if told else []

    return router
