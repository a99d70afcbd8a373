"""A received file is inspected: it passes with a poster, or is refused with what was measured; and only once."""

import asyncio
from datetime import timedelta

import pytest

from chassis.frame import Role
from chassis.objects import StoredBytes
from chassis.testing import running, until
from submissions import store
from submissions.inspection import Refused
from submissions.operations import inspecting, looking
from submissions.operations.archive import Archive
from submissions.operations.inspecting import ATTEMPTS, LEASE, inspect_next

JPEG = b"\xff\xd8\xff"


def told(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


async def kinds(record) -> list[str]:
    return [kind.split(".")[2] for kind, _ in await record.events()]


async def test_a_film_of_58_s_passes_and_can_be_looked_at(sender, record, archive, officer, web) -> None:
    await sender.send()

    assert await inspect_next(archive) == "ready"

    media = await sender.media()
    assert (media["state"], media["width"], media["height"]) == ("ready", 1280, 720)
    assert 57_900 <= media["duration_ms"] <= 58_200
    events = await record.events()
    assert [kind for kind, _ in events] == ["submissions.media.received.v1", "submissions.media.ready.v1"]
    assert [event["version"] for _, event in events] == [1, 2]
    assert events[1][1]["duration_ms"] == media["duration_ms"]
    link = (await sender.desk.ask("GET", f"/media/{sender.media_id}/link", officer)).json()
    film = await web.get(link["url"])
    assert film.content == sender.content
    assert film.headers["content-type"] == "video/mp4"
    poster, thumbnail = [(await web.get(link[name])).content for name in ("poster_url", "thumbnail_url")]
    assert poster.startswith(JPEG)
    assert thumbnail.startswith(JPEG)
    assert len(thumbnail) < len(poster)
    assert await archive.objects.find(f"quarantine/{sender.media_id}") is None
    assert (await record.rows("media"))[0]["cleared_at"] is not None


async def test_a_film_of_75_s_is_refused_with_its_length_and_replaced_by_one_that_passes(
    sender, another_sender, films, record, archive, reporter
) -> None:
    long = another_sender(films["75 s"])
    await long.send()

    assert await inspect_next(archive) == "rejected"

    media = await long.media()
    assert (media["state"], media["refusal"], media["allowed"]) == ("rejected", "too-long", 60_000)
    assert media["refusal_vi"].startswith("Video dài 75")
    assert "tối đa 60 giây; hãy cắt ngắn rồi tải lại" in media["refusal_vi"]
    assert 74_900 <= media["measured"] <= 75_200
    _, (kind, event) = await record.events()
    assert kind == "submissions.media.rejected.v1"
    assert (event["refusal"], event["measured"], event["allowed"]) == ("too-long", media["measured"], 60_000)
    assert told(await long.desk.ask("GET", f"/media/{long.media_id}/link", reporter)) == (409, "media-not-ready")
    refused = await long.desk.submit(reporter, {"media_ids": [str(long.media_id)]})
    assert told(refused) == (409, "media-not-ready")
    assert refused.json()["media"] == [{"media_id": str(long.media_id), "state": "rejected"}]

    await sender.send()
    assert await inspect_next(archive) == "ready"
    answer = await sender.desk.submit(reporter, {"media_ids": [str(sender.media_id)]})
    assert answer.status_code == 201
    [version] = (await sender.desk.read(reporter)).json()["versions"]
    assert [(each["media_id"], each["state"]) for each in version["media"]] == [(str(sender.media_id), "ready")]
    assert (await record.events())[-1][1]["media_ids"] == [str(sender.media_id)]


async def test_a_film_counts_only_for_the_obligation_it_was_sent_for(sender, owe, asked, archive, reporter) -> None:
    await sender.send()
    await inspect_next(archive)
    other = await owe(asked.video())

    refused = await other.submit(reporter, {"media_ids": [str(sender.media_id)]})

    assert told(refused) == (409, "media-not-ready")
    assert refused.json()["media"] == [{"media_id": str(sender.media_id), "state": "unknown"}]


async def test_what_is_no_film_is_refused(another_sender, record, archive) -> None:
    sender = another_sender(b"<!DOCTYPE html><title>x</title>" * 100)
    await sender.send()

    assert await inspect_next(archive) == "rejected"
    assert (await sender.media())["refusal"] == "not-a-video"


async def test_when_nothing_waits_nothing_is_inspected(frame, archive) -> None:
    assert await inspect_next(archive) is None


async def test_one_file_is_inspected_by_one_inspector(sender, another_sender, films, archive, record) -> None:
    await sender.send()

    outcomes = await asyncio.gather(*(inspect_next(archive) for _ in range(4)))

    assert sorted(map(str, outcomes)) == ["None", "None", "None", "ready"]
    assert await kinds(record) == ["received", "ready"]


async def test_an_inspector_that_died_at_once_is_replaced_when_its_lease_runs_out(sender, archive, record) -> None:
    await sender.send()
    async with archive.transactions.begin() as tx:
        assert await store.media.claim(tx, lease=LEASE, attempts=ATTEMPTS) is not None

    assert await inspect_next(archive) is None
    await record.change("UPDATE media SET look_at = now()")
    assert await inspect_next(archive) == "ready"
    assert await kinds(record) == ["received", "ready"]


async def test_an_inspector_that_died_after_copying_is_replaced_with_the_same_result(sender, archive, record) -> None:
    await sender.send()
    claimed = await _inspect_and_die(archive)

    await record.change("UPDATE media SET look_at = now()")
    assert await inspect_next(archive) == "ready"

    assert await kinds(record) == ["received", "ready"]
    assert (await archive.objects.find(claimed.final_key)).byte_count == len(sender.content)


async def _inspect_and_die(archive):
    async with archive.transactions.begin() as tx:
        claimed = await store.media.claim(tx, lease=LEASE, attempts=ATTEMPTS)
    source = StoredBytes(archive.objects, claimed.quarantine_key, claimed.byte_count, claimed.etag)
    async with archive.transactions.begin() as tx:
        obligation = await store.asked.get_obligation(tx, claimed.obligation_id)
        requirement = await store.asked.get_requirement(tx, obligation.requirement_id)
    found = await looking.look(source, requirement=requirement, media=claimed, scanner=archive.scanner)
    await inspecting._adopt(archive, claimed, found)
    return claimed


async def claim(archive):
    async with archive.transactions.begin() as tx:
        return await store.media.claim(tx, lease=LEASE, attempts=ATTEMPTS)


async def come_late_with(archive, slow) -> None:
    """Tell every outcome an inspector may come to, of a claim that is no longer its own."""
    async with archive.transactions.begin() as tx:
        obligation = await store.asked.get_obligation(tx, slow.obligation_id)
        assert await inspecting._reject(tx, slow, obligation, Refused("unreadable", "x")) == "overtaken"
        passed = await store.media.put_ready(tx, slow, version=9, duration_ms=1, width=1, height=1)
        assert passed is False
        await inspecting._put_back(tx, slow, RuntimeError("x"))


async def test_an_inspector_that_comes_after_the_verdict_changes_nothing(sender, archive, record) -> None:
    await sender.send()
    slow = await claim(archive)
    await record.change("UPDATE media SET look_at = now()")
    assert await inspect_next(archive) == "ready"
    before = await record.everything()

    await come_late_with(archive, slow)

    assert await record.everything() == before


async def test_an_inspector_that_lost_its_file_to_another_one_changes_nothing(sender, archive, record) -> None:
    await sender.send()
    slow = await claim(archive)
    await record.change("UPDATE media SET look_at = now()")
    assert (await claim(archive)).id == slow.id
    before = await record.everything()

    await come_late_with(archive, slow)

    assert await record.everything() == before


async def test_an_inspector_whose_file_was_put_back_changes_nothing(sender, archive, record) -> None:
    await sender.send()
    slow = await claim(archive)
    await record.change("UPDATE media SET state = 'received'")
    before = await record.everything()

    await come_late_with(archive, slow)

    assert await record.everything() == before


async def test_a_file_that_is_being_claimed_is_passed_over(sender, another_sender, archive) -> None:
    await sender.send()

    second = another_sender(b"x" * 10)

    async with asyncio.timeout(20), archive.transactions.begin() as tx:
        first = await store.media.claim(tx, lease=LEASE, attempts=ATTEMPTS)
        assert await claim(archive) is None
        await second.send()
        assert (await claim(archive)).id == second.media_id
    assert first.id == sender.media_id


async def test_without_a_verdict_the_file_waits_longer_each_time_and_then_for_a_person(
    sender, make_frame, archive, record
) -> None:
    await sender.send()
    lost = make_frame(Role.API, store_endpoint="127.0.0.1:9").app.state.archive
    blind = Archive(archive.transactions, lost.objects)

    delays = []
    for attempt in range(1, ATTEMPTS + 1):
        assert await inspect_next(blind) == ("put_back" if attempt < ATTEMPTS else "given_up")
        [row] = await record.rows("media")
        assert (row["state"], row["attempts"]) == ("received", attempt)
        assert row["last_error"].startswith(("StoreAway", "InspectionUnavailable"))
        async with archive.transactions.begin() as tx:
            delays.append(round((row["look_at"] - tx.now) / timedelta(seconds=1)))
        assert await inspect_next(archive) is None, "it waits"
        await record.change("UPDATE media SET look_at = now()")

    assert delays == sorted(delays)
    assert 4 <= delays[0] <= 5
    assert 590 <= delays[-1] <= 600
    assert await inspect_next(archive) is None, "nobody but a person lets it be tried again"
    assert await kinds(record) == ["received"]
    await record.change("UPDATE media SET attempts = 0")
    assert await inspect_next(archive) == "ready"


async def test_a_worker_inspects_what_comes_in_by_itself(make_frame, nats_streams, sender, record) -> None:
    worker = make_frame(Role.WORKER)
    async with running(worker) as health:
        await sender.send()

        async def is_ready() -> bool:
            return (await sender.media())["state"] == "ready"

        async def is_counted() -> bool:
            return 'congvan_inspections_total{outcome="ready"} 1.0' in (await health.get("/metrics")).text

        await until(is_ready, within=30)
        await until(is_counted)
        assert "congvan_media_given_up 0.0" in (await health.get("/metrics")).text


@pytest.mark.parametrize("role", [Role.API])
async def test_an_api_process_does_not_inspect(make_frame, sender, record, role) -> None:
    api = make_frame(role)

    assert api._background == []
