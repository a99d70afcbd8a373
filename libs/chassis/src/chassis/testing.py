"""What the tests of every service need: a signer of tokens, a running frame, a letterbox without a postman."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from chassis.consuming import Box, Letter, take_in_letters
from chassis.frame import Frame
from chassis.identity import ALGORITHM, AUDIENCE, ISSUER, LIFETIME_SECONDS, KeyRing
from chassis.tables import outbox
from chassis.transaction import new_id
from contracts.event import Event, seal


class Signer:
    """Signs tokens with a throw-away key, as the directory would."""

    def __init__(self, *, kid: str = "test") -> None:
        self._key = Ed25519PrivateKey.generate()
        self.kid = kid
        self.keys = KeyRing({kid: self._key.public_key()})

    def bearer(
        self, *posts: tuple[str, str], person: UUID | None = None, kind: str = "person", **claims: Any
    ) -> dict[str, str]:
        """Return the header of somebody who holds these `(role, unit_id)` posts; `claims` override what is signed."""
        now = int(time.time())
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(person or new_id()),
            "kind": kind,
            "posts": [{"unit_id": unit_id, "role": role} for role, unit_id in posts],
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            **claims,
        }
        token = jwt.encode(payload, self._key, algorithm=ALGORITHM, headers={"kid": self.kid})
        return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def running(frame: Frame) -> AsyncIterator[httpx.AsyncClient]:
    """Run a frame in this process and yield a client of its front door."""
    async with frame.app.router.lifespan_context(frame.app):
        transport = httpx.ASGITransport(frame.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{frame.service}") as client:
            yield client


async def tell(frame: Frame, *events: Event) -> None:
    """Put events into the letterbox of a frame, each in a transaction of its own, as its durables would."""
    for event in events:
        await tell_together(frame, [event])


async def tell_together(frame: Frame, events: Sequence[Event], *, ids: Sequence[UUID] | None = None) -> None:
    """Put events into the letterbox as one batch per durable; with `ids`, as repeated deliveries of known events."""
    known = ids or [new_id() for _ in events]
    for box in frame.desk.boxes.values():
        mine = [(event_id, event) for event_id, event in zip(known, events, strict=True) if event.type in box.types]
        if mine:
            letters = [Letter(event_id, event, seal(event, event_id=event_id)) for event_id, event in mine]
            async with frame.transactions.begin() as transaction:
                await take_in_letters(transaction, box, letters)


def box_of(frame: Frame, durable: str) -> Box:
    """Return a box of the frame's desk."""
    return frame.desk.boxes[durable]


async def waiting_events(frame: Frame) -> list[dict[str, Any]]:
    """Return the envelopes that wait in the outbox, in order."""
    async with frame.engine.connect() as connection:
        bodies = (await connection.execute(select(outbox.c.body).order_by(outbox.c.position))).scalars()
        return [json.loads(body) for body in bodies]


async def until(condition: Callable[[], Awaitable[bool]], *, within: float = 10.0, every: float = 0.02) -> None:
    """Wait until `condition` holds; fail when it does not hold in time."""
    deadline = time.monotonic() + within
    while not await condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {within} s: {condition}")
        await asyncio.sleep(every)
