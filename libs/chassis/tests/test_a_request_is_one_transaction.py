"""One request is one transaction, the answer comes after the commit, and a refusal leaves nothing behind."""

import asyncpg
import pytest
from sqlalchemy import Text, Uuid, bindparam, column, func, insert, select, table

from chassis.http import BoundedBodies
from chassis.porch import Role
from chassis.rendered import Rendered
from chassis.testing import running, until, waiting_events
from chassis.transaction import new_id, under_way

NOTE = {"text": "Báo cáo STEM", "count": 1}
TAKE_NOTE = Rendered(
    insert(table("notes", column("about", Uuid), column("text", Text))).values(
        about=bindparam("about", type_=Uuid), text=bindparam("text", type_=Text)
    )
)


@pytest.fixture
async def frame(make_frame):
    return make_frame(Role.API)


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


async def notes_in(frame) -> int:
    async with frame.engine.connect() as connection:
        return (await connection.exec_driver_sql("SELECT count(*) FROM notes")).scalar_one()


async def test_a_note_and_its_event_are_committed_together(frame, client, signer) -> None:
    answer = await client.post("/notes", json=NOTE, headers=signer.bearer(("reporter", "U-1")))

    assert answer.status_code == 201
    assert await notes_in(frame) == 1
    [event] = await waiting_events(frame)
    assert event["type"] == "reporting.aggregate.updated.v1"
    assert event["data"]["directive_id"] == answer.json()["about"]
    assert event["traceparent"].startswith("00-")


@pytest.mark.parametrize(("text", "status", "code"), [("refuse me", 409, "note-refused"), ("break", 500, "fault")])
async def test_a_failed_request_leaves_no_row_and_no_event(frame, client, signer, text, status, code) -> None:
    answer = await client.post("/notes", json={**NOTE, "text": text}, headers=signer.bearer(("reporter", "U-1")))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["detail"]
    assert answer.json()["detail_en"]
    assert await notes_in(frame) == 0
    assert await waiting_events(frame) == []


async def test_no_receipt_before_the_commit(frame, client, signer) -> None:
    async with frame.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'"
        )
        await connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )

    answer = await client.post("/notes", json=NOTE, headers=signer.bearer(("reporter", "U-1")))

    assert answer.status_code == 500
    assert await notes_in(frame) == 0


async def test_a_database_that_is_away_is_said_to_be_away(make_frame, signer) -> None:
    frame = make_frame(Role.API, database_url="postgresql://nobody:x@127.0.0.1:9/none")
    async with running(frame) as client:
        answer = await client.post("/notes", json=NOTE, headers=signer.bearer(("reporter", "U-1")))
        ready = await client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["retry-after"] == "2"
    assert ready.status_code == 503
    assert ready.json()["checks"]["postgresql"] != "ok"


async def test_a_database_that_is_too_slow_is_said_to_be_away(make_frame, signer, monkeypatch) -> None:
    monkeypatch.setattr("chassis.transaction.STATEMENT_TIMEOUT_MS", 200)
    frame = make_frame(Role.API)
    async with frame.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(5); RETURN NEW; END'"
        )
        await connection.exec_driver_sql(
            "CREATE TRIGGER slow BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
    async with running(frame) as client:
        answer = await client.post("/notes", json=NOTE, headers=signer.bearer(("reporter", "U-1")))

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"text": "x", "count": "many"}', "application/json", 422, "malformed"),
        (b'{"text": "x", "count": 1, "more": 1}', "application/json", 422, "malformed"),
        (b'{"text": "  ", "count": 1}', "application/json", 422, "malformed"),
        (b'{"text": "a\\u0000b", "count": 1}', "application/json", 422, "malformed"),
        (b'{"text": "a\\u202eb", "count": 1}', "application/json", 422, "malformed"),
        (b'{"text": "\\ud800", "count": 1}', "application/json", 422, "malformed"),
        (b"{broken", "application/json", 400, "not-readable"),
        (b'{"text": "\xff\xfe", "count": 1}', "application/json", 400, "not-readable"),
        (b"x" * (1 << 20 | 1), "application/json", 413, "too-large"),
    ],
)
async def test_bad_input_gets_a_clear_error_and_changes_nothing(
    frame, client, signer, body, content_type, status, code
) -> None:
    headers = signer.bearer(("reporter", "U-1")) | {"content-type": content_type}

    answer = await client.post("/notes", content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"] != answer.json()["detail_en"]
    assert await notes_in(frame) == 0


async def test_a_body_without_a_declared_length_is_counted_as_it_comes(frame, client, signer) -> None:
    async def endless():
        for _ in range(40):
            yield b"x" * (1 << 16)

    headers = signer.bearer(("reporter", "U-1")) | {"content-type": "application/json"}
    answer = await client.post("/notes", content=endless(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert await notes_in(frame) == 0


async def test_decomposed_vietnamese_is_stored_composed(frame, client, signer) -> None:
    import unicodedata

    decomposed = unicodedata.normalize("NFD", "Trường Trung học cơ sở Bến Đá")
    await client.post("/notes", json={**NOTE, "text": decomposed}, headers=signer.bearer(("reporter", "U-1")))

    async with frame.engine.connect() as connection:
        stored = (await connection.exec_driver_sql("SELECT text FROM notes")).scalar_one()
    assert stored == unicodedata.normalize("NFC", decomposed) != decomposed


async def test_an_unknown_address_and_a_wrong_method_are_problems_too(client) -> None:
    for answer, status in ((await client.get("/nowhere"), 404), (await client.put("/notes"), 405)):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail_en"]


async def test_requests_are_counted_by_route_and_status(client, signer) -> None:
    await client.post("/notes", json=NOTE, headers=signer.bearer(("reporter", "U-1")))
    await client.post("/notes", json=NOTE)
    await client.get("/nowhere/42")

    counted = (await client.get("/metrics")).text
    for route, status in (("/notes", 201), ("/notes", 401), ("other", 404)):
        assert f'route="{route}",status="{status}"' in counted


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/things/7/file", 5 << 20),
        ("/things/7/8/file", 1 << 20),
        ("/things//file", 1 << 20),
        ("/files", 2 << 20),
        ("/filesX", 1 << 20),
        ("/vX1", 1 << 20),
    ],
)
async def test_each_address_takes_as_much_as_it_says(path, taken) -> None:
    limits = {"/things/{thing_id}/file": 5 << 20, "/files": 2 << 20, "/v.1/{x}": 9}
    answers = []

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    bounded = BoundedBodies(app, limits=limits)
    for length in (taken, taken + 1):
        headers = [(b"content-length", str(length).encode())]
        await bounded({"type": "http", "path": path, "headers": headers}, None, send)

    assert answers == [200, 413]


async def test_what_the_driver_is_asked_first_is_of_the_transaction_as_well(frame) -> None:
    async def note_down(*texts: str) -> None:
        async with frame.transactions.begin() as tx:
            for each in texts:
                await tx.rows(TAKE_NOTE, about=new_id(), text=each)

    await note_down("một")
    with pytest.raises(asyncpg.UniqueViolationError):
        await note_down("hai", "một")

    assert await notes_in(frame) == 1
    await frame.engine.dispose()


async def test_something_else_is_done_while_postgresql_works(frame) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    take_lock = Rendered(select(func.pg_advisory_xact_lock(7)))
    async with frame.engine.connect() as other, frame.transactions.begin() as tx:
        await other.exec_driver_sql("SELECT pg_advisory_xact_lock(7)")
        async with under_way(tx.rows(take_lock)):

            async def is_asked() -> bool:
                return bool((await other.exec_driver_sql(waiting)).scalar_one())

            await until(is_asked)
            await other.rollback()
        await tx.rows(TAKE_NOTE, about=new_id(), text="một")
    assert await notes_in(frame) == 1
    await frame.engine.dispose()


async def test_what_fails_meanwhile_undoes_what_postgresql_was_asked(frame) -> None:
    async def note_down_and_fail() -> None:
        async with frame.transactions.begin() as tx:
            await tx.rows(TAKE_NOTE, about=new_id(), text="một")
            async with under_way(tx.rows(TAKE_NOTE, about=new_id(), text="hai")):
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await note_down_and_fail()
    assert await notes_in(frame) == 0
    await frame.engine.dispose()
