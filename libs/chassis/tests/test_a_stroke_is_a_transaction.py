"""A stroke writes and tells at once, or does neither."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import BigInteger, Text, Uuid, column, select, table, text
from sqlalchemy.dialects.postgresql import insert

from chassis.outages import is_outage
from chassis.porch import Role
from chassis.strokes import CommonStroke, Stroke, Strokes, asked_together, leaving_events, telling_together
from chassis.testing import until, waiting_events
from chassis.transaction import new_id

notes = table("notes", column("id", BigInteger), column("about", Uuid), column("text", Text))
_telling = telling_together(note_about=Uuid(), note_text=Text())
_written = (
    insert(notes)
    .from_select(["about", "text"], select(_telling.c.note_about, _telling.c.note_text))
    .on_conflict_do_nothing(index_elements=[notes.c.text])
    .returning(notes.c.text.label("note_text"))
    .cte("written")
)
TAKE_NOTE = CommonStroke(leaving_events(_written, _telling, by="note_text"))
TEXTS = Stroke(select(notes.c.text).order_by(notes.c.id))
_asked = asked_together(wanted=Uuid())
TEXT_OF = CommonStroke(select(_asked.c.place, notes.c.text).join(notes, notes.c.about == _asked.c.wanted))


@pytest.fixture
def woken() -> list[None]:
    return []


@pytest.fixture
async def strokes(make_frame, woken):
    frame = make_frame(Role.API)
    strokes = Strokes(frame.settings.database_url, name="strokes", pool_size=2, wake=lambda: woken.append(None))
    strokes.frame = frame
    yield strokes
    await strokes.close()
    await frame.engine.dispose()


async def _told(strokes) -> list[dict]:
    return await waiting_events(strokes.frame)


async def test_the_row_and_the_event_are_committed_when_it_returns(strokes, aggregate, woken) -> None:
    about = new_id()
    event_id = await strokes.tell(TAKE_NOTE, aggregate(about), note_about=about, note_text="một", apart=None)

    assert (await strokes.row(TEXT_OF, wanted=about))["text"] == "một"
    assert [each["id"] for each in await _told(strokes)] == [str(event_id)]
    assert len(woken) == 1


async def test_a_stroke_that_writes_nothing_tells_nothing(strokes, aggregate, woken) -> None:
    await strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text="một", apart=None)
    again = await strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text="một", apart=None)

    assert again is None
    assert len(await _told(strokes)) == 1
    assert len(woken) == 1


async def test_a_refused_event_leaves_no_row(strokes, aggregate) -> None:
    async with strokes.frame.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox ADD CONSTRAINT nothing_leaves CHECK (false)"))
    with pytest.raises(asyncpg.CheckViolationError):
        await strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text="một", apart=None)

    assert await strokes.rows(TEXTS) == []
    assert await _told(strokes) == []


async def test_each_of_many_gets_what_was_written_for_them(strokes, aggregate) -> None:
    texts = ["một", "hai", "một", "ba"]
    told = await asyncio.gather(
        *(
            strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text=each, apart=each)
            for each in texts
        )
    )

    # Of two who write the same, either may be the first where the first line to the server took long to open.
    assert sorted(each is None for each in (told[0], told[2])) == [False, True]
    assert None not in (told[1], told[3])
    assert {each["id"] for each in await _told(strokes)} == {str(each) for each in told if each}
    assert sorted(row["text"] for row in await strokes.rows(TEXTS)) == ["ba", "hai", "một"]


async def test_one_refused_by_the_database_refuses_nobody_else(strokes, aggregate) -> None:
    async with strokes.frame.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE notes ADD CONSTRAINT no_four CHECK (text <> '4')"))
    told = await asyncio.gather(
        *(
            strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text=str(each), apart=each)
            for each in range(8)
        ),
        return_exceptions=True,
    )

    assert [place for place, each in enumerate(told) if isinstance(each, asyncpg.CheckViolationError)] == [4]
    assert len(await strokes.rows(TEXTS)) == len(await _told(strokes)) == 7


async def test_a_value_that_is_not_given_is_a_fault_before_anything_is_asked(strokes, aggregate) -> None:
    with pytest.raises(KeyError, match="note_text"):
        await strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), apart=None)
    assert strokes._pool is None


async def test_many_at_once_wait_for_each_other(strokes, aggregate) -> None:
    await asyncio.gather(
        *(
            strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text=str(each), apart=None)
            for each in range(20)
        )
    )
    assert len(await strokes.rows(TEXTS)) == len(await _told(strokes)) == 20


async def test_a_line_that_broke_halfway_is_not_given_to_the_next(strokes, aggregate, postgres_url) -> None:
    failures: list[BaseException] = []
    over = asyncio.Event()

    async def write() -> None:
        while not over.is_set():
            try:
                await strokes.tell(
                    TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text=str(new_id()), apart=None
                )
            except Exception as error:  # noqa: BLE001  all of them are looked at
                failures.append(error)

    writers = [asyncio.create_task(write()) for _ in range(6)]
    killer = await asyncpg.connect(postgres_url)
    kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'strokes'"
    killed = 0
    while killed < 60:
        killed += await killer.fetchval(kill)
        await asyncio.sleep(0.005)
    over.set()
    await asyncio.gather(*writers)
    await killer.close()
    assert failures
    assert [error for error in failures if not is_outage(error)] == []


async def test_who_lost_the_line_is_not_asked_for_again(strokes, aggregate) -> None:
    texts = ["một", "hai"]
    blocker, killer = [await asyncpg.connect(strokes.frame.settings.database_url) for _ in range(2)]
    async with blocker.transaction():
        await blocker.execute("LOCK TABLE notes")
        writers = [
            asyncio.create_task(
                strokes.tell(TAKE_NOTE, aggregate(new_id()), note_about=new_id(), note_text=each, apart=each)
            )
            for each in texts
        ]

        async def cut() -> bool:
            return await killer.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE application_name = 'strokes' AND wait_event_type = 'Lock'"
            )

        await until(cut, within=5)
    ends = await asyncio.gather(*writers, return_exceptions=True)
    await asyncio.gather(blocker.close(), killer.close())

    # They may have been written: only whoever asked may ask again, with the key that makes it safe.
    assert [is_outage(end) for end in ends if isinstance(end, Exception)] == [True, True]
    assert await strokes.rows(TEXTS) == []


async def test_two_in_each_others_way_are_told_to_come_again(strokes, postgres_url) -> None:
    one, other = [await asyncpg.connect(postgres_url) for _ in range(2)]
    try:
        for each in (one, other):
            await each.execute("SET deadlock_timeout = '10ms'")
            await each.execute("BEGIN")
        await one.execute("SELECT pg_advisory_xact_lock(815)")
        await other.execute("SELECT pg_advisory_xact_lock(816)")
        ends = await asyncio.gather(
            one.execute("SELECT pg_advisory_xact_lock(816)"),
            other.execute("SELECT pg_advisory_xact_lock(815)"),
            return_exceptions=True,
        )
    finally:
        for each in (one, other):
            each.terminate()

    assert [is_outage(end) for end in ends if isinstance(end, Exception)] == [True]


async def test_lost_connections_are_replaced(strokes, postgres_url) -> None:
    await strokes.rows(TEXTS)
    killer = await asyncpg.connect(postgres_url)
    await killer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'strokes'")
    await killer.close()

    async def answers() -> bool:
        try:
            return await strokes.rows(TEXTS) == []
        except Exception as error:
            if not is_outage(error):
                raise
            return False  # the loss may be noticed by the next one who asks

    await until(answers, within=5)
