"""A table is asked for, made beside the house, and fetched, also in pieces; with what one may read, and no more."""

import asyncio
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import text

from chassis.testing import running, tell, until
from chassis.transaction import new_id
from reporting.exports import api, maker, making, store
from reporting.exports.workbook import HEAD_ROWS

YEAR = "2025-2026"


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
async def story(frame, story):
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.unit("other", "phong_vhxh", reporting="department"),
        *(story.unit(name, reporting="commune") for name in ("a", "b", "c")),
        story.unit("far", reporting="other"),
        story.unit("own", "thpt", reporting="department"),
        story.issued(),
        *(story.opened(name) for name in ("a", "b", "c", "far", "own")),
        story.submitted("a", True, 12, is_late=True),
        story.submitted("b", is_nil=True),
        story.changed("c", "exempt"),
        story.submitted("own", True, 5),
    )
    return story


@pytest.fixture
def officer(signer):
    return signer.bearer(("desk_officer", "department"), person=new_id())


async def ask(client, story, bearer, **body):
    answer = await client.post(
        f"/requirements/{story.requirement_id}/exports", json={"form": "xlsx", **body}, headers=bearer
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["export_id"]


async def made(frame, client, story, bearer, **body):
    export_id = await ask(client, story, bearer, **body)
    await making.make(frame.transactions, export_id)
    return export_id


def table_in(content):
    opened = openpyxl.load_workbook(io.BytesIO(content))["Biểu"]
    rows = [[cell.value for cell in row] for row in opened.iter_rows(min_row=HEAD_ROWS + 1)]
    return [row for row in rows if isinstance(row[4], int)]


async def test_the_table_has_the_total_first_then_groups_with_their_units(frame, client, story, officer):
    export_id = await made(frame, client, story, officer)

    answer = await client.get(f"/exports/{export_id}/file", headers=officer)

    assert answer.status_code == 200
    assert table_in(answer.content) == [
        [None, "TỔNG SỐ", 2, 17, 4, 3, None],
        ["1", "Đơn vị own", 1, 5, 1, 1, None],
        ["I", "Đơn vị commune", 1, 12, 2, 2, None],
        ["1", "Đơn vị a", 1, 12, 1, 1, "Nộp muộn"],
        ["2", "Đơn vị b", 0, 0, 1, 1, "Không phát sinh"],
        ["3", "Đơn vị c", "x", "x", 0, 0, "Được miễn"],
        ["II", "Đơn vị other", None, None, 1, 0, None],
        ["1", "Đơn vị far", None, None, 1, 0, None],
    ]
    told = (await client.get(f"/exports/{export_id}", headers=officer)).json()
    assert (told["state"], told["rows_done"], told["rows_total"]) == ("ready", 8, 8)
    assert told["byte_count"] == len(answer.content)


async def test_a_download_that_broke_off_goes_on_where_it_was(frame, client, story, officer, monkeypatch):
    monkeypatch.setattr(making, "PART_BYTES", 1000)
    monkeypatch.setattr(api, "PART_BYTES", 1000)
    export_id = await made(frame, client, story, officer)
    path = f"/exports/{export_id}/file"
    whole = await client.get(path, headers=officer)
    etag = whole.headers["etag"]

    pieces = b""
    while len(pieces) < len(whole.content):
        wanted = {"Range": f"bytes={len(pieces)}-{len(pieces) + 1776}", "If-Range": etag}
        answer = await client.get(path, headers=officer | wanted)
        assert answer.status_code == 206
        end = min(len(pieces) + 1776, len(whole.content) - 1)
        assert answer.headers["content-range"] == f"bytes {len(pieces)}-{end}/{len(whole.content)}"
        pieces += answer.content

    assert pieces == whole.content
    last = await client.get(path, headers=officer | {"Range": "bytes=-100"})
    assert last.content == whole.content[-100:]
    changed = await client.get(path, headers=officer | {"Range": "bytes=5-", "If-Range": '"other"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    beyond = await client.get(path, headers=officer | {"Range": "bytes=99999999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")


async def test_everybody_gets_what_they_may_read(frame, client, story, signer):
    commune = signer.bearer(("commune_officer", "commune"), person=new_id())
    export_id = await made(frame, client, story, commune, form="csv")

    answer = await client.get(f"/exports/{export_id}/file", headers=commune)

    rows = [line.split("\t")[1:4] for line in answer.content.decode("utf-16").split("\r\n")[4:-1]]
    assert rows == [
        ["TỔNG SỐ", "1", "12"],
        ["Đơn vị a", "1", "12"],
        ["Đơn vị b", "0", "0"],
        ["Đơn vị c", "x", "x"],
    ]


async def test_who_may_read_totals_only_gets_no_row_of_a_unit(frame, client, story, signer):
    viewer = signer.bearer(("viewer", "department"), person=new_id())
    export_id = await made(frame, client, story, viewer)

    answer = await client.get(f"/exports/{export_id}/file", headers=viewer)

    assert table_in(answer.content) == [
        [None, "TỔNG SỐ", 2, 17, 4, 3, None],
        ["I", "Đơn vị commune", 1, 12, 2, 2, None],
        ["II", "Đơn vị other", None, None, 1, 0, None],
    ]


@pytest.mark.parametrize(
    "post", [("reporter", "a"), ("subscriber", "*"), ("administrator", "*"), ("clerk", "department")]
)
async def test_who_may_read_nothing_of_it_gets_nothing(client, story, signer, officer, post):
    path = f"/requirements/{story.requirement_id}/exports"
    stranger = signer.bearer(post, person=new_id())
    asked = await ask(client, story, officer)

    refused = await client.post(path, json={"form": "xlsx"}, headers=stranger)
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    for more in ("", "/file"):  # nor does it help to know the id of somebody else's
        assert (await client.get(f"/exports/{asked}{more}", headers=stranger)).status_code == 404


async def test_what_is_not_made_yet_is_not_there_and_one_asks_only_for_so_many(client, story, officer):
    asked = [await ask(client, story, officer) for _ in range(3)]

    early = await client.get(f"/exports/{asked[0]}/file", headers=officer)
    more = await client.post(f"/requirements/{story.requirement_id}/exports", json={"form": "csv"}, headers=officer)
    none = await client.post(
        f"/requirements/{story.requirement_id}/exports", json={"form": "csv", "period": "1999-2000"}, headers=officer
    )

    assert (early.status_code, early.json()["code"]) == (409, "not-ready")
    assert (more.status_code, more.json()["code"]) == (409, "too-many-exports")
    assert none.status_code == 404


async def test_another_process_makes_it_and_what_fails_is_tried_three_times(frame, client, story, officer):
    export_id = await ask(client, story, officer)
    assert await maker.make_next(frame.transactions, frame.settings)
    assert (await client.get(f"/exports/{export_id}", headers=officer)).json()["state"] == "ready"
    assert not await maker.make_next(frame.transactions, frame.settings)


async def test_what_cannot_be_made_is_given_up_aloud(frame, client, story, officer, monkeypatch):
    export_id = await ask(client, story, officer)

    async def fail(*_told):
        return 1

    monkeypatch.setattr(maker, "_run", fail)
    states = []
    for _ in range(maker.MOST_ATTEMPTS):
        assert await maker.make_next(frame.transactions, frame.settings)
        states.append((await client.get(f"/exports/{export_id}", headers=officer)).json()["state"])
        assert not await maker.make_next(frame.transactions, frame.settings)  # not at once again
        async with frame.engine.begin() as connection:
            await connection.execute(text("UPDATE exports SET taken_at = taken_at - interval '1 hour'"))

    assert states == ["making", "making", "failed"]
    assert not await maker.make_next(frame.transactions, frame.settings)


async def test_what_is_ready_stays_as_it_is_whoever_else_still_makes_it(frame, client, story, officer):
    export_id = await ask(client, story, officer)
    async with frame.transactions.begin() as tx:
        await tx.connection.execute(text("SELECT FROM exports FOR UPDATE"))
        # Whoever was taken for dead goes on after another has made it, and somebody is fetching that.
        late = asyncio.create_task(making.make(frame.transactions, export_id))
        await until(lambda: waits_for_a_row(frame))
        await store.put_part(tx, export_id, 0, b"made")
        await store.change(tx, export_id, state="ready", rows_done=1, rows_total=1, byte_count=4, digest="d")
    await late

    assert (await client.get(f"/exports/{export_id}/file", headers=officer)).content == b"made"
    told = (await client.get(f"/exports/{export_id}", headers=officer)).json()
    assert (told["state"], told["rows_done"], told["rows_total"]) == ("ready", 1, 1)


async def waits_for_a_row(frame):
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with frame.engine.connect() as connection:
        return (await connection.execute(waiting)).scalar_one()


async def test_a_maker_that_dies_when_it_is_done_has_done_it(frame, client, story, officer, monkeypatch):
    export_id = await ask(client, story, officer)

    async def make_and_die(*_told):
        await making.make(frame.transactions, export_id)
        return -9

    monkeypatch.setattr(maker, "_run", make_and_die)
    assert await maker.make_next(frame.transactions, frame.settings)

    assert (await client.get(f"/exports/{export_id}/file", headers=officer)).status_code == 200
    assert not await maker.make_next(frame.transactions, frame.settings)


async def test_after_a_day_it_is_forgotten(frame, client, story, officer):
    export_id = await made(frame, client, story, officer)
    async with frame.transactions.begin() as tx:
        await store.drop_old(tx, before=datetime.now(UTC) - timedelta(hours=1))
    assert (await client.get(f"/exports/{export_id}", headers=officer)).status_code == 200
    async with frame.transactions.begin() as tx:
        await store.drop_old(tx, before=datetime.now(UTC) + timedelta(hours=1))

    assert (await client.get(f"/exports/{export_id}/file", headers=officer)).status_code == 404
    async with frame.engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM export_parts"))).scalar_one() == 0
