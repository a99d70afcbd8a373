"""Receive a province's aggregated figures, as the city authority does. Needs only `pip install nats-py[nkeys]`.

Each aggregate is the total of one requirement of a directive, at one unit of the province or one cluster of schools,
for one period. It is sent again, with a higher `version`, whenever it changes; the newest version is the truth.

    CITY_NATS_SEED=SU… python city_subscriber.py --url nats://province.example:4222 --durable my-program

prints one JSON object per line and keeps its place on the server under the name given with `--durable`: what is
published while it is stopped is received when it returns. A line is acknowledged only after it is printed (and, with
`--state`, kept), so nothing is lost; after a crash a line may come twice. Ends in order on SIGTERM and Ctrl-C.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats
import nats.errors
import nats.js.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

SUBJECTS = "reporting.aggregate.updated.v1.>"
START = {
    "all": DeliverPolicy.ALL,  # every version of every aggregate since the beginning
    "last": DeliverPolicy.LAST_PER_SUBJECT,  # the newest version of each, then whatever follows
    "new": DeliverPolicy.NEW,  # only what is published from now on
}
BATCH = 100
SILENCE_SECONDS = 1.0


class Aggregates:
    """The newest version of every aggregate, kept in a file when one is named."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._newest: dict[tuple[str, str, str], dict[str, Any]] = {}
        if file is not None and file.exists():
            for aggregate in json.loads(file.read_text(encoding="utf-8"))["aggregates"]:
                self._newest[self._key(aggregate)] = aggregate

    @staticmethod
    def _key(aggregate: dict[str, Any]) -> tuple[str, str, str]:
        return aggregate["requirement_id"], aggregate["unit_id"], aggregate["period"]

    def take(self, aggregate: dict[str, Any]) -> bool:
        """Keep an aggregate; say whether it is newer than what is known."""
        known = self._newest.get(self._key(aggregate))
        if known is not None and known["version"] >= aggregate["version"]:
            return False
        self._newest[self._key(aggregate)] = aggregate
        return True

    def save(self) -> None:
        """Replace the file as a whole, so that a reader never sees half of it."""
        if self._file is None:
            return
        half = self._file.with_name(f"{self._file.name}.half")
        with half.open("w", encoding="utf-8") as out:
            json.dump({"aggregates": list(self._newest.values())}, out, ensure_ascii=False, indent=1)
            out.flush()
            os.fsync(out.fileno())
        half.replace(self._file)


def aggregate_in(message: Msg) -> dict[str, Any]:
    """Read a message: a CloudEvents 1.0 envelope in JSON with the aggregate in `data`."""
    event = json.loads(message.data)
    told = event["data"]
    traceparent = (message.headers or {}).get("traceparent") or event.get("traceparent")
    return {
        "requirement_id": told["requirement_id"],
        "unit_id": told["unit_id"],
        "relation": told["relation"],
        "period": told["period"],
        "version": told["version"],
        "totals": totals_in(told),
        "units_reported": told["units_reported"],
        "units_due": told["units_due"],
        "levels": {
            each["level"]: {
                "totals": totals_in(each),
                "units_reported": each["units_reported"],
                "units_due": each["units_due"],
            }
            for each in told["levels"]
        },
        "directive_id": told["directive_id"],
        "as_of": told["as_of"],
        "event_id": event["id"],
        "trace_id": traceparent.split("-")[1] if traceparent else None,
        "occurred_at": event["time"],
        "received_at": datetime.now(UTC).isoformat(),
    }


def totals_in(told: dict[str, Any]) -> dict[str, int | None]:
    """Return the total of each indicator; null where nobody has reported yet, which is not zero."""
    return {each["indicator"]: each["value"] for each in told["totals"]}


class Subscriber:
    """Reads the city's own copy of the aggregates until it is told to stop."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._asked = asked
        self._aggregates = Aggregates(asked.state)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End after the lines that are being printed."""
        self._stopping.set()

    async def run(self, seed: str) -> None:
        """Print what arrives until stopped, or until nothing has arrived for as long as `--idle-exit` says."""
        client = await self._unless_stopping(
            nats.connect(
                self._asked.url,
                nkeys_seed_str=seed,
                name=f"city: {self._asked.durable}",
                max_reconnect_attempts=-1,  # for ever; the server keeps our place meanwhile
                reconnect_time_wait=1,
                error_cb=complain,
            )
        )
        if client is None:
            return
        try:
            await self._read(client.jetstream(timeout=5))
        finally:
            await client.close()  # sends the last acknowledgements first

    async def _read(self, jetstream: JetStreamContext) -> None:
        subscription = await jetstream.pull_subscribe_bind(durable=self._asked.durable, stream=self._asked.stream)
        has_place = False
        heard_at = time.monotonic()
        while not self._stopping.is_set() and not self._has_been_idle_since(heard_at):
            try:
                if not has_place:
                    await self._keep_a_place(jetstream)
                messages = await fetch(subscription)
            except (nats.errors.Error, nats.js.errors.Error, OSError) as error:
                has_place = False
                await complain(error)
                await self._unless_stopping(asyncio.sleep(1))
                continue
            # Silence may mean that there is nothing to read, or that our place is gone: look.
            has_place = bool(messages)
            if messages:
                heard_at = time.monotonic()
                await self._take_in(messages)

    def _has_been_idle_since(self, heard_at: float) -> bool:
        return self._asked.idle_exit is not None and time.monotonic() - heard_at >= self._asked.idle_exit

    async def _keep_a_place(self, jetstream: JetStreamContext) -> None:
        """Make the durable consumer that remembers what we have received; leave it alone when it is there."""
        try:
            await jetstream.consumer_info(self._asked.stream, self._asked.durable)
        except nats.js.errors.NotFoundError:
            await jetstream.add_consumer(
                self._asked.stream,
                ConsumerConfig(
                    durable_name=self._asked.durable,
                    filter_subject=SUBJECTS,
                    deliver_policy=START[self._asked.start],
                    ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=10,
                ),
            )

    async def _take_in(self, messages: list[Msg]) -> None:
        for message in messages:
            try:
                aggregate = aggregate_in(message)
            except (ValueError, KeyError, TypeError) as error:
                await complain(error)  # it will not be more readable later, and it must not hold up the others
                continue
            if self._aggregates.take(aggregate):
                print(json.dumps(aggregate, ensure_ascii=False))
        sys.stdout.flush()
        self._aggregates.save()
        for message in messages:
            await message.ack()

    async def _unless_stopping(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Return what `work` returns, or null when we are told to stop before it is done."""
        doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if doing.done():
            return doing.result()
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return None


async def fetch(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
    """Return the next message as soon as it comes, with whatever else already waits; nothing after some silence."""
    try:
        messages = await subscription.fetch(1, timeout=SILENCE_SECONDS)
    except nats.errors.TimeoutError:
        return []
    waiting = min(messages[0].metadata.num_pending, BATCH - 1)
    if waiting:
        with suppress(nats.errors.TimeoutError):
            messages += await subscription.fetch(waiting, timeout=0.2)
    return messages


async def complain(error: Exception) -> None:
    """Say on standard error what went wrong; whatever it is, we try again."""
    print(f"city_subscriber: {error!r}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--url", default="nats://127.0.0.1:4222", help="address of the province's NATS server")
    parser.add_argument("--seed-file", type=Path, help="file with the nkey seed; else it is read from CITY_NATS_SEED")
    parser.add_argument("--stream", default="CITY", help="the city's own copy of the aggregates")
    parser.add_argument("--durable", default="city-subscriber", help="the name our place is kept under on the server")
    parser.add_argument(
        "--from",
        dest="start",
        choices=START,
        default="all",
        help="where a new durable starts: all history, the last value of each aggregate, or only what is new",
    )
    parser.add_argument("--state", type=Path, help="file to keep the newest version of every aggregate in")
    parser.add_argument("--idle-exit", type=float, metavar="S", help="end when nothing has arrived for S seconds")
    return parser.parse_args()


async def main() -> None:
    """Subscribe until stopped."""
    asked = arguments()
    seed = asked.seed_file.read_text(encoding="utf-8") if asked.seed_file else os.environ.get("CITY_NATS_SEED", "")
    if not seed.strip():
        sys.exit("city_subscriber: no seed: set CITY_NATS_SEED or name a --seed-file")
    subscriber = Subscriber(asked)
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, subscriber.stop)
    await subscriber.run(seed.strip())


if __name__ == "__main__":
    asyncio.run(main())
