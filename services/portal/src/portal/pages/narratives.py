"""What units wrote in the answers that count, heading by heading, for those who sum it up."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.pages.owed import unread_letters
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage
from portal.rendering import House


def open_narratives(house: House, names: Names) -> APIRouter:
    """Return the page of what units wrote."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/totals/{directive_id}/words")
    async def words(request: Request, directive_id: UUID, requirement: UUID, after: UUID | None = None) -> Response:
        visit = await here(request)
        token, further = visit.access_token, {"after": str(after)} if after else {}
        directive, told, unread, _ = await asyncio.gather(
            services.find("directives", f"/directives/{directive_id}", token=token),
            services.find("submissions", f"/requirements/{requirement}/narratives", token=token, **further),
            unread_letters(house, visit),
            names.introduce(visit),
        )
        asked = [each for each in (directive or {"requirements": []})["requirements"]
                 if each["requirement_id"] == str(requirement)]  # fmt: skip
        if told is None or not asked:
            raise NoSuchPage("Không có phần trình bày nào ở đây.", "There is nothing written here.")
        units = {each["unit_id"] for section in told["sections"] for each in section["written"]}
        return await house.page(
            request,
            "words.html",
            visit=visit,
            directive=directive,
            asked=asked[0],
            sections=told["sections"],
            next_after=told["next_after"],
            names=await names.of_units(units, visit, whole=True),
            unread=unread,
        )

    return router
