"""The city authority receives the aggregates through its own account, with a script of its own, and nothing else."""

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import nats
import nats.errors
import nats.js.errors
import pytest
from nats.js.api import ConsumerConfig, StreamConfig

from chassis import streams
from chassis.testing import until
from chassis.transaction import new_id
from congvan.servers import nats as nats_server
from contracts.event import nats_subject, seal
from contracts.reporting import AggregateUpdated, Breakdown, Total

SCRIPT = Path(__file__).parents[2] / "examples" / "city_subscriber.py"
REQUIREMENT, DIRECTIVE = new_id(), new_id()
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def aggregate(unit_id, version, lessons, *, reported=1):
    totals = (Total(indicator="stem.lessons", value=lessons),)
    return AggregateUpdated(
        occurred_at=datetime.now(UTC),
        directive_id=DIRECTIVE,
        requirement_id=REQUIREMENT,
        unit_id=unit_id,
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=version,
        totals=totals,
        units_reported=reported,
        units_due=37,
        levels=(Breakdown(level="lower_secondary", totals=totals, units_reported=reported, units_due=24),),
    )


@pytest.fixture
async def publish(nats_streams):
    client = await nats_streams.connect("reporting")

    async def publish_as_reporting(*events):
        for event in events:
            event_id = new_id()
            headers = {"Nats-Msg-Id": str(event_id), "traceparent": TRACEPARENT}
            body = seal(event, event_id=event_id, traceparent=TRACEPARENT)
            await client.jetstream().publish(nats_subject(event.type, event.about), body, headers=headers)

    yield publish_as_reporting
    await client.close()


class City:
    """The script as a process, and the lines it has printed."""

    def __init__(self, process):
        self.process = process
        self.lines = []
        self.complaints = []

    async def has_printed(self, count):
        await until(lambda: _is(len(self.lines) >= count), within=20)
        return self.lines

    async def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 10)


async def _is(claim):
    return claim


@pytest.fixture
def city(nats_streams):
    @asynccontextmanager
    async def run(*words):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(SCRIPT),
            "--url",
            nats_streams.url,
            *words,
            env=os.environ | {"CITY_NATS_SEED": nats_streams.seeds["city"], "PYTHONPATH": ""},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        running = City(process)

        async def listen():
            async for line in process.stdout:
                running.lines.append(json.loads(line))

        async def overhear():
            async for line in process.stderr:
                running.complaints.append(line.decode())

        listening = asyncio.gather(listen(), overhear())
        try:
            yield running
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await listening

    return run


def brief(lines):
    return [(each["unit_id"], each["version"], each["totals"]["stem.lessons"]) for each in lines]


async def test_the_city_receives_the_totals_and_on_return_what_it_missed(nats_streams, publish, city, tmp_path):
    state = tmp_path / "state.json"
    await publish(aggregate("U-SGD-MG", 1, None, reported=0), aggregate("U-SGD-MG", 2, 12))
    async with city("--state", str(state)) as running:
        first = await running.has_printed(2)
        await publish(aggregate("U-CUM-1", 1, 5))
        await running.has_printed(3)

        assert brief(first) == [("U-SGD-MG", 1, None), ("U-SGD-MG", 2, 12), ("U-CUM-1", 1, 5)]
        received_at = datetime.fromisoformat(first[1].pop("received_at"))
        assert received_at >= datetime.fromisoformat(first[1].pop("occurred_at"))
        assert first[1].pop("event_id")
        assert first[1] == {
            "requirement_id": str(REQUIREMENT),
            "unit_id": "U-SGD-MG",
            "relation": "reporting",
            "period": "2025-2026",
            "version": 2,
            "totals": {"stem.lessons": 12},
            "units_reported": 1,
            "units_due": 37,
            "levels": {"lower_secondary": {"totals": {"stem.lessons": 12}, "units_reported": 1, "units_due": 24}},
            "directive_id": str(DIRECTIVE),
            "as_of": "2026-05-31",
            "trace_id": TRACEPARENT.split("-")[1],
        }
        assert await running.stop() == 0
        assert running.complaints == []

    await publish(aggregate("U-SGD-MG", 3, 20, reported=2), aggregate("U-CUM-1", 2, 8))
    async with city("--state", str(state), "--idle-exit", "2") as running:
        assert brief(await running.has_printed(2)) == [("U-SGD-MG", 3, 20), ("U-CUM-1", 2, 8)]
        assert await asyncio.wait_for(running.process.wait(), 15) == 0
        assert len(running.lines) == 2

    kept = json.loads(state.read_text(encoding="utf-8"))["aggregates"]
    assert sorted(brief(kept)) == [("U-CUM-1", 2, 8), ("U-SGD-MG", 3, 20)]


async def test_a_newcomer_may_start_with_the_last_value_of_each_aggregate(publish, city):
    await publish(aggregate("U-SGD-MG", 1, 1), aggregate("U-SGD-MG", 2, 2), aggregate("U-CUM-1", 1, 5))

    async with city("--from", "last", "--durable", "newcomer", "--idle-exit", "2") as running:
        assert sorted(brief(await running.has_printed(2))) == [("U-CUM-1", 1, 5), ("U-SGD-MG", 2, 2)]
        await asyncio.wait_for(running.process.wait(), 15)

        assert len(running.lines) == 2


async def test_an_older_version_that_comes_late_is_not_shown_again(publish, city, tmp_path):
    await publish(aggregate("U-SGD-MG", 2, 12), aggregate("U-SGD-MG", 1, 4), aggregate("U-CUM-1", 1, 5))

    async with city("--state", str(tmp_path / "state.json")) as running:
        assert brief(await running.has_printed(2)) == [("U-SGD-MG", 2, 12), ("U-CUM-1", 1, 5)]
        assert await running.stop() == 0


async def test_a_place_that_was_taken_away_is_made_anew(nats_streams, publish, city, tmp_path):
    steward = await nats_streams.connect("city-steward")
    async with city("--durable", "kept", "--state", str(tmp_path / "state.json")) as running:
        await publish(aggregate("U-SGD-MG", 1, 1))
        await running.has_printed(1)

        await steward.jetstream().delete_consumer("CITY", "kept")
        await publish(aggregate("U-SGD-MG", 2, 2))

        assert brief(await running.has_printed(2)) == [("U-SGD-MG", 1, 1), ("U-SGD-MG", 2, 2)]
    await steward.close()


async def test_the_city_can_do_nothing_but_read_its_copy(nats_streams, publish):
    await publish(aggregate("U-SGD-MG", 1, 1))
    refused = []

    async def note(error):
        refused.append(str(error))

    client = await nats.connect(nats_streams.url, nkeys_seed_str=nats_streams.seeds["city"], error_cb=note)
    jetstream = client.jetstream(timeout=0.5)
    attempts = {
        "a stream of ours": lambda: jetstream.stream_info("SUBMISSIONS"),
        "the aggregates at their source": lambda: jetstream.stream_info("REPORTING"),
        "a consumer on the answers": lambda: jetstream.add_consumer("SUBMISSIONS", ConsumerConfig(durable_name="spy")),
        "a consumer at the source": lambda: jetstream.add_consumer("REPORTING", ConsumerConfig(durable_name="spy")),
        "a consumer on what is shared": lambda: jetstream.add_consumer("CITY_AGG", ConsumerConfig(durable_name="spy")),
        "one message of ours": lambda: jetstream.get_msg("REPORTING", 1),
        "a stream of its own": lambda: jetstream.add_stream(StreamConfig(name="MINE", subjects=["mine.>"])),
        "another shape of its copy": lambda: jetstream.update_stream(StreamConfig(name="CITY", max_msgs=1)),
        "the end of its copy": lambda: jetstream.delete_stream("CITY"),
        "an emptied copy": lambda: jetstream.purge_stream("CITY"),
        "a figure of its own": lambda: jetstream.publish("reporting.aggregate.updated.v1.x.y.z", b"{}"),
        "a figure in its copy": lambda: jetstream.publish("CITY", b"{}"),
    }

    for what, attempt in attempts.items():
        before = len(refused)
        with pytest.raises((nats.errors.Error, nats.js.errors.Error)):
            await attempt()
        await until(lambda before=before: _is(len(refused) > before))
        assert "permissions violation" in refused[-1].lower(), what

    for subject in ("submissions.>", "reporting.>", "deliver.city.>", ">"):
        before = len(refused)
        await client.subscribe(subject)
        await until(lambda before=before: _is(len(refused) > before))
        assert "permissions violation for subscription" in refused[-1].lower()

    async def holds_its_copy():
        return (await jetstream.stream_info("CITY")).state.messages == 1

    await until(holds_its_copy)
    await client.close()


VERBS_OF_JETSTREAM = (
    "STREAM.INFO.{}",
    "STREAM.CREATE.{}",
    "STREAM.UPDATE.{}",
    "STREAM.DELETE.{}",
    "STREAM.PURGE.{}",
    "STREAM.RESTORE.{}",
    "STREAM.SNAPSHOT.{}",
    "STREAM.MSG.GET.{}",
    "STREAM.MSG.DELETE.{}",
    "STREAM.TEMPLATE.CREATE.{}",
    "DIRECT.GET.{}",
    "DIRECT.GET.{}.submissions.submission.submitted.v1.x",
    "CONSUMER.CREATE.{}",
    "CONSUMER.CREATE.{}.spy",
    "CONSUMER.CREATE.{}.spy.submissions.>",
    "CONSUMER.DURABLE.CREATE.{}.spy",
    "CONSUMER.INFO.{}.reporting-answers",
    "CONSUMER.NAMES.{}",
    "CONSUMER.LIST.{}",
    "CONSUMER.DELETE.{}.reporting-answers",
    "CONSUMER.MSG.NEXT.{}.reporting-answers",
)
"""Every verb of JetStream's API that names a stream."""


async def test_no_verb_of_jetstream_reaches_a_stream_that_is_not_its_own(nats_streams):
    refused = []

    async def note(error):
        refused.append(str(error).lower())

    client = await nats.connect(nats_streams.url, nkeys_seed_str=nats_streams.seeds["city"], error_cb=note)
    others = [each.name for each in nats_streams.declaration.stream if each.account != "CITY"]
    subjects = [
        f"{prefix}.{verb.format(stream)}"
        for stream in [*others, "MINE"]
        for verb in VERBS_OF_JETSTREAM
        for prefix in ("$JS.API", "JS.platform.API", "$JS.PLATFORM.API")
    ]
    # Its own stream may neither be changed nor be given other sources, nor may the domain or the system be asked.
    subjects += [f"$JS.API.STREAM.{verb}.CITY" for verb in ("CREATE", "UPDATE", "DELETE", "PURGE", "RESTORE")]
    subjects += ["$SYS.REQ.SERVER.PING", "$SYS.REQ.ACCOUNT.PING.CONNZ", "wake.reporting", "deliver.city.x"]
    subjects += [f"{service}.x" for service in nats_streams.declaration.services]
    mirror = json.dumps({"name": "MINE", "mirror": {"name": "SUBMISSIONS", "external": {"api": "JS.platform.API"}}})
    for subject in subjects:
        await client.publish(subject, mirror.encode(), reply="_INBOX.spy")

    await until(lambda: _is(len(refused) >= len(subjects)))

    assert all("permissions violation for publish" in each for each in refused)
    assert {each.split('"')[1] for each in refused if '"' in each} == {subject.lower() for subject in subjects}
    await client.close()


async def test_the_city_survives_a_server_that_is_killed(nats_streams, tmp_path, city):
    declaration = nats_streams.declaration
    keys = nats_server.make_keys((*declaration.services, "steward", "city", "city-steward"), os.urandom)
    public = {user: key for user, (_seed, key) in keys.items()}

    def configuration(*, port, store_dir, monitor_port):
        return streams.nats_config(declaration, public, port=port, store_dir=store_dir, monitor_port=monitor_port)

    server = nats_server.start(tmp_path / "nats", configuration=configuration)
    try:
        for user, account in (("steward", "PLATFORM"), ("city-steward", "CITY")):
            client = await nats.connect(server.url, nkeys_seed_str=keys[user][0])
            await streams.apply(client, declaration, account=account)
            await client.close()
        publisher = await nats.connect(
            server.url,
            nkeys_seed_str=keys["reporting"][0],
            inbox_prefix="_INBOX.reporting",
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,
        )

        async def publish(event):
            body = seal(event, event_id=new_id())
            await publisher.jetstream(timeout=20).publish(nats_subject(event.type, event.about), body)

        seed_file = tmp_path / "seed"
        seed_file.write_text(keys["city"][0] + "\n", encoding="utf-8")
        async with city("--url", server.url, "--seed-file", str(seed_file)) as running:
            await publish(aggregate("U-SGD-MG", 1, 1))
            await running.has_printed(1)

            server.kill()
            await asyncio.to_thread(server.start)
            await until(lambda: _is(publisher.is_connected), within=20)
            await publish(aggregate("U-SGD-MG", 2, 2))

            assert brief(await running.has_printed(2)) == [("U-SGD-MG", 1, 1), ("U-SGD-MG", 2, 2)]
            assert await running.stop() == 0
        await publisher.close()
    finally:
        server.stop()
