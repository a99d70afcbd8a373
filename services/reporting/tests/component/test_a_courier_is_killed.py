"""A courier dies in the middle of a burst (kill -9, its own process): nothing is lost, what comes twice has one id.

Two starts of a real process make it the slowest test of the room.
"""

import asyncio
import os
import sys
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from chassis.porch import Role
from chassis.testing import running, tell_together, until
from chassis.transaction import new_id
from contracts.reporting import AggregateUpdated, Total
from reporting.webhooks.domain import WAVE

UNITS, VERSIONS = 40, 5
DEADLY = 70
"""So many are taken when it dies: in the middle of a wave."""
REQUIREMENT = new_id()


def aggregate(unit, version):
    return AggregateUpdated(
        occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
        directive_id=REQUIREMENT,
        requirement_id=REQUIREMENT,
        unit_id=f"unit-{unit}",
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=version,
        totals=(Total(indicator="stem.lessons", value=version),),
        units_reported=1,
        units_due=2,
        levels=(),
    )


def environment(frame):
    settings = frame.settings
    told = {
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": "0",
        "DATABASE_URL": settings.database_url,
        "NATS_URL": settings.nats_url,
        "NATS_SEED": settings.nats_seed,
        "STREAMS_FILE": str(settings.streams_file),
        "DIRECTORY_URL": settings.directory_url,
        "WEBHOOK_INNER_NETWORKS": '["127.0.0.0/8"]',
        "WEBHOOK_RETRY_SECONDS": "[0.1, 0.1, 1, 1, 1]",
    }
    return os.environ | {f"REPORTING_{name}": value for name, value in told.items()}


@pytest.fixture
async def start_courier():
    started = []

    async def start(frame):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "reporting", "worker", env=environment(frame), stderr=asyncio.subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_nothing_is_lost_and_what_comes_twice_is_known_by_its_id(
    make_frame, nats_streams, signer, target, start_courier
):
    frame = await make_frame(Role.API, webhook_inner_networks=("127.0.0.0/8",))
    events = [aggregate(unit, version) for version in range(1, VERSIONS + 1) for unit in range(UNITS)]
    ids = {str(new_id()): event for event in events}
    courier = await start_courier(frame)

    def answer(_sent):
        if len(served.taken) == DEADLY:
            courier.kill()
        return 200

    async with target(answer) as served, running(frame) as client:
        made = {"url": served.url, "after": 0}
        assert (await client.post("/subscriptions", json=made, headers=signer.bearer(("subscriber", "*")))).is_success
        await tell_together(frame, events, ids=[UUID(each) for each in ids])

        async def is_dead():
            return courier.returncode is not None

        await until(is_dead, within=30)
        assert DEADLY < len(served.taken) < len(events)
        await start_courier(frame)

        async def everything_came():
            return {each.headers["webhook-id"] for each in served.taken} == set(ids)

        await until(everything_came, within=30)
        first: dict[str, int] = {}
        for place, each in enumerate(served.taken):
            first.setdefault(each.headers["webhook-id"], place)
        assert len(served.taken) - len(ids) <= WAVE
    for unit in range(UNITS):
        places = [first[its_id] for its_id, event in ids.items() if event.unit_id == f"unit-{unit}"]
        assert places == sorted(places)
