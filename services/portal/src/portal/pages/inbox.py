"""The inbox: letters to the reader, newest first."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal import owing, writing
from portal.doorkeeping import read_form
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import Refused, ServiceAway
from portal.rendering import House, go_to
from portal.sessions import Visit

LETTERS = 30
MOST_RETURNED = 5
"""Of so many returns the letters say why; of older ones the task does."""


def open_inbox(house: House, names: Names) -> APIRouter:
    """Return the page of the inbox."""
    router = APIRouter(include_in_schema=False)

    @router.get("/inbox")
    async def inbox(request: Request, before: UUID | None = None) -> Response:
        visit = await here(request)
        older = {"before": str(before)} if before else {}
        told, _ = await asyncio.gather(
            house.services.get("notify", "/letters", token=visit.access_token, limit=str(LETTERS), **older),
            names.introduce(visit),
        )
        return await house.page(
            request,
            "inbox.html",
            visit=visit,
            letters=told["letters"],
            unread=told["unread_count"],
            reasons=await _reasons(visit, told["letters"]),
            has_older=len(told["letters"]) == LETTERS,
            moment=writing.moment,
        )

    async def _reasons(visit: Visit, letters: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
        """Return, by the newest letter of each return, why it was returned: letters carry no words of anybody's."""
        newest: dict[str, str] = {}
        for letter in letters:
            if letter["kind"] == "submission_returned" and letter["obligation_id"]:
                newest.setdefault(letter["obligation_id"], letter["letter_id"])
        asked = dict(list(newest.items())[:MOST_RETURNED])
        found = await asyncio.gather(*(_submission(visit, each) for each in asked))
        return {letter: why for letter, told in zip(asked.values(), found, strict=True) if (why := owing.reasons(told))}

    async def _submission(visit: Visit, obligation_id: str) -> Mapping[str, Any] | None:
        try:
            path = f"/obligations/{obligation_id}/submission"
            found: Mapping[str, Any] | None = await house.services.find("submissions", path, token=visit.access_token)
        except (ServiceAway, Refused):
            return None  # letters are read whoever else is away
        return found

    @router.post("/inbox/{letter_id}/read")
    async def read(request: Request, letter_id: UUID) -> Response:
        await read_form(request)
        visit = await here(request)
        await house.services.ask("POST", "notify", f"/letters/{letter_id}/read", token=visit.access_token)
        return go_to("/inbox")

    return router
