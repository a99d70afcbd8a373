"""The feed over HTTP: what was told, as it was told, from any position, to nobody but who may take it elsewhere."""

import asyncio
import json
from datetime import UTC, date, datetime

import pytest
from starlette.requests import Request

from chassis.consuming import Letter
from chassis.policy import RIGHTS
from chassis.testing import running, tell, tell_together, until
from chassis.transaction import new_id
from contracts.event import seal
from contracts.reporting import AggregateUpdated, Total
from reporting.feed import api, bell, operations

REQUIREMENT = new_id()


def aggregate(unit_id, version=1, lessons=5):
    return AggregateUpdated(
        occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
        directive_id=REQUIREMENT,
        requirement_id=REQUIREMENT,
        unit_id=unit_id,
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=version,
        totals=(Total(indicator="stem.lessons", value=lessons),),
        units_reported=1,
        units_due=2,
        levels=(),
    )


def brief(body):
    return [(each["event"]["data"]["unit_id"], each["event"]["data"]["version"]) for each in body["events"]]


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
def city(signer):
    return signer.bearer(("subscriber", "*"), kind="machine")


async def read(client, city, query=""):
    answer = await client.get(f"/feed{query}", headers=city)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_everything_told_is_there_once_in_its_order_byte_for_byte(frame, client, city):
    events = [aggregate("commune"), aggregate("department"), aggregate("commune", 2), aggregate("department", 2)]
    ids = [new_id() for _ in events]
    await tell_together(frame, events, ids=ids)
    await tell_together(frame, events, ids=ids)

    answer = await client.get("/feed", headers=city)

    assert brief(answer.json()) == [("commune", 1), ("department", 1), ("commune", 2), ("department", 2)]
    for event_id, event in zip(ids, events, strict=True):
        assert seal(event, event_id=event_id) in answer.content


async def test_a_reader_goes_on_from_where_it_was(frame, client, city):
    await tell(frame, *(aggregate(f"u{number}") for number in range(5)))

    first = await read(client, city, "?limit=2")
    second = await read(client, city, f"?limit=2&after={first['next']}")
    third = await read(client, city, f"?limit=2&after={second['next']}")
    fourth = await read(client, city, f"?after={third['next']}")

    assert [brief(each) for each in (first, second, third, fourth)] == [
        [("u0", 1), ("u1", 1)],
        [("u2", 1), ("u3", 1)],
        [("u4", 1)],
        [],
    ]
    assert [each["has_more"] for each in (first, second, third, fourth)] == [True, True, False, False]
    assert fourth["next"] == third["next"]


async def test_a_newcomer_takes_the_last_value_of_each_and_then_whatever_follows(frame, client, city):
    await tell(frame, aggregate("a"), aggregate("b"), aggregate("a", 2), aggregate("c"), aggregate("a", 3))

    first = await read(client, city, "?newest=true&limit=1")
    await tell(frame, aggregate("c", 2))
    rest = await read(client, city, f"?newest=true&after={first['next']}")

    assert brief(first) + brief(rest) == [("b", 1), ("a", 3), ("c", 2)]


async def test_a_version_that_comes_after_a_newer_one_is_left_out(frame, client, city):
    await tell(frame, aggregate("a", 2), aggregate("a", 1))
    await tell_together(frame, [aggregate("b", 2), aggregate("b", 1), aggregate("b", 3)])

    assert brief(await read(client, city)) == [("a", 2), ("b", 2), ("b", 3)]


async def test_no_position_appears_below_one_that_was_seen(frame, client, city):
    def letter(event):
        event_id = new_id()
        return Letter(event_id, event, seal(event, event_id=event_id))

    async def note(event):
        async with frame.transactions.begin() as tx:
            await operations.note_told(tx, [letter(event)])

    async with frame.transactions.begin() as slow:
        await operations.note_told(slow, [letter(aggregate("slow"))])
        quick = asyncio.create_task(note(aggregate("quick")))
        done, _ = await asyncio.wait([quick], timeout=0.3)
        assert not done
    await quick

    assert brief(await read(client, city)) == [("slow", 1), ("quick", 1)]


async def test_who_waits_is_told_as_soon_as_there_is_something(frame, client, city):
    waiting = asyncio.create_task(read(client, city, "?wait=20"))
    listens = frame.app.state.bell

    async def is_waiting():
        return bool(listens._ears)

    await until(is_waiting)
    await tell(frame, aggregate("a"))

    assert brief(await asyncio.wait_for(waiting, 4)) == [("a", 1)]
    assert not listens._ears
    assert listens._listening is None


async def test_who_waits_in_vain_is_told_so_in_time(client, city):
    assert await read(client, city, "?wait=1&after=7") == {"events": [], "next": 7, "has_more": False}


async def test_no_more_wait_than_there_is_room_for(client, city, monkeypatch):
    monkeypatch.setattr(bell, "EARS", 0)

    for path in ("/feed?wait=1", "/feed/stream"):
        answer = await client.get(path, headers=city)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-listeners")


def request_of(frame, bearer):
    headers = [(b"authorization", bearer["Authorization"].encode())]
    return Request({"type": "http", "app": frame.app, "headers": headers})


def told_in(lines):
    assert lines.endswith(b"\n\n")
    events = [dict(line.split(": ", 1) for line in each.split("\n")) for each in lines.decode().strip().split("\n\n")]
    return [(int(each["id"]), json.loads(each["data"])["data"]["unit_id"]) for each in events]


async def test_a_stream_tells_what_was_and_what_comes_and_is_taken_up_again(frame, client, city):
    await tell(frame, aggregate("a"), aggregate("b"))
    stream = api.lines_behind(request_of(frame, city), 0)
    before = told_in(await anext(stream))
    following = asyncio.ensure_future(anext(stream))
    await tell(frame, aggregate("c"))
    after = told_in(await asyncio.wait_for(following, 8))
    await stream.aclose()

    again = api.lines_behind(request_of(frame, city), before[0][0])
    assert [unit for _, unit in before + after] == ["a", "b", "c"]
    assert told_in(await anext(again)) == [before[1], *after]
    await again.aclose()
    assert not frame.app.state.bell._ears


async def test_a_quiet_stream_shows_that_it_lives_and_ends_with_its_token(frame, client, signer, monkeypatch):
    monkeypatch.setattr(api, "HEARTBEAT_SECONDS", 0.05)
    short = signer.bearer(("subscriber", "*"), exp=int(datetime.now(UTC).timestamp()) + 2)
    stream = api.lines_behind(request_of(frame, short), 0)

    heard = [line async for line in stream]

    assert set(heard) == {b": still here\n\n"}


OTHERS = sorted((role, unit) for role in RIGHTS for unit in ("*", "department") if (role, unit) != ("subscriber", "*"))


@pytest.mark.parametrize("post", OTHERS, ids=":".join)
async def test_nobody_else_reads_it(frame, client, signer, post):
    for path in ("/feed", "/feed?wait=1", "/feed?newest=true", "/feed/stream"):
        answer = await client.get(path, headers=signer.bearer(post))
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await client.get("/feed")).status_code == 401


@pytest.mark.parametrize(
    "query", ["?after=-1", "?after=99999999999999999999", "?after=x", "?limit=0", "?limit=1001", "?wait=31"]
)
async def test_what_is_no_position_is_refused(client, city, query):
    answer = await client.get(f"/feed{query}", headers=city)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
