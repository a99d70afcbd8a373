"""Files may follow a report where the requirement says so: as its next version, and everybody knows what is awaited."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.transaction import new_id
from contracts.directives import AnsweringAsked, MediaAsked

NOW = datetime.now(UTC)
FILMS = MediaAsked(count=2, max_seconds=60, max_bytes=40_000_000)


@pytest.fixture
def owe_report(owe, asked):
    def make(*, due_at=NOW + timedelta(days=1), days: int | None = 7):
        return owe(asked.report(media=FILMS, answering=AnsweringAsked(files_follow_days=days), due_at=due_at))

    return make


@pytest.fixture
async def desk(owe_report):
    return await owe_report()


@pytest.fixture
def film(record):
    """Make a film of an obligation that passed its inspection."""

    async def make(desk):
        media_id = new_id()
        await record.change(
            "INSERT INTO media (media_id, obligation_id, uploaded_by, file_name, content_type, byte_count, part_bytes,"
            " store_upload_id, state, opened_at, etag, received_at, inspected_at, format)"
            " VALUES (:id, :owed, :id, 'phim', 'video/mp4', 1, 1, 'x', 'ready', now(), 'e', now(), now(), 'mp4')",
            id=media_id,
            owed=desk.obligation_id,
        )
        return str(media_id)

    return make


def follow(desk, who, submission_id, *media_ids, number=1, key="phim-nop-sau"):
    body, headers = {"number": number, "media_ids": media_ids}, {"Idempotency-Key": key}
    return desk.ask("POST", f"/submissions/{submission_id}/media", who, json=body, headers=headers)


def told(answer) -> tuple:
    return answer.status_code, answer.json().get("code")


async def test_files_make_the_next_version_which_says_all_else_as_before(desk, film, record, reporter, officer) -> None:
    first = (await desk.submit(reporter)).json()
    films = [await film(desk) for _ in range(2)]

    sent = await follow(desk, reporter, first["submission_id"], *films)

    assert (sent.status_code, sent.json()["number"], sent.json()["is_late"]) == (201, 2, False)
    before, now = (await desk.read(officer)).json()["versions"]
    assert [each["media_id"] for each in now["media"]] == films
    for said in ("values", "narrative", "nil", "explanations"):
        assert now[said] == before[said]
    assert before["media_awaited_until"] is not None
    assert (now["media_awaited_until"], now["is_media_late"]) == (None, False)
    awaited = [event["media_awaited_until"] for _, event in await record.events()]
    assert awaited == [before["media_awaited_until"], None]


async def test_sent_again_it_is_answered_as_the_first_time(desk, film, record, reporter) -> None:
    first = (await desk.submit(reporter)).json()
    one = await film(desk)
    sent = await follow(desk, reporter, first["submission_id"], one)
    before = await record.everything()

    again = await follow(desk, reporter, first["submission_id"], one)
    other = await follow(desk, reporter, first["submission_id"], await film(desk))

    assert (again.status_code, again.json(), "idempotent-replay" in again.headers) == (201, sent.json(), True)
    assert told(other) == (409, "key-reused")
    assert {name: rows for name, rows in (await record.everything()).items() if name != "media"} == {
        name: rows for name, rows in before.items() if name != "media"
    }


async def test_it_is_not_accepted_while_files_may_follow_and_is_when_nobody_need_wait(
    owe_report, reporter, officer
) -> None:
    waiting, over = await owe_report(), await owe_report(due_at=NOW - timedelta(days=8))

    ids = [(await desk.submit(reporter)).json()["submission_id"] for desk in (waiting, over)]

    assert told(await waiting.accept(officer, ids[0], 1)) == (409, "media-awaited")
    assert (await over.accept(officer, ids[1], 1)).status_code == 200


async def test_files_that_come_too_late_are_late_and_the_report_is_not(owe_report, film, reporter, record) -> None:
    desk = await owe_report()
    first = (await desk.submit(reporter)).json()
    await record.change("UPDATE obligations SET due_at = now() - interval '8 days'")

    sent = await follow(desk, reporter, first["submission_id"], await film(desk))

    assert sent.json()["is_late"] is False
    assert [event["is_media_late"] for _, event in await record.events()] == [False, True]


async def test_what_is_not_awaited_does_not_follow(desk, owe_report, film, record, reporter, stranger) -> None:
    first = (await desk.submit(reporter)).json()["submission_id"]
    films = [await film(desk) for _ in range(3)]
    strict = await owe_report(days=None)
    foreign = await film(strict)
    before = await record.everything()

    assert told(await strict.submit(reporter)) == (422, "values-not-valid")
    assert told(await follow(desk, reporter, first, *films)) == (422, "values-not-valid")
    assert told(await follow(desk, reporter, first, films[0], films[0])) == (422, "values-not-valid")
    assert told(await follow(desk, reporter, first, str(new_id()))) == (409, "media-not-ready")
    assert told(await follow(desk, reporter, first, foreign)) == (409, "media-not-ready")
    assert told(await follow(desk, reporter, first, films[0], number=2)) == (404, "not-found")
    assert told(await follow(desk, stranger, first, films[0])) == (404, "not-found")
    assert await record.everything() == before

    await follow(desk, reporter, first, *films[:2])
    assert told(await follow(desk, reporter, first, films[2], key="phim-thu-ba")) == (409, "superseded")
    assert told(await follow(desk, reporter, first, films[2], number=2, key="phim-thu-ba")) == (409, "nothing-awaited")


async def test_a_list_of_what_came_in_says_what_is_awaited(desk, client, record, reporter, officer) -> None:
    await desk.submit(reporter)
    [obligation] = await record.rows("obligations")

    path = f"/requirements/{obligation['requirement_id']}/submissions"
    [listed] = (await client.get(path, headers=officer)).json()["submissions"]

    assert datetime.fromisoformat(listed["media_awaited_until"]) == obligation["due_at"] + timedelta(days=7)
    assert listed["is_media_late"] is False
