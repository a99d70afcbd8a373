"""Take in the events of others: each once per durable, in one transaction, with a place for what cannot be read.

A durable hands over what waits as one batch and the batch becomes one transaction, so a burst is folded. When a batch
fails, its messages are tried one by one, so that one bad message neither blocks nor takes down its neighbours.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Union
from uuid import UUID

from faststream import AckPolicy
from faststream.message import StreamMessage
from faststream.nats import JStream, NatsBroker, PullSub
from nats.aio.msg import Msg
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from pydantic import Discriminator, TypeAdapter, ValidationError, create_model
from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.outages import is_outage
from chassis.parking import park
from chassis.pulling import harden
from chassis.tables import inbox
from chassis.telemetry import Metrics
from chassis.transaction import Transaction, Transactions
from contracts.event import Envelope, Event

log = logging.getLogger(__name__)

RETRY_DELAYS = (0.2, 1.0, 5.0, 30.0, 120.0)
"""Seconds before each new attempt; a message that fails after the last one is parked."""
OUTAGE_DELAY = 2.0
"""Seconds before a message is tried again that met a dead database. Such a message is never parked."""
BATCH = 64

_given = func.unnest(bindparam("event_ids", type_=ARRAY(Uuid))).column_valued("event_id")
_ENTER = (
    insert(inbox)
    .from_select(["durable", "event_id"], select(bindparam("durable", type_=Text), _given))
    .on_conflict_do_nothing()
    .returning(inbox.c.event_id)
)
"""One text for however many letters, so that it is compiled once."""

BatchHandler = Callable[[Sequence[Any], Transaction], Awaitable[None]]
EachHandler = Callable[[Any, Transaction], Awaitable[None]]


class Unreadable(Exception):
    """A message that is no event this durable knows."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An event that could be read, under the id that tells it from all others."""

    id: UUID
    event: Event
    sealed: bytes
    """The envelope as it came, byte for byte."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A letter with the message it came in."""

    message: Msg
    letter: Letter
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Box:
    """What one durable takes in, and the function it sets in motion."""

    durable: str
    stream: str
    types: dict[str, type[Event]]
    take_in: BatchHandler
    linger: float = 0.0
    """Seconds to wait after a first message for others to fold with it."""
    at_once: int = 1
    """How many full batches may be under way at the same time."""
    takes_letters: bool = False
    """Whether `take_in` is handed letters, for which an event alone is not enough."""

    async def hand_over(self, letters: Sequence[Letter], transaction: Transaction) -> None:
        """Set in motion what these letters set in motion."""
        await self.take_in(letters if self.takes_letters else [letter.event for letter in letters], transaction)


@dataclass
class EventDesk:
    """Where one service receives the events of others."""

    transactions: Transactions
    metrics: Metrics
    tracer: trace.Tracer = field(default_factory=lambda: trace.get_tracer("chassis.consuming"))
    retry_delays: tuple[float, ...] = RETRY_DELAYS
    boxes: dict[str, Box] = field(default_factory=dict)

    def batch(
        self, durable: str, *types: type[Event], linger: float = 0.0, at_once: int = 1, letters: bool = False
    ) -> Callable[[BatchHandler], BatchHandler]:
        """Hand the events of `durable` to the decorated function, as many at a time as wait.

        Where nobody waits for the outcome, `linger` seconds turn a steady stream into few large transactions.
        In a burst `at_once` batches are under way, each in a transaction of its own: only for a function that several
        workers may run at the same time. With `letters` it is handed `Letter`s, with the id and the very bytes of each
        event.
        """

        def register(take_in: BatchHandler) -> BatchHandler:
            self.boxes[durable] = Box(
                durable=durable,
                stream=types[0].service().upper(),
                types={each.type: each for each in types},
                take_in=take_in,
                linger=linger,
                at_once=at_once,
                takes_letters=letters,
            )
            return take_in

        return register

    def each(self, durable: str, *types: type[Event]) -> Callable[[EachHandler], EachHandler]:
        """Hand the events of `durable` to the decorated function, one after the other."""

        def register(take_in_one: EachHandler) -> EachHandler:
            @self.batch(durable, *types)
            async def take_in_all(events: Sequence[Event], transaction: Transaction) -> None:
                for event in events:
                    await take_in_one(event, transaction)

            return take_in_one

        return register

    def subscribe(self, broker: NatsBroker) -> None:
        """Bind every box to its durable. The durables exist already: only the declaration makes them."""
        for box in self.boxes.values():
            subscriber = broker.subscriber(
                f"{box.stream.lower()}.>",
                stream=JStream(box.stream, declare=False),
                durable=box.durable,
                pull_sub=PullSub(batch_size=BATCH, batch=True),
                ack_policy=AckPolicy.MANUAL,  # the default drops a message for good on its first error
                decoder=_leave_sealed,
                title=box.durable,
            )
            subscriber(self._reader_of(box))
            harden(subscriber, linger=box.linger, at_once=box.at_once)

    def _reader_of(self, box: Box) -> Callable[[StreamMessage[Any]], Awaitable[None]]:
        async def read(batch: StreamMessage[Any]) -> None:
            await self.take_in(box, batch.raw_message)

        return read

    async def take_in(self, box: Box, messages: Sequence[Msg]) -> None:
        """Take in a batch of messages; each ends acknowledged, parked, or asked for again later."""
        deliveries = []
        for message in messages:
            try:
                deliveries.append(_open(box, message))
            except Unreadable as error:
                await self._park(box, message, reason=str(error))
        if not deliveries:
            return
        try:
            await self._deliver(box, deliveries)
        except Exception as error:  # noqa: BLE001  a handler may fail in any way; none may lose an event
            if len(deliveries) == 1 or is_outage(error):
                for delivery in deliveries:
                    await self._try_later(box, delivery.message, error)
            else:
                log.warning("%s: a batch of %d failed (%r); one by one now", box.durable, len(deliveries), error)
                for delivery in deliveries:
                    await self._deliver_alone(box, delivery)

    async def _deliver_alone(self, box: Box, delivery: Delivery) -> None:
        try:
            await self._deliver(box, [delivery])
        except Exception as error:  # noqa: BLE001  as above
            await self._try_later(box, delivery.message, error)

    async def _deliver(self, box: Box, deliveries: Sequence[Delivery]) -> None:
        first, *others = [_origin(delivery) for delivery in deliveries]
        links = [trace.Link(trace.get_current_span(origin).get_span_context()) for origin in others]
        with self.tracer.start_as_current_span(
            f"process {box.durable}", first, kind=trace.SpanKind.CONSUMER, links=links
        ) as span:
            span.set_attribute("messaging.batch.message_count", len(deliveries))
            async with self.transactions.begin() as transaction:
                new = await take_in_letters(transaction, box, [delivery.letter for delivery in deliveries])
        for delivery in deliveries:
            await delivery.message.ack()
        self.metrics.events.labels(box.durable, "taken_in").inc(new)
        self.metrics.events.labels(box.durable, "repeated").inc(len(deliveries) - new)

    async def _try_later(self, box: Box, message: Msg, error: Exception) -> None:
        deliveries = message.metadata.num_delivered
        if is_outage(error):
            delay = OUTAGE_DELAY
        elif deliveries > len(self.retry_delays):
            await self._park(box, message, reason=repr(error))
            return
        else:
            delay = self.retry_delays[deliveries - 1]
        log.warning("%s: %s failed (%r); again in %.1f s", box.durable, message.subject, error, delay)
        self.metrics.events.labels(box.durable, "failed").inc()
        await message.nak(delay=delay)

    async def _park(self, box: Box, message: Msg, *, reason: str) -> None:
        try:
            async with self.transactions.begin() as transaction:
                await park(transaction, box.durable, message, reason=reason)
        except Exception as error:  # noqa: BLE001  where nothing can be parked, the message stays in the stream
            log.warning("%s: could not park %s: %r", box.durable, message.subject, error)
            await message.nak(delay=OUTAGE_DELAY)
            return
        log.error("%s: parked %s: %s", box.durable, message.subject, reason)
        self.metrics.events.labels(box.durable, "parked").inc()
        await message.ack()


def read_event(box: Box, body: bytes) -> tuple[Envelope, Event]:
    """Open an envelope; raise `Unreadable` when it is none, or holds an event this durable does not know."""
    try:
        envelope = _opener(tuple(box.types.values())).validate_json(body)
    except ValidationError:
        return _read_in_steps(box, body)
    return envelope, envelope.data


@cache
def _opener(types: tuple[type[Event], ...]) -> TypeAdapter[Any]:
    """Return what reads an envelope and the event in it at once: of a burst that is a good part of the work."""
    known: list[Any] = []  # types that are known only when running
    for each in types:
        fields: dict[str, Any] = {"type": (Literal[each.type], ...), "data": (each, ...)}
        known.append(create_model(f"Sealed{each.__name__}", __base__=Envelope, **fields))
    if len(known) == 1:
        return TypeAdapter(known[0])
    one_of: Any = Union[tuple(known)]  # noqa: UP007  `|` takes no tuple
    return TypeAdapter(Annotated[one_of, Discriminator("type")])


def _read_in_steps(box: Box, body: bytes) -> tuple[Envelope, Event]:
    # What cannot be read says why, for whoever looks at what is parked: first the envelope, then what is in it.
    try:
        envelope = Envelope.model_validate_json(body)
        event_type = box.types.get(envelope.type)
        if event_type is None:
            raise Unreadable(f"unknown event type {envelope.type!r}")
        return envelope, event_type.model_validate(envelope.data)
    except ValidationError as error:
        raise Unreadable(str(error)) from error


async def take_in_letters(transaction: Transaction, box: Box, letters: Sequence[Letter]) -> int:
    """Hand over the letters this durable has not taken in yet, in one transaction; return how many those were."""
    by_id = {letter.id: letter for letter in letters}
    # In one order for everyone, so that two workers with the same letters wait for each other and do not lock up.
    entered = await transaction.connection.execute(_ENTER, {"durable": box.durable, "event_ids": sorted(by_id)})
    new = set(entered.scalars())
    if new:
        await box.hand_over([letter for event_id, letter in by_id.items() if event_id in new], transaction)
    return len(new)


def _open(box: Box, message: Msg) -> Delivery:
    envelope, event = read_event(box, message.data)
    headers = message.headers or {}
    letter = Letter(envelope.id, event, message.data)
    return Delivery(message, letter, headers.get("traceparent") or envelope.traceparent)


def _origin(delivery: Delivery) -> Context:
    return propagate.extract({"traceparent": delivery.traceparent} if delivery.traceparent else {})


async def _leave_sealed(message: StreamMessage[Any]) -> StreamMessage[Any]:
    # Decoding is ours: FastStream would guess at the content type and raise before we could park.
    return message
