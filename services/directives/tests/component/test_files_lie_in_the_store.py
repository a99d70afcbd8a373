"""The bytes of files lie in the store: none without a row, no row without its bytes, whoever dies in between."""

import asyncio
import hashlib
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.objects import NotAsItWas, NothingThere, Objects
from chassis.porch import Role
from chassis.problems import Unavailable
from chassis.testing import running, until
from chassis.transaction import new_id
from directives import store as rows_of
from directives.operations.filing import open_kept
from directives.operations.shelf import Shelf
from directives.operations.sweeping import move_out_of_rows, remove_strays, sweep
from directives.rounds import Tidying

PDF = b"%PDF-1.7 " + bytes(range(256)) * 5000  # larger than what is kept in memory on its way


@pytest.fixture
def shelf(frame):
    return frame.app.state.shelf


@pytest.fixture
def bucket(store):
    """The bucket itself, as the service opens it."""
    return Objects(
        endpoint=store.endpoint,
        public_url=store.url,
        access_key=store.keys.directives_access_key,
        secret_key=store.keys.directives_secret_key,
        bucket=store.directives_bucket,
    )


@pytest.fixture
def attach(client, officer):
    async def post(directive_id, content=PDF, name="de-cuong.pdf", client=client):
        return await client.post(
            f"/directives/{directive_id}/attachments", files={"document": (name, content)}, headers=officer
        )

    return post


@pytest.fixture
def fetch(client, officer):
    async def get(directive_id, file_id):
        return await client.get(f"/directives/{directive_id}/files/{file_id}", headers=officer)

    return get


@pytest.fixture
def change(frame):
    async def execute(statement, **values):
        async with frame.engine.begin() as connection:
            return (await connection.execute(text(statement), values)).rowcount

    return execute


@pytest.fixture
def stored(frame):
    """Tell what is known of the store: the state of each object."""

    async def read():
        async with frame.engine.connect() as connection:
            found = await connection.execute(text("SELECT stored_id, state FROM stored_files ORDER BY since"))
            return [(f"files/{row.stored_id}", row.state) for row in found]

    return read


async def test_the_bytes_lie_in_the_store_and_not_in_the_database(desk, attach, letter, bucket, stored, rows) -> None:
    await attach(await desk.draft(letter))

    [(key, state)] = await stored()
    fetched = BytesIO()
    await bucket.fetch(key, fetched, byte_count=len(PDF), sha256=hashlib.sha256(PDF).hexdigest())
    assert (state, fetched.getvalue()) == ("kept", PDF)
    assert PDF not in (await rows())["directive_files"][0]


async def test_other_bytes_than_were_brought_are_never_given_out(
    desk, attach, fetch, letter, bucket, stored, caplog
) -> None:
    directive_id = await desk.draft(letter)
    file_id = (await attach(directive_id)).json()["file_id"]
    [(key, _)] = await stored()

    await bucket.put(key, PDF[:-1] + b"x", content_type="application/pdf")
    changed = await fetch(directive_id, file_id)
    await bucket.remove(key)
    lost = await fetch(directive_id, file_id)

    assert [(each.status_code, each.json()["code"]) for each in (changed, lost)] == [(500, "fault")] * 2
    assert {record.exc_info[0] for record in caplog.records if record.exc_info} == {NotAsItWas, NothingThere}


async def test_nothing_is_kept_while_the_store_is_away(make_frame, desk, attach, letter, stored, rows) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()

    async with running(make_frame(Role.API, store_endpoint="127.0.0.1:9")) as lost:
        answer = await attach(directive_id, client=lost)
        ready = (await lost.get("/health/ready")).json()["checks"]["store"]

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert [state for _, state in await stored()] == ["arriving"], "what was announced is known, to be swept"
    assert {**await rows(), "stored_files": []} == before
    assert ready != "ok"


async def test_the_store_is_part_of_being_ready(client, desk, attach, letter) -> None:
    before = (await client.get("/health/ready")).json()["checks"]["store"]
    await attach(await desk.draft(letter))

    assert (before, (await client.get("/health/ready")).json()["checks"]["store"]) == ("ok", "ok")


async def test_what_somebody_died_over_is_swept_and_what_is_on_its_way_is_not(
    frame, shelf, bucket, stored, change
) -> None:
    whole = {"byte_count": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()}
    for _ in range(2):
        async with frame.transactions.begin() as tx:
            stored_id = await rows_of.files.expect(tx.connection, now=tx.now)
        await shelf.put(stored_id, BytesIO(PDF), **whole, content_type="application/pdf")
    [(old, _), (young, _)] = await stored()
    await change(
        "UPDATE stored_files SET since = since - interval '61 minutes' WHERE stored_id = :id", id=UUID(old[6:])
    )

    assert await sweep(shelf) == 1

    assert await bucket.find(old) is None
    assert (await bucket.find(young)).byte_count == len(PDF)
    assert await stored() == [(young, "arriving")]


async def test_what_arrives_after_it_was_given_up_and_forgotten_is_removed(
    desk, attach, letter, shelf, bucket, stored, change
) -> None:
    directive_id = await desk.draft(letter)
    await attach(directive_id)
    [(kept, _)] = await stored()
    late = new_id()
    digest = hashlib.sha256(b"late").hexdigest()
    async with shelf.transactions.begin() as tx:
        slow = await rows_of.files.expect(tx.connection, now=tx.now)
    await change("UPDATE stored_files SET since = since - interval '2 hours' WHERE state = 'arriving'")
    assert await sweep(shelf) == 1  # given up, removed before it came, and forgotten
    for each in (slow, late):
        await shelf.put(each, BytesIO(b"late"), byte_count=4, sha256=digest, content_type="application/pdf")
    async with shelf.transactions.begin() as tx:
        on_its_way = await rows_of.files.expect(tx.connection, now=tx.now)
    await shelf.put(on_its_way, BytesIO(b"late"), byte_count=4, sha256=digest, content_type="application/pdf")

    assert await remove_strays(shelf) == 0  # what is new is left alone, whatever it is
    removed = await remove_strays(shelf, older_than=timedelta(0))

    assert removed >= 2  # what other tests left lying has no rows any more either
    for each in (slow, late):
        assert await bucket.find(f"files/{each}") is None
    for key in (kept, f"files/{on_its_way}"):
        assert await bucket.find(key) is not None
    assert await remove_strays(shelf, older_than=timedelta(0)) == 0


async def test_what_was_given_up_on_its_way_is_not_kept(desk, attach, letter, change, rows, monkeypatch) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()
    put = Shelf.put

    async def put_slowly(self, *args, **kwargs):
        await put(self, *args, **kwargs)
        await change("UPDATE stored_files SET state = 'unwanted'")

    monkeypatch.setattr(Shelf, "put", put_slowly)
    answer = await attach(directive_id)

    assert answer.status_code == 503
    assert {**await rows(), "stored_files": []} == before


async def test_what_is_taken_off_or_replaced_leaves_the_store(
    client, desk, attach, letter, officer, clerk, shelf, bucket, stored, signed_pdf
) -> None:
    directive_id = await desk.draft(letter)
    file_id = (await attach(directive_id)).json()["file_id"]
    await client.delete(f"/directives/{directive_id}/files/{file_id}", headers=officer)
    await desk.sign(directive_id)
    printed = (await client.get(f"/directives/{directive_id}/paper/pdf", headers=officer)).content
    for content in (printed, signed_pdf(printed)):
        document = {"document": ("van-ban.pdf", content)}
        await client.put(f"/directives/{directive_id}/signed-file", files=document, headers=clerk)
    wanted = [key for key, state in await stored() if state == "kept"]
    unwanted = [key for key, state in await stored() if state == "unwanted"]

    assert (len(wanted), len(unwanted)) == (1, 2)
    assert sum(await asyncio.gather(sweep(shelf), sweep(shelf))) >= 2
    assert await stored() == [(wanted[0], "kept")]
    assert [await bucket.find(key) for key in unwanted] == [None, None]
    assert await bucket.find(wanted[0]) is not None


async def test_the_same_file_from_two_at_once_is_kept_once(desk, attach, letter, stored, all_at_once) -> None:
    directive_id = await desk.draft(letter)

    answers = await all_at_once(attach(directive_id) for _ in range(4))

    assert {answer.json()["file_id"] for answer in answers} == {answers[0].json()["file_id"]}
    assert [state for _, state in await stored()].count("kept") == 1


@pytest.fixture
def lay_in_row(desk, attach, change, letter):
    """Keep a file as it was kept before there was a store."""

    async def lay(content=PDF):
        directive_id = await desk.draft(letter)
        file_id = (await attach(directive_id, content)).json()["file_id"]
        await change(
            "UPDATE directive_files SET content = :content, stored_id = NULL WHERE file_id = :id",
            content=content,
            id=UUID(file_id),
        )
        await change("DELETE FROM stored_files")
        return directive_id, file_id

    return lay


async def test_a_file_from_before_there_was_a_store_is_read_and_moved_there(
    lay_in_row, fetch, frame, shelf, make_frame, stored, change, client, officer
) -> None:
    directive_id, file_id = await lay_in_row()
    early = await fetch(directive_id, file_id)

    assert sum(await asyncio.gather(move_out_of_rows(shelf), move_out_of_rows(make_frame().app.state.shelf))) == 1

    late = await fetch(directive_id, file_id)
    assert early.content == late.content == PDF
    assert early.headers["repr-digest"] == late.headers["repr-digest"]
    await sweep(shelf)
    assert [state for _, state in await stored()] == ["kept"]
    assert await change("UPDATE directive_files SET name = name WHERE content IS NOT NULL") == 0
    assert await move_out_of_rows(shelf) == 0


async def test_they_are_moved_as_soon_as_a_worker_runs(lay_in_row, shelf, change) -> None:
    await lay_in_row()

    async def moved():
        return await change("UPDATE directive_files SET name = name WHERE content IS NOT NULL") == 0

    tidying = asyncio.create_task(Tidying(shelf).run())
    await until(moved)
    tidying.cancel()


async def test_a_row_never_is_without_its_bytes(lay_in_row, change, shelf) -> None:
    await lay_in_row()

    with pytest.raises(IntegrityError, match="directive_files_are_what_they_were"):
        await change("UPDATE directive_files SET content = set_byte(content, 9, 1)")
    with pytest.raises(IntegrityError, match="directive_files_lie_somewhere"):
        await change("UPDATE directive_files SET content = NULL")
    await move_out_of_rows(shelf)
    with pytest.raises(IntegrityError, match="directive_files_stored_id_fkey"):
        await change("DELETE FROM stored_files")


async def test_its_own_bucket_is_all_a_service_opens(store) -> None:
    films = Objects(
        endpoint=store.endpoint,
        public_url=store.url,
        access_key=store.keys.directives_access_key,
        secret_key=store.keys.directives_secret_key,
        bucket=store.bucket,
    )

    assert "AccessDenied" in str(await _refusal(films.find("media/x")))


async def _refusal(asked):
    with pytest.raises(Exception, match="refused") as refused:
        await asked
    return refused.value


async def test_a_file_that_was_moved_between_two_looks_is_not_given_out_empty(lay_in_row, shelf) -> None:
    await lay_in_row()
    async with shelf.begin() as (tx, _):
        before = await rows_of.files.find_in_row(tx.connection)
    await move_out_of_rows(shelf)

    with pytest.raises(Unavailable):
        await open_kept(shelf, before, None)


async def test_a_database_that_lost_its_rows_does_not_cost_the_files(
    desk, attach, letter, shelf, change, monkeypatch
) -> None:
    await attach(await desk.draft(letter))
    monkeypatch.setattr("directives.operations.sweeping.MOST_STRAYS", 0)
    await change("DELETE FROM directive_files")
    await change("DELETE FROM stored_files")
    before = await shelf.list_all()

    assert await remove_strays(shelf, older_than=timedelta(0)) == 0
    assert await shelf.list_all() == before != {}
