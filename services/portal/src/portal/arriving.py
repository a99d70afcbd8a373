"""The seconds in which what somebody owes is on its way from who asks for it to who takes the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from portal.asking import Services
from portal.problems import OnItsWay, Refused
from portal.sessions import Visit

Answer = TypeVar("Answer")

WAITS_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.0)
"""Facts mostly take milliseconds; after these nobody is kept in front of a page any longer."""


async def once_arrived(
    services: Services, visit: Visit, obligation_id: UUID, ask: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Return what submissions answers about an obligation, asked again for a moment where it has not heard of it yet.

    `ask` may be asked twice: nothing was done where nothing was known. Raises what it raises; `OnItsWay` where
    directives shows the caller the obligation and submissions, after all the waits, still does not know it.
    """
    for wait in WAITS_SECONDS:
        try:
            return await ask()
        except Refused as refused:
            if refused.answered != HTTPStatus.NOT_FOUND or not await _is_owed(services, visit, obligation_id):
                raise
        await asyncio.sleep(wait)
    try:
        return await ask()
    except Refused as refused:
        if refused.answered != HTTPStatus.NOT_FOUND:
            raise
        raise OnItsWay from refused


async def _is_owed(services: Services, visit: Visit, obligation_id: UUID) -> bool:
    return await services.find("directives", f"/obligations/{obligation_id}", token=visit.access_token) is not None
