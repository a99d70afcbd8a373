"""One process of reporting on real streams: what others publish comes in, aggregates go out."""

import json

import pytest

from chassis.parking import all_parked
from chassis.porch import Role
from chassis.testing import running, until
from chassis.transaction import new_id
from contracts.event import nats_subject, seal
from reporting.feed import store as feed

MOST = 2**63 - 1
"""The largest figure that may be stated: no sum with it fits into sixty-four bits."""


@pytest.fixture
async def publish(nats_streams):
    clients = {}

    async def publish_as_its_service(*events, version="v1"):
        for event in events:
            service = event.service()
            if service not in clients:
                clients[service] = await nats_streams.connect(service)
            event_id = new_id()
            await (
                clients[service]
                .jetstream()
                .publish(
                    nats_subject(event.type, event.about),
                    seal(event, event_id=event_id).replace(b".v1", f".{version}".encode()),
                    headers={"Nats-Msg-Id": str(event_id)},
                )
            )

    yield publish_as_its_service
    for client in clients.values():
        await client.close()


async def last_told(client, story, unit_id):
    subject = f"reporting.aggregate.updated.v1.{story.requirement_id}.{unit_id}.{story.periods[0]}"
    message = await client.jetstream().get_last_msg("REPORTING", subject)
    return json.loads(message.data)["data"]


async def test_what_others_publish_becomes_totals_that_are_published_and_what_nobody_knows_yet_is_parked(
    make_frame, nats_streams, publish, story
):
    frame = await make_frame(Role.API, Role.WORKER)
    steward = await nats_streams.connect("steward")
    async with running(frame) as client:

        async def ready():
            return (await client.get("/health/ready")).status_code == 200

        async def drained():
            flow = (await client.get("/health/flow")).json()
            return flow["outbox"] == 0 and all(
                each and each["pending"] == each["unacked"] == 0 for each in flow["durables"].values()
            )

        await until(ready)
        # The answers first: what they answer is told later.
        await publish(story.submitted("school", True, MOST), story.submitted("lead", True, 5))
        await publish(story.submitted("school", True, 99, version=2, number=2), version="v7")
        await publish(story.opened("school"), story.opened("lead"), story.issued())
        await publish(
            story.unit("school", reporting="commune"),
            story.unit("lead", "thpt", reporting="department"),
            story.unit("commune", "phong_vhxh", reporting="department"),
        )

        async def all_is_told():
            return await drained() and await _is_counted(steward, story, 2)

        await until(all_is_told)
        assert (await client.get("/health/flow")).json()["parked"] == 1
        assert set((await client.get("/health/flow")).json()["durables"]) == {
            "reporting-units",
            "reporting-directives",
            "reporting-answers",
            "reporting-owners",
            "reporting-feed",
        }
        await until(lambda: _is_fed(frame, steward))
    told = await last_told(steward, story, "department")
    assert {each["indicator"]: each["value"] for each in told["totals"]} == {
        "stem.implementing": 2,
        "stem.lessons": MOST + 5,
    }
    async with frame.engine.connect() as connection:
        [parked] = await all_parked(connection)
    assert (parked.durable, parked.reason) == (
        "reporting-answers",
        "unknown event type 'submissions.submission.submitted.v7'",
    )
    assert json.loads(parked.body)["data"]["number"] == 2
    await steward.close()


async def _is_fed(frame, client):
    """Say whether the feed holds what went out on NATS, byte for byte and in that order."""
    jetstream = client.jetstream()
    state = (await jetstream.stream_info("REPORTING")).state
    told = [
        (await jetstream.get_msg("REPORTING", number)).data for number in range(state.first_seq, state.last_seq + 1)
    ]
    async with frame.transactions.begin() as tx:
        entries = await feed.entries_after(tx, 0, limit=1000)
    return told != [] and [each.body for each in entries] == told


async def _is_counted(client, story, count):
    from nats.js.errors import NotFoundError

    try:
        return (await last_told(client, story, "department"))["units_reported"] == count
    except NotFoundError:
        return False


async def test_an_aggregate_of_a_requirement_without_periods_can_be_published(
    make_frame, nats_streams, publish, new_story
):
    story = new_story(kind="video", periods=(), indicators=())
    frame = await make_frame(Role.WORKER)
    steward = await nats_streams.connect("steward")
    async with running(frame) as client:
        await publish(story.unit("commune", "phong_vhxh", reporting="department"), story.issued())
        await publish(story.opened("commune"))

        async def is_published():
            flow = (await client.get("/health/flow")).json()
            return flow["outbox"] == 0 and (await steward.jetstream().stream_info("REPORTING")).state.messages == 1

        await until(is_published)
    await steward.close()
