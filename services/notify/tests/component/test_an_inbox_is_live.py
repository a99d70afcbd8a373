"""Letters come as they are written: to whom they are, from where they were seen last, and no longer than the house."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.caller import Caller
from chassis.frame import Role
from chassis.roles import server_of
from chassis.testing import running, tell, until
from congvan.ports import free_port
from notify.bell import Bell, TooManyListeners
from notify.streaming import start_of, stream


class Told:
    """What one stream has told, event by event."""

    def __init__(self, lines) -> None:
        self._lines = lines

    async def next(self, *, within=5.0):
        block = await asyncio.wait_for(anext(self._lines), within)
        fields = dict(line.split(": ", 1) for line in block.decode().strip().split("\n"))
        return fields.get("event"), json.loads(fields["data"])

    async def has_ended(self):
        try:
            await asyncio.wait_for(anext(self._lines), 2)
        except StopAsyncIteration:
            return True
        return False


@pytest.fixture
async def bell(frame):
    return Bell(frame.settings.database_url)


@pytest.fixture
def streaming(frame, bell):
    """Open the stream of a person."""

    @asynccontextmanager
    async def opened(person, *, last_seen=None, who=None):
        caller = Caller(id=person, kind="person", posts=())

        async def same():
            return caller

        since = await start_of(frame.transactions, caller, last_seen)
        lines = stream(
            frame.transactions,
            bell,
            who or same,
            since=since,
            seen=last_seen,
            out=lambda letter: json.dumps({"letter_id": str(letter.letter_id), "kind": letter.kind}),
        )
        try:
            yield Told(lines)
        finally:
            await lines.aclose()

    frame.when_leaving(bell.close)
    return opened


async def test_a_letter_comes_to_whom_it_is_as_it_is_written(frame, case, letters_wait, streaming, people) -> None:
    async with streaming(people[0]) as mine, streaming(people[3]) as theirs:
        assert [await mine.next(), await theirs.next()] == [("unread", {"unread_count": 0})] * 2
        await letters_wait(2)
        kind, letter = await mine.next()
        assert (kind, letter["kind"]) == ("letter", "obligation_opened")
        assert await mine.next() == ("unread", {"unread_count": 1})
        with pytest.raises(TimeoutError):
            await theirs.next(within=0.3)


async def test_who_comes_back_is_told_what_came_since(frame, case, letters_wait, streaming, people) -> None:
    await letters_wait(1)
    async with frame.engine.connect() as connection:
        seen = (await connection.exec_driver_sql("SELECT letter_id FROM letters")).scalar_one()
    await tell(frame, case.changed("extended"), case.changed("exempted", version=3))
    async with streaming(people[0], last_seen=seen) as mine:
        kinds = [(await mine.next())[1]["kind"] for _ in range(2)]
        assert sorted(kinds) == ["obligation_exempted", "obligation_extended"]
        assert await mine.next() == ("unread", {"unread_count": 3})


async def test_a_letter_that_appears_behind_younger_ones_is_told_too(
    frame, case, letters_wait, streaming, people, sql
) -> None:
    async with streaming(people[0]) as mine:
        await mine.next()
        await letters_wait(1)
        await mine.next()
        await mine.next()
        # Its transaction began before that of the other, and ended after it.
        await sql(
            "INSERT INTO letters_due (due_id, kind, obligation_id, unit_id, occurred_at, quoted) "
            "SELECT gen_random_uuid(), kind, obligation_id, unit_id, occurred_at, quoted FROM letters_due"
        )
        await sql(
            "INSERT INTO letters "
            "(letter_id, due_id, person_id, kind, subject_vi, body_vi, subject_en, body_en, created_at) "
            "SELECT gen_random_uuid(), d.due_id, l.person_id, l.kind, '', '', '', '', CAST(:earlier AS timestamptz) "
            "FROM letters l, letters_due d WHERE d.due_id <> l.due_id",
            earlier=datetime.now(UTC) - timedelta(seconds=20),
        )
        await sql("SELECT pg_notify('letters', :person)", person=str(people[0]))
        assert (await mine.next())[0] == "letter"


async def test_to_read_a_letter_tells_the_other_windows(frame, letters_wait, streaming, people, signer, make_frame):
    await letters_wait(1)
    front = make_frame(Role.API)
    async with streaming(people[0]) as mine, running(front) as client:
        # Written before it came; what it is told is the count.
        first = await mine.next()
        while first[0] != "unread":
            first = await mine.next()
        mine_ = signer.bearer(person=people[0])
        [letter] = (await client.get("/letters", headers=mine_)).json()["letters"]
        await client.post(f"/letters/{letter['letter_id']}/read", headers=mine_)
        assert (first, await mine.next()) == (("unread", {"unread_count": 1}), ("unread", {"unread_count": 0}))


async def test_a_stream_ends_with_the_token_and_with_the_process(frame, letters_wait, streaming, people, bell) -> None:
    holds = [Caller(id=people[0], kind="person", posts=())] * 2

    async def who():
        return holds.pop() if holds else None

    async with streaming(people[0], who=who) as mine, streaming(people[1]) as theirs:
        assert [await mine.next(), await theirs.next()] == [("unread", {"unread_count": 0})] * 2
        bell.ring_all()
        assert await mine.has_ended()
        waits = asyncio.create_task(theirs.has_ended())
        frame.leave()
        assert await waits


async def test_the_house_stops_at_once_though_somebody_listens(make_frame, signer, people) -> None:
    port = free_port()
    server = server_of(make_frame(Role.API, http_port=port))
    serving = asyncio.create_task(server._serve())

    async def started():
        return server.started

    await until(started)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        headers = signer.bearer(person=people[0])
        async with client.stream("GET", "/letters/stream", headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            assert await anext(lines) == "event: unread"
            server.should_exit = True
            async with asyncio.timeout(4):
                assert [line async for line in lines] == ['data: {"unread_count": 0}', ""]
                await serving


async def test_many_wait_on_one_line_and_only_whose_letter_it_is_looks(frame, letters_wait, people) -> None:
    bell = Bell(frame.settings.database_url, room=400)
    async with asyncio.timeout(20):
        stack = [bell.listening(people[0])] + [bell.listening(people[3]) for _ in range(399)]
        ears = [await each.__aenter__() for each in stack]
        await asyncio.gather(*(asyncio.wait_for(ear.wait(), 5) for ear in ears))  # the line is there
        for ear in ears:
            ear.clear()
        async with frame.engine.connect() as connection:
            lines = await connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
            )
            assert lines.scalar_one() == 1
        with pytest.raises(TooManyListeners):
            bell.check_has_room()
        await letters_wait(1)
        await asyncio.wait_for(ears[0].wait(), 5)
        assert not any(ear.is_set() for ear in ears[1:])
        for each in stack:
            await each.__aexit__(None, None, None)
