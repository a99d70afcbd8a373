"""Either side of the HTTP roads is away for an hour or a day: nothing is lost, nothing overtakes. The clock is ours.

And who is not to be told any more is not, whether it is the right that ends or the process.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from chassis.porch import Role
from chassis.roles import server_of
from chassis.telemetry import Metrics
from chassis.testing import running, tell, until, waiting_events
from chassis.transaction import new_id
from contracts.directory import PersonChanged, Post
from contracts.reporting import AggregateUpdated, Total
from reporting.settings import Settings
from reporting.webhooks import operations
from reporting.webhooks.courier import Courier, count_deliveries
from reporting.webhooks.domain import Schedule
from reporting.webhooks.owners import may_still_subscribe

REQUIREMENT = new_id()
BEGIN = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNITS = ("a", "b", "c", "d", "e")


def aggregate(unit_id, version=1):
    return AggregateUpdated(
        occurred_at=BEGIN,
        directive_id=REQUIREMENT,
        requirement_id=REQUIREMENT,
        unit_id=unit_id,
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=version,
        totals=(Total(indicator="stem.lessons", value=version),),
        units_reported=1,
        units_due=2,
        levels=(),
    )


class Clock:
    """What time it is; it moves when it is moved."""

    def __init__(self):
        self.now = BEGIN

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def courier_of(frame, delays):
    return Courier(
        transactions=frame.transactions,
        database_url=frame.settings.database_url,
        bell=frame.app.state.bell,
        outcomes=count_deliveries(Metrics()),
        schedule=Schedule(delays),
        inner=frame.settings.webhook_inner_networks,
    )


@pytest.mark.parametrize(
    ("away", "is_silent"), [(DAY, False), (HOUR, True)], ids=["answers 500 for a day", "cuts the line for an hour"]
)
async def test_a_target_that_was_away_has_all_of_it_in_order(make_frame, clock, signer, target, away, is_silent):
    frame = await make_frame(webhook_inner_networks=("127.0.0.0/8",))
    frame.transactions.clock = clock
    delays = Settings.model_fields["webhook_retry_seconds"].default
    courier = courier_of(frame, tuple(timedelta(seconds=each) for each in delays))

    async def cut(served, _writer):
        served.cut()

    def answer(_sent):
        if clock.now >= BEGIN + away:
            return 200
        return cut if is_silent else 500

    async with target(answer) as served, running(frame) as client:
        city = signer.bearer(("subscriber", "*"), kind="machine", person=new_id())
        made = (await client.post("/subscriptions", json={"url": served.url}, headers=city)).json()
        lines, version, is_done = None, 0, False
        while not is_done:
            if version < 20 and clock.now >= BEGIN + version * timedelta(minutes=3):
                version += 1
                await tell(frame, *(aggregate(unit, version) for unit in UNITS))
            async with frame.transactions.begin() as tx:
                work = await operations.plan_wave(tx, made["subscription_id"])
            assert work is not None, "it was switched off"
            if work.lanes or work.plan.behind:
                lines = lines or courier._lines_to(work.subscription, None)[1]
                outcomes = await courier._send(work, lines)
                async with frame.transactions.begin() as tx:
                    assert await operations.settle_wave(tx, work, outcomes, schedule=courier.schedule)
            else:
                is_done = version == 20 and work.wait is None
                clock.now += min(work.wait or HOUR, timedelta(minutes=3) if version < 20 else HOUR)
        lines.close()
        found = (await client.get(f"/subscriptions/{made['subscription_id']}", headers=city)).json()

    taken = [(each.told["unit_id"], each.told["version"]) for each in served.taken]
    for unit in UNITS:
        assert [version for name, version in taken if name == unit] == list(range(1, 21))
    assert {name: found[name] for name in ("state", "behind", "held")} == {"state": "active", "behind": 0, "held": 0}
    # Somebody was told, of the one outage once.
    [told] = [each["data"] for each in await waiting_events(frame) if "subscription.unreached" in each["type"]]
    assert datetime.fromisoformat(told["failing_since"]) == BEGIN
    # It was looked after now and then, not hammered.
    assert len(served.sent) - len(served.taken) < 60


async def test_what_was_told_before_reporting_was_away_for_an_hour_goes_out_when_it_is_back(
    make_frame, nats_streams, clock, signer, target
):
    before = await make_frame(webhook_inner_networks=("127.0.0.0/8",))
    before.transactions.clock = clock
    city = signer.bearer(("subscriber", "*"), kind="machine", person=new_id())
    async with target() as served:
        async with running(before) as client:
            made = await client.post("/subscriptions", json={"url": served.url}, headers=city)
            assert made.status_code == 201
            for version in range(1, 31):
                async with before.transactions.begin() as tx:
                    for unit in UNITS:
                        tx.emit(aggregate(unit, version))
        assert served.sent == []

        clock.now += HOUR
        after = await make_frame(
            Role.API, Role.WORKER, database_url=before.settings.database_url, webhook_inner_networks=("127.0.0.0/8",)
        )
        after.transactions.clock = clock
        async with running(after) as client:

            async def everything_came():
                return len(served.taken) >= 30 * len(UNITS)

            await until(everything_came)
            page = (await client.get("/feed?limit=1000", headers=city)).json()

    told = [(each["event"]["data"]["unit_id"], each["event"]["data"]["version"]) for each in page["events"]]
    taken = [(each.told["unit_id"], each.told["version"]) for each in served.taken]
    for unit in UNITS:
        assert [version for name, version in told if name == unit] == list(range(1, 31))
        assert [version for name, version in taken if name == unit] == list(range(1, 31))


def posts_of(person, version, *roles, is_active=True, until=None):
    posts = tuple(Post(unit_id="*", role=role, valid_from=date(2025, 7, 1), valid_to=until) for role in roles)
    return PersonChanged(occurred_at=BEGIN, person_id=person, version=version, is_active=is_active, posts=posts)


@pytest.mark.parametrize(
    ("events", "may"),
    [
        ([], True),
        ([(1, ("subscriber",), {})], True),
        ([(1, ("subscriber",), {}), (2, ("desk_officer",), {})], False),
        ([(2, ("desk_officer",), {}), (1, ("subscriber",), {})], False),
        ([(1, ("subscriber",), {}), (2, ("subscriber",), {"is_active": False})], False),
        ([(1, ("subscriber",), {"until": date(2026, 11, 22)})], True),
        ([(1, ("subscriber",), {"until": date(2026, 11, 21)})], False),
    ],
    ids=["nothing heard", "may", "no more", "no more, told late", "account closed", "last day", "day after"],
)
async def test_who_may_still_subscribe_is_what_the_directory_told_last(frame, events, may):
    person = new_id()
    await tell(frame, *(posts_of(person, version, *roles, **more) for version, roles, more in events))

    async with frame.transactions.begin() as tx:
        assert await may_still_subscribe(tx, person, on=date(2026, 11, 22)) is may


async def test_whose_right_has_ended_is_told_nothing_more_aloud(make_frame, clock, signer):
    frame = await make_frame(webhook_inner_networks=("127.0.0.0/8",))
    frame.transactions.clock = clock
    person = new_id()
    city = signer.bearer(("subscriber", "*"), kind="machine", person=person)
    administrator = signer.bearer(("administrator", "*"))
    async with running(frame) as client:
        made = (await client.post("/subscriptions", json={"url": "http://127.0.0.1:9/"}, headers=city)).json()
        await tell(frame, posts_of(person, 1, "subscriber"), aggregate("a"))
        async with frame.transactions.begin() as tx:
            assert (await operations.plan_wave(tx, made["subscription_id"])).lanes
        await tell(frame, posts_of(person, 2, "desk_officer"))

        for _ in range(2):
            async with frame.transactions.begin() as tx:
                assert await operations.plan_wave(tx, made["subscription_id"]) is None
        found = (await client.get(f"/subscriptions/{made['subscription_id']}", headers=administrator)).json()

    assert (found["state"], found["behind"]) == ("switched_off", 1)
    [stopped] = [each["data"] for each in await waiting_events(frame) if "subscription.stopped" in each["type"]]
    assert (stopped["because"], stopped["owner_id"], stopped["position"]) == ("revoked", str(person), 0)


async def test_a_stop_waits_for_no_reader_of_the_feed(make_frame, signer):
    frame = await make_frame()
    city = signer.bearer(("subscriber", "*"), kind="machine")
    server = server_of(frame)
    serving = asyncio.create_task(server.serve())

    async def is_up():
        return server.started

    await until(is_up)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=city, timeout=30) as client:
        waiting = asyncio.create_task(client.get("/feed?wait=25"))
        async with client.stream("GET", "/feed/stream") as streamed:

            async def both_listen():
                return len(frame.app.state.bell._ears) == 2

            await until(both_listen)
            begin = time.monotonic()
            server.should_exit = True
            with suppress(httpx.RemoteProtocolError):
                assert [each async for each in streamed.aiter_lines()] == []
            assert (await waiting).json()["events"] == []
        await serving
    assert time.monotonic() - begin < 20  # the readers wait for 25
