"""The streams reporting listens to, read again from their beginning: by whoever may, which no service may by itself."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from chassis import streams
from chassis.streams import DeclaredDurable
from contracts.event import Envelope, Event
from reporting.domain.heard import HEARD
from reporting.operations import Published
from reporting.settings import Settings

if TYPE_CHECKING:
    from nats.js import JetStreamContext

AT_ONCE = 256
"""Facts in memory together."""
WITHIN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class History:
    """What lies in the streams for the durables of reporting, and how far each had got when this was opened."""

    jetstream: "JetStreamContext"
    durables: Sequence[DeclaredDurable]
    settled: dict[str, int]
    """By durable: up to where everything had been acknowledged."""

    async def read(self) -> AsyncIterator[Sequence[Published]]:
        """Yield every fact there is now, durable by durable, in the order of its stream."""
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

        for durable in self.durables:
            config = ConsumerConfig(
                ack_policy=AckPolicy.NONE,
                deliver_policy=DeliverPolicy.ALL,
                filter_subjects=list(durable.subjects),
                inactive_threshold=60,
                mem_storage=True,
            )
            made = await self.jetstream.add_consumer(durable.stream, config)
            try:
                reading = await self.jetstream.pull_subscribe_bind(made.name, durable.stream)
                left = made.num_pending or 0
                while left > 0:
                    messages = await reading.fetch(min(left, AT_ONCE), timeout=WITHIN_SECONDS)
                    left -= len(messages)
                    yield [
                        Published(
                            _event(each.data),
                            is_settled=each.metadata.sequence.stream <= self.settled[durable.name],
                        )
                        for each in messages
                    ]
            finally:
                await self.jetstream.delete_consumer(durable.stream, made.name)


@asynccontextmanager
async def open_history(settings: Settings) -> AsyncIterator[History]:
    """Note how far every durable has got, for the streams to be read after the database was looked at."""
    # Only here: no process that serves reads a stream without its durable.
    import nats

    # What reporting told itself is no fact the totals are made of.
    declared = [
        each
        for each in streams.load(settings.streams_file).durable
        if each.reader == "reporting" and each.stream != "REPORTING"
    ]
    client = await nats.connect(
        settings.nats_url,
        nkeys_seed_str=settings.nats_seed,
        inbox_prefix="_INBOX.reporting",
        connect_timeout=5,
        allow_reconnect=False,
    )
    try:
        jetstream = client.jetstream(timeout=WITHIN_SECONDS)
        settled = {}
        for durable in declared:
            floor = (await jetstream.consumer_info(durable.stream, durable.name)).ack_floor
            settled[durable.name] = floor.stream_seq if floor is not None else 0
        yield History(jetstream, declared, settled)
    finally:
        await client.close()


def _event(body: bytes) -> Event | None:
    try:
        envelope = Envelope.model_validate_json(body)
        return HEARD[envelope.type].model_validate(envelope.data) if envelope.type in HEARD else None
    except ValidationError:
        return None
