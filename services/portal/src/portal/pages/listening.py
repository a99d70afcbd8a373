"""How many letters wait, told to a page that is open as it changes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from chassis.http import problem_answer
from chassis.problems import NotSignedIn
from portal.doorkeeping import door_of
from portal.rendering import House

EARS = 300
"""So many pages listen at once; a further one is told nothing, and shows what was so when it was opened."""

COME_AGAIN = b"retry: 15000\n\n"
"""A line that was lost is tried again after so many milliseconds: when a service is away, hundreds of pages do."""


class Listening:
    """The pages that listen, until the process is to stop."""

    def __init__(self) -> None:
        self._leaving = asyncio.Event()
        self.ears = 0

    def leave(self) -> None:
        """End every line: the process is to stop."""
        self._leaving.set()

    async def until_leaving(self, told: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
        """Yield what is told, and no more once the process is to stop."""
        self.ears += 1
        leaving = asyncio.ensure_future(self._leaving.wait())
        coming: asyncio.Future[bytes | None] | None = None
        try:
            yield COME_AGAIN
            while not leaving.done():
                coming = asyncio.ensure_future(_next(told))
                await asyncio.wait({coming, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    return
                piece = coming.result()
                if piece is None:
                    return
                yield piece
        finally:
            self.ears -= 1
            waiting = [each for each in (coming, leaving) if each is not None and not each.done()]
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            await told.aclose()


async def _next(told: AsyncIterator[bytes]) -> bytes | None:
    return await anext(told, None)


def open_listening(house: House, listening: Listening) -> APIRouter:
    """Return the address a page listens at."""
    router = APIRouter(include_in_schema=False)

    @router.get("/inbox/stream")
    async def stream(request: Request) -> Response:
        # A page that lies open is no sign that somebody sits there.
        visit = await door_of(request).visit(is_work=False)
        if visit is None:
            return problem_answer(NotSignedIn("Hãy đăng nhập lại.", "Please sign in again."))
        if listening.ears >= EARS:
            return Response(status_code=204)  # browsers do not come again after this
        told = house.services.follow("notify", "/letters/stream", token=visit.access_token)
        return StreamingResponse(listening.until_leaving(told), media_type="text/event-stream")

    return router
