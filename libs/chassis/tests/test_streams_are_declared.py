"""Streams and durables come from one file; a service can reach its own and nothing of its neighbours."""

import asyncio

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.api import StreamConfig
from nats.js.errors import APIError

from chassis import streams
from chassis.testing import until


@pytest.fixture
async def steward(nats_streams):
    client = await nats_streams.connect("steward")
    yield client
    await client.close()


async def test_applying_the_declaration_again_changes_nothing(nats_streams, steward) -> None:
    assert await streams.apply(steward, nats_streams.declaration) == []


async def test_every_declared_stream_and_durable_exists(nats_streams, steward) -> None:
    jetstream = steward.jetstream()
    for declared in nats_streams.declaration.durable:
        found = await jetstream.consumer_info(declared.stream, declared.name)
        assert found.config.max_deliver == -1
        assert sorted(found.config.filter_subjects or [found.config.filter_subject]) == sorted(declared.subjects)


async def test_a_stream_that_was_reset_is_given_back_its_window_and_its_limits(nats_streams, steward) -> None:
    """A bare stream name in FastStream was seen to reset a stream in silence (stack report, 1.3.5)."""
    jetstream = steward.jetstream()
    await jetstream.update_stream(
        StreamConfig(name="SUBMISSIONS", subjects=["submissions.>"], duplicate_window=30, max_age=60)
    )

    done = await streams.apply(steward, nats_streams.declaration)

    assert done == ["stream SUBMISSIONS widened to its declaration"]
    found = (await jetstream.stream_info("SUBMISSIONS")).config
    assert (found.duplicate_window, found.max_age, found.discard) == (3600, 0, "new")


async def test_a_selection_takes_in_one_more_kind_of_facts_and_keeps_what_it_has(nats_streams, steward) -> None:
    jetstream = steward.jetstream()
    both = [each for each in nats_streams.declaration.stream if each.name == "CITY_AGG"]
    [selection] = [each.model_copy(update={"source_subjects": each.source_subjects[:1]}) for each in both]
    await jetstream.delete_stream("CITY_AGG")
    await jetstream.add_stream(streams.stream_config(selection))
    await jetstream.publish("reporting.aggregate.updated.v1.a", b"1")
    await jetstream.publish("reporting.edition.published.v1.a", b"2")
    await until(lambda: holds(jetstream, "CITY_AGG", 1))

    assert await streams.apply(steward, nats_streams.declaration) == ["stream CITY_AGG widened to its declaration"]

    await jetstream.publish("reporting.aggregate.updated.v1.b", b"3")
    await until(lambda: holds(jetstream, "CITY_AGG", 3))
    assert {(await jetstream.get_msg("CITY_AGG", place)).data for place in (1, 2, 3)} == {b"1", b"2", b"3"}


async def holds(jetstream, stream: str, messages: int) -> bool:
    return (await jetstream.stream_info(stream)).state.messages == messages


async def test_a_stream_with_other_subjects_is_left_alone_and_said_to_differ(nats_streams, steward) -> None:
    jetstream = steward.jetstream()
    await jetstream.update_stream(StreamConfig(name="REPORTING", subjects=["reporting.aggregate.>"], discard="new"))

    with pytest.raises(streams.StreamDiffers, match="REPORTING"):
        await streams.apply(steward, nats_streams.declaration)
    assert (await jetstream.stream_info("REPORTING")).config.subjects == ["reporting.aggregate.>"]


async def refused(attempt) -> bool:
    try:
        await asyncio.wait_for(attempt, 1)
    except (nats.errors.Error, APIError, TimeoutError):
        return True
    return False


@pytest.mark.parametrize("service", ["directory", "directives", "submissions", "reporting", "notify"])
async def test_a_service_may_do_nothing_beyond_its_own_facts_and_durables(nats_streams, service) -> None:
    client = await nats_streams.connect(service)
    jetstream = client.jetstream(timeout=0.3)
    neighbour = "submissions" if service != "submissions" else "reporting"
    someone_elses = next(each for each in nats_streams.declaration.durable if each.reader != service)
    try:
        assert await refused(jetstream.publish(f"{neighbour}.thing.happened.v1.x", b"{}", timeout=0.3))
        assert await refused(jetstream.add_stream(name="MINE", subjects=["mine.>"]))
        assert await refused(jetstream.delete_stream("SUBMISSIONS"))
        assert await refused(jetstream.stream_info("DIRECTORY"))
        assert await refused(jetstream.consumer_info(someone_elses.stream, someone_elses.name))
        assert await refused(jetstream.delete_consumer(someone_elses.stream, someone_elses.name))
        eavesdropper = await client.subscribe("submissions.>")
        assert await refused(eavesdropper.next_msg(timeout=0.3))
    finally:
        await client.close()


async def test_a_service_may_publish_its_own_facts(nats_streams) -> None:
    for declared in nats_streams.declaration.stream:
        if declared.publisher:
            client = await nats_streams.connect(declared.publisher)
            answer = await client.jetstream().publish(f"{declared.publisher}.thing.happened.v1.x", b"{}")
            assert answer.stream == declared.name
            await client.close()


async def test_nobody_connects_without_a_key(nats_house) -> None:
    client = Client()
    with pytest.raises(nats.errors.Error):
        await client.connect(nats_house.url, connect_timeout=1, max_reconnect_attempts=0, allow_reconnect=False)
    assert not client.is_connected
    await client.close()
    if client._transport is not None:
        client._transport.close()  # nats-py leaves it open after a refused sign-in
