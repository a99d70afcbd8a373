"""What a transaction told is published once it is committed: all of it, in order for each thing, whatever dies."""

import json

import asyncpg
import pytest

from chassis import relay as relay_module
from chassis.porch import Role
from chassis.relay import LEADER_LOCK, Relay
from chassis.testing import running, until, waiting_events
from chassis.transaction import new_id, pool_of

STREAM = "REPORTING"


@pytest.fixture
async def reader(nats_streams):
    """Read what the stream holds, from the first message on."""
    client = await nats_streams.connect("steward")

    async def read() -> list[dict]:
        found = await client.jetstream().stream_info(STREAM)
        messages = [await client.jetstream().get_msg(STREAM, seq) for seq in _held(found.state)]
        return [json.loads(message.data) for message in messages]

    yield read
    await client.close()


def _held(state) -> range:
    return range(state.first_seq or 1, state.last_seq + 1)  # a stream that never held anything says 0 to 0


async def tell(frame, *events) -> None:
    async with frame.transactions.begin() as transaction:
        for event in events:
            transaction.emit(event)


async def is_empty(frame) -> bool:
    return await waiting_events(frame) == []


async def test_events_reach_the_stream_in_order_and_leave_the_outbox(make_frame, reader, aggregate) -> None:
    about = new_id()
    frame = make_frame(Role.WORKER)
    async with running(frame):
        for version in range(1, 21):
            await tell(frame, aggregate(about, version), aggregate(new_id()))
        await until(lambda: is_empty(frame))

    published = await reader()
    assert len(published) == 40
    assert [each["data"]["version"] for each in published if each["data"]["directive_id"] == str(about)] == list(
        range(1, 21)
    )


async def test_an_event_of_a_process_without_a_relay_is_published_by_the_one_that_has_it(
    make_frame, reader, aggregate
) -> None:
    api, worker = make_frame(Role.API), make_frame(Role.WORKER)
    async with running(worker), running(api):
        await until(lambda: _connected(api))
        await tell(api, aggregate(new_id()))
        await until(lambda: is_empty(api), within=0.9)  # woken, not polled

    assert len(await reader()) == 1


async def _connected(frame) -> bool:
    return frame._nats is not None and frame._nats.is_connected


async def test_a_relay_that_died_between_publishing_and_deleting_doubles_nothing(
    make_frame, reader, aggregate, nats_streams, monkeypatch
) -> None:
    frame = make_frame(Role.API)
    await tell(frame, *(aggregate(new_id()) for _ in range(5)))
    client = await nats_streams.connect("reporting")
    relay = Relay(frame.engine, client.jetstream(), stream=STREAM)
    connection = await asyncpg.connect(frame.settings.database_url)
    real = asyncpg.Connection.execute

    async def die(*_args, **_kwargs) -> None:
        raise ConnectionResetError("killed before the delete")

    monkeypatch.setattr(asyncpg.Connection, "execute", die)
    with pytest.raises(ConnectionResetError):
        await relay.drain(connection)
    monkeypatch.setattr(asyncpg.Connection, "execute", real)
    assert len(await waiting_events(frame)) == 5

    assert await relay.drain(connection) == 5
    assert await is_empty(frame)
    assert len(await reader()) == 5
    await connection.close()
    await client.close()


@pytest.fixture
def patient(monkeypatch) -> None:
    """Let a relay lead for as long as a test takes, once it has something to carry."""
    monkeypatch.setattr("chassis.relay.POLL_SECONDS", 60.0)


@pytest.mark.usefixtures("patient")
async def test_the_relay_survives_the_loss_of_its_database_connection(make_frame, reader, aggregate) -> None:
    frame = make_frame(Role.WORKER)
    async with running(frame):
        await _lead(frame, aggregate)
        async with frame.engine.begin() as connection:
            await connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        await tell(frame, aggregate(new_id()))
        await until(lambda: is_empty(frame))

    assert len(await reader()) == 2


async def _lead(frame, aggregate) -> None:
    await until(lambda: _is_awake(frame))
    await tell(frame, aggregate(new_id()))
    await until(lambda: _leads(frame))


async def _is_awake(frame) -> bool:
    return frame._relay is not None


async def _leads(frame) -> bool:
    return frame._relay is not None and frame._relay.is_leader


async def test_a_relay_at_rest_holds_nothing_and_sees_what_nobody_woke_it_for(make_frame, reader, aggregate) -> None:
    silent, frame = make_frame(Role.API), make_frame(Role.WORKER)
    async with running(frame):
        for told in (1, 2):
            await tell(silent, aggregate(new_id()))  # its process does not run: nobody is woken
            await until(lambda: is_empty(silent))
            await until(lambda: _holds_nothing(frame))
            assert len(await reader()) == told


async def _holds_nothing(frame) -> bool:
    async with frame.engine.begin() as connection:
        locks = await connection.exec_driver_sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return (locks.scalar(), pool_of(frame.engine).checkedout()) == (0, 1)


async def test_nothing_is_lost_while_nats_is_away(make_frame, aggregate, own_nats) -> None:
    frame = make_frame(Role.WORKER, nats_url=own_nats.url, nats_seed=own_nats.seeds["reporting"])
    about = new_id()
    async with running(frame):
        await until(lambda: _is_awake(frame))
        own_nats.server.kill()
        for version in range(1, 11):
            await tell(frame, aggregate(about, version))
        assert len(await waiting_events(frame)) == 10

        own_nats.server.start()
        await until(lambda: is_empty(frame), within=30)

    client = await own_nats.connect("steward")
    messages = [await client.jetstream().get_msg(STREAM, seq) for seq in range(1, 11)]
    assert [json.loads(message.data)["data"]["version"] for message in messages] == list(range(1, 11))
    assert (await client.jetstream().stream_info(STREAM)).state.messages == 10
    await client.close()


@pytest.mark.usefixtures("patient")
async def test_another_relay_of_a_database_takes_over(make_frame, aggregate, reader) -> None:
    first, second = make_frame(Role.WORKER), make_frame(Role.WORKER)
    async with running(second):
        async with running(first):
            await _lead(first, aggregate)
        await _lead(second, aggregate)
        await until(lambda: is_empty(second))
    assert len(await reader()) == 2


async def test_who_finds_another_relay_leading_carries_nothing(make_frame, aggregate, monkeypatch) -> None:
    frame = make_frame(Role.WORKER)
    leader = await asyncpg.connect(frame.settings.database_url)
    await leader.execute(f"SELECT pg_advisory_lock({LEADER_LOCK})")
    answers = []
    ask = relay_module._ask

    async def watched(line, question, *values) -> bool:
        answers.append((question, answer := await ask(line, question, *values)))
        return answer

    async def was_refused_twice() -> bool:
        return [answer for question, answer in answers if "try_advisory" in question] == [False, False]

    monkeypatch.setattr(relay_module, "_ask", watched)
    async with running(frame):
        await tell(frame, aggregate(new_id()))
        await until(was_refused_twice)
        assert len(await waiting_events(frame)) == 1
        await leader.close()
        await until(lambda: is_empty(frame))


async def test_one_trace_runs_from_the_request_to_the_message_and_its_reader(
    make_frame, signer, nats_streams, submitted, handler
) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    frame = make_frame(Role.API, Role.WORKER, tracing=provider)
    async with running(frame) as client:
        answer = await client.post(
            "/notes", json={"text": "traced", "count": 1}, headers=signer.bearer(("reporter", "U-1"))
        )
        assert answer.status_code == 201
        await until(lambda: is_empty(frame))

    names = {span.name: span for span in exporter.get_finished_spans()}
    request = next(span for name, span in names.items() if name.startswith("POST"))
    publish = next(span for name, span in names.items() if name.startswith("publish reporting.aggregate"))
    assert publish.context.trace_id == request.context.trace_id


async def test_what_was_written_down_early_goes_the_way_of_its_transaction(make_frame, aggregate, monkeypatch) -> None:
    frame = make_frame(Role.API)
    woken = []
    monkeypatch.setattr(frame.transactions, "_wake", lambda: woken.append(1))
    events = [aggregate(new_id(), version) for version in range(1, 6)]

    async def tell_and_fail() -> None:
        async with frame.transactions.begin() as transaction:
            for event in events:
                transaction.emit(event)
            await transaction.make_room()
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        await tell_and_fail()
    assert (await waiting_events(frame), woken) == ([], [])

    async with frame.transactions.begin() as transaction:
        for event in events:
            transaction.emit(event)
            await transaction.make_room()
    assert [each["data"]["version"] for each in await waiting_events(frame)] == [1, 2, 3, 4, 5]
    assert woken == [1]
