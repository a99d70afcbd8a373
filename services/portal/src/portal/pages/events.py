"""The catalogue of events, for people: what each says, what it carries, and which leave the house."""

from functools import cache
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.doorkeeping import door_of
from portal.rendering import House

OUTSIDE = ("reporting.aggregate", "reporting.edition")
"""What is told to the city begins so."""


def open_events(house: House) -> APIRouter:
    """Return the page of the catalogue; it is for everybody, as the events themselves name nobody."""
    router = APIRouter(include_in_schema=False)

    @router.get("/events")
    async def events(request: Request) -> Response:
        return await house.page(request, "events.html", visit=await door_of(request).visit(), groups=_catalogue())

    return router


@cache
def _catalogue() -> list[tuple[str, list[dict[str, Any]]]]:
    # Every event there is: whoever never opens the page should not carry it.
    from contracts.catalogue import EVENTS

    told: list[dict[str, Any]] = [
        {
            "type": event.type,
            "says": " ".join((event.__doc__ or "").split()),
            "is_outside": event.type.startswith(OUTSIDE),
            "fields": [
                (name, " ".join((field.description or "").split())) for name, field in event.model_fields.items()
            ],
        }
        for event in EVENTS
    ]
    return [(service, list(found)) for service, found in groupby(told, key=lambda each: each["type"].split(".")[0])]
