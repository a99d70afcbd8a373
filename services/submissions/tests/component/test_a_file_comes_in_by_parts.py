"""A file goes straight to the store in parts, goes on after a cut, and is received once, whole, or not at all."""

import asyncio
import hashlib
import os
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from chassis.objects import NothingThere
from chassis.testing import until
from submissions.domain.media import PART_BYTES, UPLOADS_AT_ONCE


def told(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


async def test_the_film_lies_in_the_store_and_no_byte_of_it_passed_through_us(
    sender, record, archive, reporter, asked
) -> None:
    await sender.send()

    film = await asyncio.to_thread(
        archive.objects.read_range,
        f"quarantine/{sender.media_id}",
        0,
        len(sender.content),
        etag=(await record.rows("media"))[0]["etag"],
    )
    assert hashlib.sha256(film).digest() == hashlib.sha256(sender.content).digest()
    assert sender.desk.bytes_passed < 10_000 < len(sender.content) / 1000
    [(kind, event)] = await record.events()
    assert kind == "submissions.media.received.v1"
    assert (event["media_id"], event["byte_count"]) == (str(sender.media_id), len(sender.content))
    assert (event["obligation_id"], event["answering_unit_id"]) == (str(sender.desk.obligation_id), asked.school)
    media = await sender.media()
    assert (media["state"], media["file_name"], media["refusal"]) == ("received", "Hoạt động STEM.mp4", None)


async def test_the_answer_says_how_to_cut_the_file(sender) -> None:
    answer = (await sender.open()).json()

    assert (answer["part_bytes"], answer["part_count"], answer["state"]) == (PART_BYTES, 3, "uploading")
    signed = (await sender.sign(1, 3)).json()
    assert [(part["number"], part["byte_count"]) for part in signed["parts"]] == [
        (1, PART_BYTES),
        (3, len(sender.content) - 2 * PART_BYTES),
    ]
    lifetime = datetime.fromisoformat(signed["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=50) < lifetime <= timedelta(hours=1)


async def test_after_a_cut_only_the_missing_parts_are_sent_again(sender, record) -> None:
    await sender.open()
    await sender.put(1)
    [signed] = (await sender.sign(2)).json()["parts"]
    await asyncio.to_thread(_send_half, signed["url"], sender.part(2))

    after_the_cut = await sender.progress()
    assert after_the_cut["received_parts"] == [1]
    early = await sender.complete({1: sender.etags[1], 2: "0" * 32})
    assert told(early) == (409, "parts-missing")
    assert early.json()["missing"] == [2, 3]
    # A browser that was closed knows nothing any more: the store's list is all it needs.
    sender.sent.clear()
    etags = {part["number"]: part["etag"] for part in after_the_cut["parts"]}
    for number in sorted({1, 2, 3} - set(etags)):
        etags[number] = (await sender.put(number)).headers["etag"]
    completed = await sender.complete(etags)

    assert sender.sent == [2, 3]
    assert completed.status_code == 200
    assert completed.json() == {"media_id": str(sender.media_id), "state": "received"}
    assert len(await record.events()) == 1


def _send_half(url: str, part: bytes) -> None:
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as line:
        head = f"PUT {where.path}?{where.query} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: {len(part)}\r\n\r\n"
        line.sendall(head.encode() + part[: len(part) // 2])


async def test_bytes_other_than_announced_are_refused_and_can_be_sent_again(sender) -> None:
    await sender.open()

    wrong = await sender.put(2, os.urandom(PART_BYTES))

    assert wrong.status_code == 400
    assert (await sender.progress())["received_parts"] == []
    assert (await sender.put(2)).status_code == 200
    assert (await sender.progress())["received_parts"] == [2]


async def test_a_part_of_the_wrong_size_is_not_taken(sender) -> None:
    await sender.open()
    short = sender.part(2)[:-1]
    [signed] = (await sender.sign(2, digests={2: short})).json()["parts"]
    assert (await sender.web.put(signed["url"], content=short)).status_code == 403
    await sender.put(1)
    await sender.put(3)

    assert (await sender.progress())["received_parts"] == [1, 3]
    refused = await sender.complete({**sender.etags, 2: "0" * 32})
    assert told(refused) == (409, "parts-missing")
    assert refused.json()["missing"] == [2]
    unstated = await sender.complete()
    assert told(unstated) == (409, "parts-missing")
    assert unstated.json()["missing"] == [2]


async def test_a_part_that_was_sent_twice_counts_as_it_is_stated(sender, archive, record) -> None:
    await sender.open()
    await sender.put_all()
    first = sender.etags[1]
    other = os.urandom(PART_BYTES)
    [signed] = (await sender.sign(1, digests={1: other})).json()["parts"]
    await sender.web.put(signed["url"], content=other)

    progress = await sender.progress()
    assert progress["received_parts"] == [1, 2, 3]
    answer = await sender.complete({**sender.etags, 1: first})

    if answer.status_code == 200:  # else the store has forgotten what was overwritten, and says which part it wants
        etag = (await record.rows("media"))[0]["etag"]
        key = f"quarantine/{sender.media_id}"
        assert await asyncio.to_thread(archive.objects.read_range, key, 0, 9, etag=etag) == sender.content[:9]
    else:
        assert answer.json()["missing"] == [1]


async def test_completing_is_safe_to_repeat(sender, record) -> None:
    await sender.send()
    before = await record.everything()

    again = await sender.complete()

    assert again.status_code == 200
    assert again.json() == {"media_id": str(sender.media_id), "state": "received"}
    assert await record.everything() == before
    assert (await sender.progress())["received_parts"] == [1, 2, 3]


async def test_completing_at_the_same_moment_receives_the_file_once(sender, record) -> None:
    await sender.open()
    await sender.put_all()

    answers = await asyncio.gather(*(sender.complete() for _ in range(5)))

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(await record.events()) == 1
    [row] = await record.rows("media")
    assert (row["state"], row["version"]) == ("received", 1)


async def test_a_process_that_died_before_it_joined_the_parts_is_gone_on_from(sender, record) -> None:
    await sender.open()
    await sender.put_all()
    await record.change("UPDATE media SET state = 'completing', stated_parts = '[]', completing_since = now()")

    assert (await sender.progress())["received_parts"] == [1, 2, 3]
    assert told(await sender.sign(1)) == (409, "upload-over")
    assert (await sender.complete()).status_code == 200
    assert len(await record.events()) == 1


async def test_a_process_that_died_after_it_joined_the_parts_is_gone_on_from(sender, record, archive) -> None:
    from chassis.parts import StatedPart

    await sender.open()
    await sender.put_all()
    [row] = await record.rows("media")
    stated = [StatedPart(number, etag.strip('"')) for number, etag in sender.etags.items()]
    await archive.objects.complete_upload(f"quarantine/{sender.media_id}", row["store_upload_id"], stated)
    await record.change("UPDATE media SET state = 'completing', stated_parts = '[]', completing_since = now()")

    progress = await sender.progress()
    assert progress["received_parts"] == [1, 2, 3]
    assert (await sender.complete({part["number"]: part["etag"] for part in progress["parts"]})).status_code == 200
    assert len(await record.events()) == 1


async def test_an_upload_the_store_has_lost_is_over(sender, record, archive) -> None:
    await sender.open()
    await sender.put_all()
    [row] = await record.rows("media")
    await archive.objects.abort_upload(f"quarantine/{sender.media_id}", row["store_upload_id"])

    assert (await sender.progress())["received_parts"] == []
    assert told(await sender.complete()) == (409, "upload-over")
    assert told(await sender.complete()) == (409, "upload-over")
    assert (await sender.media())["state"] == "abandoned"
    assert await record.events() == []


async def test_parts_are_not_taken_after_the_file_was_received(sender) -> None:
    await sender.send()

    refused = await sender.sign(1)

    assert told(refused) == (409, "upload-over")
    assert refused.json()["state"] == "received"


@pytest.mark.parametrize(
    ("changes", "status", "code", "more"),
    [
        ({"byte_count": 40_000_001}, 422, "too-large", {"measured": 40_000_001, "allowed": 40_000_000}),
        ({"duration_ms": 61_001}, 422, "too-long", {"measured": 61_001, "allowed": 60_000}),
        ({"duration_ms": -1}, 422, "malformed", {}),
        ({"content_type": "application/pdf"}, 422, "type-not-allowed", {}),
        ({"content_type": "video/mp4; x"}, 422, "malformed", {}),
        ({"byte_count": 0}, 422, "malformed", {}),
        ({"byte_count": 1.0}, 422, "malformed", {}),
        ({"byte_count": True}, 422, "malformed", {}),
        ({"file_name": " "}, 422, "malformed", {}),
        ({"file_name": "x" * 256}, 422, "malformed", {}),
        ({"path": "/etc"}, 422, "malformed", {}),
        ({"obligation_id": "01a203e8-0000-7000-8000-000000000001"}, 404, "not-found", {}),
    ],
    ids=str,
)
async def test_a_file_nobody_asked_for_is_refused_before_its_first_byte(
    sender, record, changes, status, code, more
) -> None:
    before = await record.everything()

    answer = await sender.open(**changes)

    assert told(answer) == (status, code)
    assert answer.json().items() >= more.items()
    assert await record.everything() == before


async def test_a_report_takes_no_video_and_a_closed_requirement_none_any_more(
    owe, asked, another_sender, record, reporter
) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    for requirement, code in ((asked.report(), "video-not-asked"), (asked.video(closes_at=past), "closed")):
        desk = await owe(requirement)
        assert told(await another_sender(b"x", desk=desk).open()) == (409, code)
    assert await record.rows("media") == []


@pytest.mark.parametrize(
    "body",
    [
        {"parts": []},
        {"parts": [{"number": 1}]},
        {"parts": [{"number": 1, "sha256": "short"}]},
        {"parts": [{"number": 1, "sha256": "a" * 44}]},
        {"parts": [{"number": 0, "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}]},
        {"parts": [{"number": 1.0, "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}]},
        {"parts": [{"number": 1, "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}] * 101},
    ],
    ids=lambda body: str(body)[:60],
)
async def test_parts_are_signed_for_a_whole_digest_only(sender, body) -> None:
    await sender.open()

    assert told(await sender.desk.ask("POST", f"{sender.path}/parts", sender.who, json=body)) == (422, "malformed")


async def test_a_part_the_file_does_not_have_is_not_signed(sender) -> None:
    await sender.open()

    refused = await sender.sign(1, 4)

    assert told(refused) == (422, "no-such-part")
    assert refused.json()["part_count"] == 3


async def test_an_upload_of_another_unit_looks_like_none(sender, stranger, officer, record) -> None:
    await sender.open()
    await sender.put_all()
    before = await record.everything()
    own, sender.who = sender.who, stranger

    for answer in (
        await sender.open(),
        await sender.sign(1),
        await sender.complete(),
        await sender.desk.ask("GET", sender.path, stranger),
        await sender.desk.ask("GET", f"/media/{sender.media_id}", stranger),
        await sender.desk.ask("GET", f"/media/{sender.media_id}/link", stranger),
    ):
        assert told(answer) == (404, "not-found")
    sender.who = officer
    for answer in (await sender.open(), await sender.sign(1), await sender.complete()):
        assert told(answer) == (403, "not-allowed")
    assert (await sender.desk.ask("GET", sender.path, officer)).status_code == 200
    assert await record.everything() == before
    sender.who = own
    assert (await sender.complete()).status_code == 200


async def test_a_colleague_may_go_on_with_an_upload(sender, signer, asked) -> None:
    await sender.open()
    await sender.put(1)
    sender.who = signer.bearer(("unit_head", asked.school))

    await sender.put(2)
    await sender.put(3)

    assert (await sender.complete()).status_code == 200


async def test_only_so_many_uploads_are_under_way_however_many_ask_at_once(frame, another_sender, record) -> None:
    for _ in range(UPLOADS_AT_ONCE - 1):
        assert (await another_sender(b"x" * 10).open()).status_code == 201

    async def all_wait() -> bool:
        async with frame.engine.connect() as connection:
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return (await connection.exec_driver_sql(waiting)).scalar_one() == 4

    async with frame.engine.connect() as door, door.begin():
        # Nobody can write a row until all have counted, or wait for their turn to count.
        await door.exec_driver_sql("LOCK TABLE media IN SHARE MODE")
        asking = [asyncio.create_task(another_sender(b"x" * 10).open()) for _ in range(4)]
        await until(all_wait)
    answers = await asyncio.gather(*asking)

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "too-many-uploads"}
    assert len(await record.rows("media")) == UPLOADS_AT_ONCE


async def test_while_the_store_is_away_nothing_is_recorded(make_frame, owe, asked, reporter, another_sender, record):
    from chassis.frame import Role
    from chassis.testing import running

    desk = await owe(asked.video())
    async with running(make_frame(Role.API, store_endpoint="127.0.0.1:9")) as lost:
        desk.client = lost
        answer = await another_sender(b"x", desk=desk).open()

    assert told(answer) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert await record.rows("media") == []


async def test_an_aborted_upload_takes_no_part(sender, archive, record) -> None:
    await sender.open()
    [signed] = (await sender.sign(1)).json()["parts"]
    [row] = await record.rows("media")

    await archive.objects.abort_upload(f"quarantine/{sender.media_id}", row["store_upload_id"])

    async def refuses() -> bool:
        return (await sender.web.put(signed["url"], content=sender.part(1))).status_code == 404

    await until(refuses)
    with pytest.raises(NothingThere):
        await archive.objects.list_parts(f"quarantine/{sender.media_id}", row["store_upload_id"])
