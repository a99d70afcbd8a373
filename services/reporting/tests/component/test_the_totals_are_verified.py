"""The totals are held against the facts, and the facts against the streams, while everything goes on."""

import asyncio
import json

import pytest
from sqlalchemy import select, text

from chassis.porch import Role
from chassis.testing import running, tell, until
from chassis.transaction import new_id
from contracts.event import nats_subject, seal
from reporting import commands, operations
from reporting.operations import Published
from reporting.replaying import open_history
from reporting.settings import Settings
from reporting.tables import aggregates

SCHOOLS = ("school", "other")


def beginning(story):
    yield story.issued()
    yield story.unit("commune", "phong_vhxh", reporting="department")
    for school in SCHOOLS:
        yield story.unit(school, reporting="commune")
        yield story.opened(school)


async def verified(frame, streams=None):
    async with frame.transactions.begin() as tx:
        return await operations.verify(tx, streams)


class Told:
    """Streams as they would be read: in parts, each fact settled or on its way."""

    def __init__(self, settled, flying=()):
        self.parts = [
            [Published(event, is_settled=True) for event in settled],
            [Published(event, is_settled=False) for event in flying],
        ]

    async def read(self):
        for part in self.parts:
            yield part


@pytest.fixture
async def told(frame, story):
    events = [*beginning(story), story.submitted("school", True, 12), story.accepted("school")]
    await tell(frame, *events)
    return events


async def test_what_follows_from_the_facts_is_true(frame, story, told):
    found = await verified(frame, Told(told))
    assert found.is_true
    assert (found.requirements, found.obligations, found.facts) == (1, 2, len(told))


@pytest.mark.parametrize(
    ("touched", "what"),
    [
        ("UPDATE aggregates SET sums = '{}' WHERE unit_id = 'commune'", "corrections"),
        ("DELETE FROM aggregates WHERE unit_id = 'department'", "corrections"),
        ("UPDATE contributions SET stated = '{}'", "misrecorded"),
        ("UPDATE contributions SET above = '{commune}'", "misrecorded"),
    ],
    ids=["a figure", "an aggregate", "a contribution", "a place"],
)
async def test_a_total_somebody_has_touched_is_found_and_left_as_it_is(frame, told, touched, what):
    async with frame.engine.begin() as connection:
        await connection.execute(text(touched))
        before = (await connection.execute(select(aggregates).order_by("unit_id"))).all()
    found = await verified(frame)
    assert not found.is_true
    assert getattr(found, what)
    async with frame.engine.connect() as connection:
        assert (await connection.execute(select(aggregates).order_by("unit_id"))).all() == before
    async with frame.transactions.begin() as tx:
        await operations.rebuild(tx)
    assert (await verified(frame)).is_true


@pytest.mark.parametrize(
    ("touched", "table"),
    [
        ("UPDATE answer_values SET stated = jsonb_set(stated, '{2025-2026,stem.lessons}', '99')", "answer_values"),
        ("UPDATE answers SET state = 'returned'", "answers"),
        ("DELETE FROM obligations WHERE unit_id = 'other'", "obligations"),
        ("UPDATE requirements SET as_of = '2020-01-01'", "requirements"),
        ("UPDATE known_units SET version = 7 WHERE unit_id = 'school'", "known_units"),
        (
            "INSERT INTO obligation_changes SELECT obligation_id, 9, 'exempt', due_at FROM obligations LIMIT 1",
            "obligation_changes",
        ),
    ],
)
async def test_a_fact_that_nobody_told_is_found(frame, told, touched, table):
    async with frame.engine.begin() as connection:
        await connection.execute(text(touched))
    found = await verified(frame, Told(told))
    assert not found.is_true
    assert {name: count for name, count in found.unfounded.items() if count} == {table: 1}


async def test_what_is_on_its_way_may_or_may_not_have_arrived(frame, story, told):
    arrived, waiting = story.submitted("other", True, 3), story.returned("other")
    await tell(frame, arrived)
    assert (await verified(frame, Told(told, [arrived, waiting]))).is_true
    # What was acknowledged must have arrived, and what has arrived must have been told.
    assert (await verified(frame, Told([*told, arrived, waiting]))).unfounded["answers"] == 1
    assert not (await verified(frame, Told(told))).is_true


async def test_the_house_is_verified_while_answers_come_in(make_frame, nats_streams, streams_file, story, capsys):
    frame = await make_frame(Role.API, Role.WORKER)
    settings = Settings.model_validate(
        frame.settings.model_dump() | {"nats_seed": nats_streams.seeds["steward"], "nats_url": nats_streams.url}
    )
    clients = {name: await nats_streams.connect(name) for name in ("directory", "directives", "submissions")}

    async def publish(event):
        body = seal(event, event_id=new_id())
        await clients[event.service()].jetstream().publish(nats_subject(event.type, event.about), body)

    async def answers():
        for number in range(1, 31):
            for school in SCHOOLS:
                await publish(story.submitted(school, True, number, number=number, version=2 * number))
                await publish(story.returned(school, number=number, version=2 * number + 1))

    async with running(frame) as client:
        for event in beginning(story):
            await publish(event)
        coming = asyncio.create_task(answers())
        looked = 0
        while not coming.done() or looked < 2:
            async with open_history(settings) as history:
                found = await verified(frame, history)
            assert found.is_true, found
            looked += 1
        await coming

        async def drained():
            flow = (await client.get("/health/flow")).json()
            return all(each and each["pending"] == each["unacked"] == 0 for each in flow["durables"].values())

        await until(drained)
        assert await commands.rebuild(settings, ["verify", "streams"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["is_true"]
        assert told["facts"] >= 6 + 30 * 4
        async with frame.engine.begin() as connection:
            await connection.execute(text("UPDATE answers SET number = 3"))
        assert await commands.rebuild(settings, ["verify", "streams"]) == 1
        assert json.loads(capsys.readouterr().out)["unfounded"]["answers"] == 2
    for client in clients.values():
        await client.close()
