"""An inbox as it grows: server-sent events for one person, from a letter on."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from chassis.caller import Caller
from chassis.identity import KeyRing
from chassis.problems import NotSignedIn
from chassis.transaction import Transactions
from notify.bell import Bell
from notify.domain import Letter
from notify.store import inboxes

HEARTBEAT_SECONDS = 20.0
"""A line of which nothing is heard is closed by whatever is in between."""
OVERLAP = timedelta(minutes=2)
"""Letters are written under the moment their transaction began: one may appear behind others that are younger."""
PAGE = 200

Out = Callable[[Letter], str]
"""How a letter is written as JSON, in one line."""


async def start_of(transactions: Transactions, caller: Caller, last_seen: UUID | None) -> datetime:
    """Return the moment letters are told from: that of the letter seen last, else now."""
    async with transactions.begin() as tx:
        seen = await inboxes.find_letter(tx.connection, last_seen, person_id=caller.id) if last_seen else None
        return seen.created_at if seen is not None else tx.now


async def stream(
    transactions: Transactions,
    bell: Bell,
    who: Callable[[], Awaitable[Caller | None]],
    *,
    since: datetime,
    seen: UUID | None,
    out: Out,
) -> AsyncIterator[bytes]:
    """Yield the letters of a person from a moment on, and how many are unread whenever that has changed.

    It ends when the token does (`who` answers null), or the process. A letter may come twice, under the same id.
    """
    caller = await who()
    if caller is None:
        return
    told: dict[UUID, datetime] = {seen: since} if seen is not None else {}
    unread: int | None = None
    async with bell.listening(caller.id) as ear:
        while not bell.is_closed:
            ear.clear()
            if await who() is None:
                return
            async with bell.looking, transactions.begin() as tx:
                found = await inboxes.written_since(
                    tx.connection, caller.id, since=since - OVERLAP, without=list(told), limit=PAGE
                )
                count = await inboxes.count_unread(tx.connection, caller.id)
            for letter in found:
                told[letter.letter_id] = letter.created_at
                since = max(since, letter.created_at)
                yield b"event: letter\nid: %b\ndata: %b\n\n" % (str(letter.letter_id).encode(), out(letter).encode())
            told = {each: at for each, at in told.items() if at >= since - OVERLAP}
            if count != unread:
                unread = count
                yield b"event: unread\ndata: %b\n\n" % json.dumps({"unread_count": count}).encode()
            if len(found) == PAGE:
                continue
            try:
                await asyncio.wait_for(ear.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"


def holder_of(keys: KeyRing, token: str) -> Callable[[], Awaitable[Caller | None]]:
    """Return a question for whose token this is; null once it holds no more."""

    async def who() -> Caller | None:
        with suppress(NotSignedIn):
            return await keys.caller(token)
        return None

    return who
