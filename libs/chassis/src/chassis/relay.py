"""Carry events from the outbox to JetStream: at least once, in order for each thing, by one relay at a time.

A relay holds a line to PostgreSQL while there is something to carry and a moment longer; at rest it looks with one of
those its process has anyway.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
from nats.js import JetStreamContext
from opentelemetry import propagate, trace
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.transaction import lent_line
from contracts.event import CONTENT_TYPE

log = logging.getLogger(__name__)

LEADER_LOCK = 0xC09_6A4
"""Advisory lock of the one relay of a database; the others stand by."""
BATCH = 500
POLL_SECONDS = 1.0
"""How long an event waits when the wake-up that follows its commit got lost; how long a relay leads on without one."""
AFTER_FAILURE_SECONDS = 1.0
ACK_SECONDS = 10.0
STATEMENT_SECONDS = 30.0
"""A server that is silent for so long is given up; the events go out again by another line."""

_ANYTHING = "SELECT EXISTS (SELECT FROM outbox)"
_WAITING = "SELECT position, event_id, about, subject, body, traceparent FROM outbox ORDER BY position LIMIT $1"
_DELETE = "DELETE FROM outbox WHERE position = ANY($1::bigint[])"


class Relay:
    """Publishes what the outbox holds and deletes what the stream has acknowledged.

    If the process dies between the two, the events go out again under the same message id: the stream drops
    the copy within its duplicate window, and the readers' inboxes drop whatever comes later.
    """

    def __init__(
        self, engine: AsyncEngine, jetstream: JetStreamContext, *, stream: str, tracer: trace.Tracer | None = None
    ) -> None:
        self._engine = engine
        self._jetstream = jetstream
        self._stream = stream
        self._tracer = tracer or trace.get_tracer("chassis.relay")
        self._woken = asyncio.Event()
        self.is_leader = False

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Relay until cancelled, surviving the loss of PostgreSQL and of NATS."""
        while True:
            self._woken.clear()
            try:
                async with lent_line(self._engine) as line:
                    if await _ask(line, _ANYTHING) and await _ask(line, "SELECT pg_try_advisory_lock($1)", LEADER_LOCK):
                        await self._lead(line)
                        await _ask(line, "SELECT pg_advisory_unlock($1)", LEADER_LOCK)
            except Exception as error:  # noqa: BLE001  whatever is broken, the events are safe in the outbox: try again
                log.warning("relay of %s stopped: %r; starting again", self._stream, error)
                await asyncio.sleep(AFTER_FAILURE_SECONDS)
            else:
                await self._woken_within(POLL_SECONDS)

    async def _lead(self, line: asyncpg.Connection) -> None:
        self.is_leader = True
        try:
            while True:
                self._woken.clear()
                if await self.drain(line) == 0 and not await self._woken_within(POLL_SECONDS):
                    return
        finally:
            self.is_leader = False

    async def _woken_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._woken.wait(), seconds)
        return False

    async def drain(self, line: asyncpg.Connection) -> int:
        """Publish up to one batch; return how many events went out. Raises when none could."""
        waiting = await line.fetch(_WAITING, BATCH, timeout=STATEMENT_SECONDS)
        gone: list[int] = []
        refused: set[str] = set()
        error: BaseException | None = None
        while waiting:
            wave, waiting = _one_of_each(waiting, refused)
            if not wave:
                break
            for row, outcome in zip(wave, await self._publish(wave), strict=True):
                if isinstance(outcome, BaseException):
                    refused.add(row["about"])
                    error = outcome
                else:
                    gone.append(row["position"])
        if gone:
            await line.execute(_DELETE, gone, timeout=STATEMENT_SECONDS)
        if error is not None:
            if not gone:
                raise error
            log.warning("relay of %s: %d things wait after %r", self._stream, len(refused), error)
        return len(gone)

    async def _publish(self, wave: Sequence[asyncpg.Record]) -> list[object]:
        acknowledgements = []
        for row in wave:
            headers = {"Nats-Msg-Id": str(row["event_id"]), "content-type": CONTENT_TYPE}
            origin = propagate.extract({"traceparent": row["traceparent"]} if row["traceparent"] else {})
            event_type = row["subject"].removesuffix(f".{row['about']}")
            with self._tracer.start_as_current_span(f"publish {event_type}", origin, kind=trace.SpanKind.PRODUCER):
                propagate.inject(headers)
            acknowledgements.append(
                await self._jetstream.publish_async(
                    row["subject"], row["body"], stream=self._stream, headers=headers, wait_stall=ACK_SECONDS
                )
            )
        # A lost acknowledgement must not hold the relay for ever; the event simply goes out again.
        return await asyncio.gather(
            *(asyncio.wait_for(each, ACK_SECONDS) for each in acknowledgements), return_exceptions=True
        )


async def _ask(line: asyncpg.Connection, question: str, *values: int) -> bool:
    return bool(await line.fetchval(question, *values, timeout=STATEMENT_SECONDS))


def _one_of_each(
    waiting: Sequence[asyncpg.Record], refused: set[str]
) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    # Never two unacknowledged events of one thing: if the first fails, the second must not overtake it.
    wave, rest, seen = [], [], set(refused)
    for row in waiting:
        if row["about"] in seen:
            if row["about"] not in refused:
                rest.append(row)
        else:
            wave.append(row)
            seen.add(row["about"])
    return wave, rest
