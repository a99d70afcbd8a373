"""The front door of the feed: events behind a position, by page, by long poll, or as server-sent events."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from chassis.caller import Caller
from chassis.http import may_raise
from chassis.identity import Calling, KeyRing
from chassis.problems import Malformed, NotFound, NotSignedIn
from chassis.transaction import Transactions
from reporting.feed import operations
from reporting.feed.bell import Bell, TooManyListeners
from reporting.feed.store import Entry

router = APIRouter(tags=["city"])

LONGEST_WAIT_SECONDS = 30
HEARTBEAT_SECONDS = 15.0
"""A comment this often keeps proxies from closing a quiet line, and finds out whether the token still holds."""
STREAM_PAGE = 200

After = Annotated[int, Query(ge=0, le=(1 << 63) - 1, description="a position; events behind it are returned")]


class EntryOut(BaseModel):
    """An event with its position."""

    position: int
    event: dict[str, Any]
    """The CloudEvents envelope, byte for byte as on NATS; see the catalogue of events."""


class FeedOut(BaseModel):
    """Events of the feed, oldest first."""

    events: list[EntryOut]
    next: int
    """The position to go on from."""
    has_more: bool


@router.get(
    "/feed",
    response_model=FeedOut,
    responses=may_raise(NotFound, NotSignedIn, Malformed, TooManyListeners),
)
async def read_feed(
    request: Request,
    caller: Calling,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="seconds to wait for a first event")] = 0,
    newest: Annotated[bool, Query(description="of each thing only its last event; what a newcomer needs")] = False,
) -> Response:
    """Return the events behind a position; when there are none, wait for the first up to `wait` seconds."""
    page = await _look(request.app.state.frame.transactions, caller, after, limit, newest=newest)
    if not page.entries and wait:
        bell: Bell = request.app.state.bell
        until = time.monotonic() + wait
        async with bell.listening() as ear:
            while not page.entries and not bell.is_closing and (left := until - time.monotonic()) > 0:
                ear.clear()
                page = await _look(request.app.state.frame.transactions, caller, after, limit, newest=newest)
                if not page.entries:
                    await ear.wait(left)
    return Response(_written(page), media_type="application/json")


async def _look(
    transactions: Transactions, caller: Caller, after: int, limit: int, *, newest: bool = False
) -> operations.Page:
    # A transaction for each look: nobody keeps a connection to the database while they wait.
    async with transactions.begin() as tx:
        return await operations.read_feed(tx, after=after, limit=limit, newest_only=newest, by=caller)


def _written(page: operations.Page) -> bytes:
    # The envelopes are put in as they are: read and written again, a number could come out in another form.
    events = b",".join(b'{"position":%d,"event":%b}' % (each.position, each.body) for each in page.entries)
    return b'{"events":[%b],"next":%d,"has_more":%b}' % (events, page.next, b"true" if page.has_more else b"false")


@router.get(
    "/feed/stream",
    response_class=StreamingResponse,
    responses=may_raise(NotFound, NotSignedIn, Malformed, TooManyListeners),
)
async def stream_feed(
    request: Request,
    caller: Calling,
    after: After = 0,
    last_event_id: Annotated[str | None, Header(pattern=r"^[0-9]{1,18}$")] = None,
) -> StreamingResponse:
    """Send the events behind a position, and then each as it is told, as server-sent events.

    The id of each is its position: a client that lost the line sends it back in `Last-Event-ID`, as browsers do.
    The stream ends when the token does.
    """
    operations.check_may_subscribe(caller)
    bell: Bell = request.app.state.bell
    bell.check_has_room()  # while an answer can still say so
    position = int(last_event_id) if last_event_id is not None else after
    return StreamingResponse(
        lines_behind(request, position), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def lines_behind(request: Request, position: int) -> AsyncIterator[bytes]:
    """Yield what is told behind a position as server-sent events, until the token or the process ends."""
    frame = request.app.state.frame
    token = request.headers["authorization"].partition(" ")[2]
    bell: Bell = request.app.state.bell
    async with bell.listening() as ear:
        heard_at = time.monotonic()
        while not bell.is_closing:
            ear.clear()
            caller = await _holder_of(frame.keys, token)
            if caller is None:
                return
            page = await _look(frame.transactions, caller, position, STREAM_PAGE)
            if page.entries:
                yield b"".join(_line(each) for each in page.entries)
                position, heard_at = page.next, time.monotonic()
            elif time.monotonic() - heard_at >= HEARTBEAT_SECONDS:
                yield b": still here\n\n"
                heard_at = time.monotonic()
            else:
                await ear.wait(HEARTBEAT_SECONDS)


async def _holder_of(keys: KeyRing, token: str) -> Caller | None:
    try:
        return await keys.caller(token)
    except NotSignedIn:
        return None


def _line(entry: Entry) -> bytes:
    # An envelope is JSON in one line: nothing in it can end the event early.
    return b"id: %d\ndata: %b\n\n" % (entry.position, entry.body)
