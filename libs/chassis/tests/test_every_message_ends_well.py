"""Handlers fail, bodies cannot be read, servers go away: yet each message ends taken in once, or parked."""

import asyncio
import json
import os
import signal

import pytest

from chassis import parking
from chassis.consuming import Unreadable
from chassis.porch import Role
from chassis.testing import running, until
from chassis.transaction import new_id
from contracts.event import nats_subject, seal

STREAM, DURABLE = "SUBMISSIONS", "reporting-answers"


@pytest.fixture
async def publisher(nats_streams):
    client = await nats_streams.connect("submissions")
    yield client.jetstream()
    await client.close()


@pytest.fixture
async def steward(nats_streams):
    client = await nats_streams.connect("steward")
    yield client.jetstream()
    await client.close()


async def publish(jetstream, event, *, event_id=None) -> None:
    # No message id: the stream must not be what saves us from copies.
    await jetstream.publish(nats_subject(event.type, event.about), seal(event, event_id=event_id or new_id()))


async def count(frame, table) -> int:
    async with frame.engine.connect() as connection:
        return (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()


def all_acknowledged(steward):
    async def check() -> bool:
        found = await steward.consumer_info(STREAM, DURABLE)
        return found.num_pending == 0 and found.num_ack_pending == 0

    return check


async def test_a_handler_that_fails_is_tried_again_and_the_event_is_taken_in_once(
    make_frame, handler, publisher, steward, submitted
) -> None:
    handler.refuse = {"hiccup": 2}
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await publish(publisher, submitted("hiccup"))
        await until(all_acknowledged(steward))

    assert handler.batches == [1, 1, 1]
    assert await count(frame, "notes") == 1
    assert await count(frame, "parked_messages") == 0


async def test_a_message_that_keeps_failing_is_parked_and_its_neighbours_are_not(
    make_frame, handler, publisher, steward, submitted
) -> None:
    handler.refuse = {"poison": 99}
    events = [submitted(name) for name in ("a", "poison", "b", "c")]
    for event in events:
        await publish(publisher, event)
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await until(all_acknowledged(steward))

    assert await count(frame, "notes") == 3
    async with frame.engine.connect() as connection:
        [parked] = await parking.all_parked(connection)
    assert parked.durable == DURABLE
    assert parked.deliveries == 3
    assert "hiccup" in parked.reason
    assert json.loads(parked.body)["data"]["unit_id"] == "poison"


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"",
        b"0",
        b"[]",
        b"\xff\xfe",
        b'{"specversion":"2.0"}',
        b'{"specversion":"1.0","id":"x","source":"s","type":"t","subject":"s","time":"2026-01-01T00:00:00Z","data":{}}',
    ],
)
async def test_a_message_that_cannot_be_read_is_parked_at_once(
    make_frame, handler, publisher, steward, submitted, body
) -> None:
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await publisher.publish(f"submissions.submission.submitted.v1.{new_id()}", body)
        await publish(publisher, submitted("good"))
        await until(all_acknowledged(steward))

    assert await count(frame, "parked_messages") == 1
    assert await count(frame, "notes") == 1


async def test_an_event_that_comes_again_changes_nothing(make_frame, handler, publisher, steward, submitted) -> None:
    event, event_id = submitted("once"), new_id()
    frame = make_frame(Role.WORKER)
    async with running(frame):
        for _ in range(3):
            await publish(publisher, event, event_id=event_id)
        await publish(publisher, submitted("other"))
        await until(all_acknowledged(steward))

    assert await count(frame, "notes") == 2
    assert await count(frame, "inbox") == 2


async def test_a_burst_is_one_batch_and_one_transaction(make_frame, handler, publisher, steward, submitted) -> None:
    for number in range(50):
        await publish(publisher, submitted(f"unit-{number}"))
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await until(all_acknowledged(steward))

    assert await count(frame, "notes") == 50
    assert len(handler.batches) <= 3


@pytest.mark.parametrize("at_once", [1, 2])
async def test_in_a_burst_so_many_full_batches_are_under_way_and_no_more(
    make_frame, handler, publisher, steward, submitted, monkeypatch, at_once
) -> None:
    monkeypatch.setattr("chassis.consuming.BATCH", 4)
    handler.at_once = at_once
    for number in range(18):
        await publish(publisher, submitted(f"unit-{number}"))
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await until(all_acknowledged(steward))

    assert handler.most_under_way == at_once
    assert await count(frame, "notes") == 18


async def test_with_a_linger_a_steady_stream_becomes_few_transactions(
    make_frame, handler, publisher, steward, submitted
) -> None:
    handler.linger = 0.5
    frame = make_frame(Role.WORKER)
    async with running(frame) as client:
        await until(lambda: _ready(client))
        for number in range(30):
            await publish(publisher, submitted(f"unit-{number}"))
        await until(all_acknowledged(steward))

    assert await count(frame, "notes") == 30
    assert len(handler.batches) <= 3


async def test_a_database_that_is_away_parks_nothing_however_long_it_takes(
    make_frame, handler, publisher, steward, submitted, monkeypatch
) -> None:
    monkeypatch.setattr("chassis.consuming.OUTAGE_DELAY", 0.05)
    handler.refuse = {"unlucky": 8}
    handler.error = ConnectionRefusedError("PostgreSQL is restarting")
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await publish(publisher, submitted("unlucky"))
        await until(all_acknowledged(steward))

    assert len(handler.batches) == 9
    assert await count(frame, "notes") == 1
    assert await count(frame, "parked_messages") == 0


async def test_a_parked_message_is_replayed_once_and_leaves_the_parking_lot(
    make_frame, handler, publisher, steward, submitted
) -> None:
    handler.refuse = {"poison": 3}
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await publish(publisher, submitted("poison"))
        await until(all_acknowledged(steward))
        async with frame.engine.connect() as connection:
            [parked] = await parking.all_parked(connection)

        await parking.replay(frame.desk, parked.id)
        with pytest.raises(parking.NoSuchParkedMessage):
            await parking.replay(frame.desk, parked.id)

    assert await count(frame, "notes") == 1
    assert await count(frame, "parked_messages") == 0


async def test_a_replay_that_fails_again_leaves_the_message_parked(
    make_frame, handler, publisher, steward, submitted
) -> None:
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await publisher.publish(f"submissions.submission.submitted.v1.{new_id()}", b"not json")
        await until(all_acknowledged(steward))
        async with frame.engine.connect() as connection:
            [parked] = await parking.all_parked(connection)
        with pytest.raises(Unreadable):
            await parking.replay(frame.desk, parked.id)

    assert await count(frame, "parked_messages") == 1


async def test_a_deleted_durable_is_noticed_and_read_again_when_it_is_back(
    make_frame, handler, publisher, steward, submitted, nats_streams, monkeypatch
) -> None:
    monkeypatch.setattr("chassis.pulling.IDLE_SECONDS", 0.3)
    frame = make_frame(Role.WORKER)
    async with running(frame) as client:
        await publish(publisher, submitted("before"))
        await until(all_acknowledged(steward))
        await steward.delete_consumer(STREAM, DURABLE)

        ready = await client.get("/health/ready")
        assert ready.status_code == 503
        assert DURABLE in ready.json()["checks"]["durables"]

        await publish(publisher, submitted("meanwhile"))
        await nats_streams.apply()
        await until(lambda: _is(count(frame, "notes"), 2))
        assert (await client.get("/health/ready")).status_code == 200


async def test_starting_a_service_leaves_streams_and_durables_as_they_are_declared(
    make_frame, handler, steward
) -> None:
    before = await steward.stream_info(STREAM), await steward.consumer_info(STREAM, DURABLE)
    async with running(make_frame(Role.API, Role.WORKER)) as client:
        await until(lambda: _ready(client))
        after = await steward.stream_info(STREAM), await steward.consumer_info(STREAM, DURABLE)

    assert [each.config for each in before] == [each.config for each in after]


async def test_a_service_waits_for_durables_that_are_not_declared_yet(
    make_frame, handler, publisher, steward, submitted, nats_streams
) -> None:
    await steward.delete_consumer(STREAM, DURABLE)
    await publish(publisher, submitted("early"))
    frame = make_frame(Role.WORKER)
    async with running(frame) as client:
        await until(lambda: _is_status(client, 503))
        await nats_streams.apply()
        await until(lambda: _is(count(frame, "notes"), 1))


async def test_the_loop_turns_and_reading_goes_on_after_nats_was_away(make_frame, handler, submitted, own_nats) -> None:
    """A client that ran out of attempts was seen to block the event loop at full load (stack report, 1.3.1)."""
    frame = make_frame(Role.WORKER, nats_url=own_nats.url, nats_seed=own_nats.seeds["reporting"])
    async with running(frame) as client:
        await until(lambda: _ready(client))
        own_nats.server.kill()
        ticks = 0
        for _ in range(30):
            await asyncio.sleep(0.05)
            ticks += (await client.get("/health/live")).status_code == 200
        assert ticks == 30
        assert (await client.get("/health/ready")).status_code == 503

        own_nats.server.start()
        publisher = await own_nats.connect("submissions")
        await publish(publisher.jetstream(), submitted("after"))
        await publisher.close()
        await until(lambda: _is(count(frame, "notes"), 1), within=20)
        await until(lambda: _ready(client))


async def test_a_server_that_fell_silent_is_heard_again(make_frame, handler, submitted, own_nats) -> None:
    """A `flush()` that timed out was seen to leave nats-py deaf: connected, and never reading again."""
    frame = make_frame(Role.WORKER, nats_url=own_nats.url, nats_seed=own_nats.seeds["reporting"])
    async with running(frame) as client:
        await until(lambda: _ready(client))
        os.kill(own_nats.server.pid, signal.SIGSTOP)
        try:
            await until(lambda: _is_status(client, 503), within=20)
            await client.get("/health/ready")
        finally:
            os.kill(own_nats.server.pid, signal.SIGCONT)

        publisher = await own_nats.connect("submissions")
        await publish(publisher.jetstream(), submitted("after"))
        await publisher.close()
        await until(lambda: _is(count(frame, "notes"), 1), within=20)
        await until(lambda: _ready(client))


async def test_a_connection_that_is_closed_for_good_ends_the_process(make_frame, handler, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("chassis.pulling.os.kill", lambda pid, signal: asked.append(signal))
    frame = make_frame(Role.WORKER)
    async with running(frame) as client:
        await until(lambda: _ready(client))
        await (await frame.broker.connect()).close()
        await until(lambda: _is(_size(asked), 1))


async def _size(these) -> int:
    return len(these)


async def _is(question, answer) -> bool:
    return await question == answer


async def _is_status(client, status) -> bool:
    return (await client.get("/health/ready")).status_code == status


async def _ready(client) -> bool:
    return await _is_status(client, 200)
