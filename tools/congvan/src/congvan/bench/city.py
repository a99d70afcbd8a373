"""`bench city`: a thousand changes of aggregates a second, to three subscribers of different kinds.

One takes them by NATS from the account of the city, one by webhook, one as server-sent events. Each change says when it
happened, before its transaction was committed; what is measured is from then until a subscriber has it in hand.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import nats
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from chassis.clock import today
from chassis.policy import Purpose
from congvan.bench.apart import run_apart
from congvan.bench.outcome import Aim, Outcome, Sheet, spread
from congvan.bench.processors import Meter
from congvan.bench.wire import Line, request
from congvan.demo.performance import Stage
from congvan.demo.play import Told
from congvan.demo.visit import Visitor
from congvan.house import House

PER_SECOND = 1000
AGGREGATES = 500
P99_MS = 1000
BACKLOG_S = 3.0
"""So many seconds of changes wait for a subscriber that was away, when it is measured how fast it catches up."""
LINES = 16
"""As many as the courier opens to one target."""
SEEN_WITHIN_S = 120.0
WARM_UP_S = 2.0
SETTINGS = {"REPORTING_WEBHOOK_INNER_NETWORKS": '["127.0.0.0/8"]', "REPORTING_DIGEST_AT_HOUR": "24"}
"""What the house is told for it: a target on this machine may be sent to."""
_TIME = b'"time":"'


@dataclass
class Seen:
    """What a subscriber has in hand: when each event came, and how long after it happened."""

    events: int = 0
    milliseconds: list[float] = field(default_factory=list)
    first_at: float = 0.0
    last_at: float = 0.0

    def take(self, envelope: bytes) -> None:
        """Note an event that has just come."""
        now = time.time()
        at = envelope.index(_TIME) + len(_TIME)
        happened = datetime.fromisoformat(envelope[at : envelope.index(b'"', at)].decode()).timestamp()
        self.milliseconds.append((now - happened) * 1000)
        self.first_at = self.first_at or now
        self.last_at = now
        self.events += 1

    async def wait_for(self, count: int) -> None:
        """Wait until so many have come."""
        async with asyncio.timeout(SEEN_WITHIN_S):
            while self.events < count:  # noqa: ASYNC110  a thousand come in a second, each would ring
                await asyncio.sleep(0.02)

    def begin_anew(self) -> None:
        """Forget what came."""
        self.events, self.milliseconds, self.first_at, self.last_at = 0, [], 0.0, 0.0


@asynccontextmanager
async def by_nats(house: House) -> AsyncIterator[Seen]:
    """Take the aggregates with the city's own key, as any stranger would."""
    seen = Seen()
    client = await nats.connect(
        house.addresses.nats, nkeys_seed_str=house.secrets.nats_seeds["city"], connect_timeout=5
    )

    async def receive(message: Msg) -> None:
        seen.take(message.data)

    new = ConsumerConfig(deliver_policy=DeliverPolicy.NEW, ack_policy=AckPolicy.NONE)
    subject = "reporting.aggregate.updated.v1.>"
    await client.jetstream().subscribe(subject, stream="CITY", cb=receive, config=new, manual_ack=True)
    try:
        yield seen
    finally:
        await client.close()


@asynccontextmanager
async def by_stream(house: House, headers: dict[str, str]) -> AsyncIterator[Seen]:
    """Take them as server-sent events."""
    seen = Seen()

    async def listen(answer: httpx.Response) -> None:
        rest = b""
        async for chunk in answer.aiter_raw():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"data: "):
                    seen.take(line)

    url = house.addresses.reporting + "/feed/stream"
    forever = httpx.Timeout(30, read=None)  # it speaks when there is something to say
    async with httpx.AsyncClient(timeout=forever) as client, client.stream("GET", url, headers=headers) as answer:
        answer.raise_for_status()
        listening = asyncio.create_task(listen(answer))
        try:
            yield seen
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def target() -> AsyncIterator[tuple[Seen, int]]:
    """Take what is posted to a port of this machine; it says nothing but that it has it."""
    seen = Seen()
    open_: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                at = head.index(b"content-length:") + 15
                seen.take(await reader.readexactly(int(head[at : head.index(b"\r\n", at)])))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            open_.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield seen, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in list(open_):
            writer.transport.abort()


async def measure(
    house: House,
    told: Told,
    *,
    seconds: float,
    per_second: int = PER_SECOND,
    aggregates: int = AGGREGATES,
    warm_up_s: float = WARM_UP_S,
    backlog_s: float = BACKLOG_S,
) -> Outcome:
    """Measure on a running house that nobody else uses and that was told `SETTINGS`."""
    told.step("Đăng ký ba bên nhận", "Subscribing three")
    async with AsyncExitStack() as stack:
        headers = await _city(house)
        nats_seen = await stack.enter_async_context(by_nats(house))
        stream_seen = await stack.enter_async_context(by_stream(house, headers))
        hook_seen, port = await stack.enter_async_context(target())
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=house.addresses.reporting, headers=headers, timeout=30)
        )
        made = await client.post("/subscriptions", json={"url": f"http://127.0.0.1:{port}/"})
        one = f"/subscriptions/{made.raise_for_status().json()['subscription_id']}"
        sending = _Sending(house, per_second, aggregates)
        everybody = {"nats": nats_seen, "webhook": hook_seen, "sse": stream_seen}

        told.step("Gửi và đếm", "Telling and counting")
        count = (await sending.tell(warm_up_s))["told"]
        await asyncio.gather(*(each.wait_for(count) for each in everybody.values()))
        for each in everybody.values():
            each.begin_anew()
        said = await sending.tell(seconds)
        await asyncio.gather(*(each.wait_for(said["told"]) for each in everybody.values()))
        spreads = {name: spread(each.milliseconds) for name, each in everybody.items()}

        told.step("Bên nhận trở lại", "One that was away comes back")
        (await client.patch(one, json={"state": "paused"})).raise_for_status()
        hook_seen.begin_anew()
        stream_seen.begin_anew()
        backlog = (await sending.tell(backlog_s))["told"]
        await stream_seen.wait_for(backlog)
        (await client.patch(one, json={"state": "active"})).raise_for_status()
        await hook_seen.wait_for(backlog)
        caught_up = backlog / (hook_seen.last_at - hook_seen.first_at)
        bare = await _bare(port, backlog)
        told.done(f"{said['told']} thay đổi, cả ba bên nhận đủ", f"{said['told']} changes, all three have all of them")
        return outcome(spreads, said, per_second, caught_up, bare)


async def _city(house: House) -> dict[str, str]:
    """Make the machine of the city and return what says who it is."""
    platform = Stage(house.addresses, house.secrets).platform
    account = f"thanh-pho-{uuid4().hex[:8]}"
    machine = {"account": account, "full_name": "Máy chủ thành phố", "email": "m@congvan.example"}
    post = {"unit_id": "*", "role": "subscriber", "valid_from": "2025-07-01"}
    days = {"label": "bench", "valid_to": str(today(datetime.now(UTC)) + timedelta(days=30))}
    async with Visitor(platform.services, *platform.administrator) as administrator:
        made = await administrator.post("directory", "/service-accounts", {**machine, "posts": [post]})
        scopes = [{"unit_id": "*", "purposes": sorted(Purpose)}]
        path = f"/service-accounts/{made['person_id']}/keys"
        key = await administrator.post("directory", path, {**days, "scopes": scopes})
    async with httpx.AsyncClient(timeout=30) as client:
        session = await client.post(platform.services["directory"] + "/sessions", json={"api_key": key["api_key"]})
        return {"Authorization": f"Bearer {session.raise_for_status().json()['access_token']}"}


class _Sending:
    """Has changes told by a program of its own, each run with versions behind those of the one before."""

    def __init__(self, house: House, per_second: int, aggregates: int) -> None:
        self._house = house
        self._per_second = per_second
        self._aggregates = aggregates
        self._requirement_id = str(uuid4())
        self._told = 0

    async def tell(self, seconds: float) -> dict[str, Any]:
        """Tell for so long; return what was told and what the house used meanwhile."""
        plan = {
            "database_url": self._house.addresses.database("reporting", self._house.secrets),
            "nats_url": self._house.addresses.nats,
            "nats_seed": self._house.secrets.nats_seeds["reporting"],
            "requirement_id": self._requirement_id,
            "aggregates": self._aggregates,
            "per_second": self._per_second,
            "seconds": seconds,
            "after": self._told,
        }
        said, used = await run_apart("congvan.bench.telling", plan, Meter(self._house), within_s=seconds + 60)
        self._told += said["told"]
        share = {name: round(spent / said["seconds"], 3) for name, spent in used.programs.items()}
        return said | {"cpu_share": share}


async def _bare(port: int, count: int) -> float:
    """Return how many bodies of that size a second the same number of lines carries that do nothing else."""
    from congvan.bench.telling import change
    from contracts.event import seal

    event_id = uuid4()
    body = seal(change(event_id, 0, 1), event_id=event_id)
    lines = [await Line.open(port) for _ in range(LINES)]
    headers = {"content-type": "application/cloudevents+json", "webhook-id": str(event_id)}
    wanted = request("POST", "/", body, headers)

    async def drive(line: Line) -> None:
        for _ in range(count // LINES):
            await line.send(wanted)

    begin = time.monotonic()
    await asyncio.gather(*(drive(each) for each in lines))
    took = time.monotonic() - begin
    for line in lines:
        line.close()
    return count // LINES * LINES / took


def outcome(
    spreads: dict[str, dict[str, float]], said: dict[str, Any], per_second: int, caught_up: float, bare: float
) -> Outcome:
    """Return what was measured."""
    slowest = max(each["p99_ms"] for each in spreads.values())
    names = {"nats": "NATS", "webhook": "webhook", "sse": "SSE"}
    return Outcome(
        name="city",
        figures={
            "per_second": per_second,
            "told": said["told"],
            "seconds": said["seconds"],
            "told_behind_schedule": spread(said["behind_ms"]),
            "change_to_subscriber": spreads,
            "caught_up_per_second": round(caught_up, 1),
            "bare_per_second": round(bare, 1),
            "cpu_share": said["cpu_share"],
        },
        ratios={"slowest_p99_ms": slowest, "caught_up_of_bare": round(caught_up / bare, 2)},
        aims={"slowest_p99_ms": Aim(at_most=P99_MS)},
        sheets=[
            Sheet(
                f"Từ thay đổi đến bên nhận, {per_second} thay đổi/s",
                f"From a change to a subscriber, {per_second} changes/s",
                ("ms", "p50", "p95", "p99", "max"),
                [
                    (names[name], *(f"{times[each]:.1f}" for each in ("p50_ms", "p95_ms", "p99_ms", "max_ms")))
                    for name, times in spreads.items()
                ],
            ),
            Sheet(
                "Webhook sau khi bên nhận trở lại",
                "Webhook, after its target was away",
                ("bắt kịp/s\ncaught up/s", "gửi trần/s\nbare posts/s"),
                [(f"{caught_up:.0f}", f"{bare:.0f}")],
            ),
        ],
        notes=[
            (
                "«Gửi trần» là chính số tin ấy qua chừng ấy đường, không đọc hàng đợi, không ký, không ghi nhận.",
                "Bare posts are as many on as many lines, without reading the feed, signing, or noting what was taken.",
            )
        ],
    )
