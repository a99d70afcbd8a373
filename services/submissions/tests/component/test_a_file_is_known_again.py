"""A file that was stated with its digest is begun once, gone on with anywhere, and not sent twice by one unit."""

import asyncio
import os

import pytest

from chassis.frame import Role
from chassis.testing import running
from submissions.domain.media import PART_BYTES
from submissions.operations.inspecting import inspect_next


def told(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def small(another_sender):
    """A file of three parts, of which nobody has to know what it is."""
    return another_sender(os.urandom(2 * PART_BYTES + 1000))


async def test_on_another_device_only_the_missing_parts_are_sent(small, another_sender, record) -> None:
    opened = await small.open(digest=small.digest())
    assert (opened.status_code, opened.json()["known"]) == (201, "new")
    await small.put(2)
    phone = another_sender(small.content)

    again = await phone.open(digest=phone.digest(), file_name="khac ten.mp4")

    assert (again.status_code, again.json()["known"], again.json()["state"]) == (200, "here", "uploading")
    assert phone.media_id == small.media_id
    progress = await phone.progress()
    assert progress["received_parts"] == [2]
    phone.etags = {part["number"]: part["etag"] for part in progress["parts"]}
    await phone.put(1)
    await phone.put(3)
    assert (await phone.complete()).status_code == 200
    assert len(await record.rows("media")) == 1
    files = (await phone.desk.ask("GET", f"/obligations/{phone.desk.obligation_id}/media", phone.who)).json()["files"]
    assert [(each["media_id"], each["state"]) for each in files] == [(str(small.media_id), "received")]


async def test_a_new_file_that_is_known_by_its_digest_is_sent_without_asking_for_addresses(
    small, another_sender
) -> None:
    opened = (await small.open(digest=small.digest(), sign_at_once=True, duration_ms=61_000)).json()

    signed = opened["signed"]["parts"]
    assert [(part["number"], part["byte_count"]) for part in signed] == [
        (1, PART_BYTES),
        (2, PART_BYTES),
        (3, len(small.content) - 2 * PART_BYTES),
    ]
    for part in signed[:2]:
        answer = await small.web.put(part["url"], content=small.part(part["number"]), headers=part["headers"])
        small.etags[part["number"]] = answer.headers["etag"]
    wrong = await small.web.put(signed[2]["url"], content=bytes(signed[2]["byte_count"]))
    assert wrong.status_code == 400
    assert (await small.complete()).json()["missing"] == [3]
    phone = another_sender(small.content)
    assert (await phone.open(digest=phone.digest(), sign_at_once=True)).json()["signed"] is None, (
        "it asks what is there"
    )
    assert (await small.open(sign_at_once=True)).json()["signed"] is None, "no digest"


async def test_the_same_file_opened_on_two_devices_at_once_is_one_upload(small, another_sender, record) -> None:
    phone = another_sender(small.content)

    answers = await asyncio.gather(*(each.open(digest=each.digest()) for each in (small, phone)))

    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert small.media_id == phone.media_id
    assert len(await record.rows("media")) == 1


async def test_a_part_of_another_file_is_not_signed(small) -> None:
    await small.open(digest=small.digest())

    refused = await small.sign(2, digests={2: b"something else"})

    assert told(refused) == (409, "other-digest")
    assert refused.json()["number"] == 2


async def test_a_file_the_unit_sent_for_another_obligation_is_not_sent_again(
    sender, another_sender, owe, asked, archive, record, reporter
) -> None:
    assert (await sender.open(digest=sender.digest())).status_code == 201
    await sender.put_all()
    await sender.complete()
    assert await inspect_next(archive) == "ready"
    elsewhere = another_sender(sender.content, desk=await owe(asked.video()))

    answer = await elsewhere.open(digest=elsewhere.digest())

    assert (answer.status_code, answer.json()["known"], answer.json()["state"]) == (201, "elsewhere", "received")
    assert elsewhere.media_id != sender.media_id
    assert await inspect_next(archive) == "ready"
    assert [kind.split(".")[2] for kind, _ in await record.events()] == ["received", "ready", "received", "ready"]
    assert (await elsewhere.desk.submit(reporter, {"media_ids": [str(elsewhere.media_id)]})).status_code == 201


async def test_what_another_unit_sent_is_not_known(small, another_sender, owe, asked, signer) -> None:
    await small.open(digest=small.digest())
    theirs = another_sender(
        small.content,
        signer.bearer(("reporter", "THCS-CAY-DA")),
        await owe(asked.video(), unit_id="THCS-CAY-DA", answering_unit_id="THCS-CAY-DA"),
    )

    answer = await theirs.open(digest=theirs.digest())

    assert (answer.status_code, answer.json()["known"]) == (201, "new")


async def test_a_digest_that_is_none_of_such_a_file_is_refused(small, record) -> None:
    whole = small.digest()

    short = await small.open(digest={**whole, "parts": whole["parts"][:2]})
    tiny = await small.open(digest={**whole, "part_bytes": 1000})

    assert told(short) == (422, "bad-digest")
    assert told(tiny) == (422, "malformed")
    assert await record.rows("media") == []


async def test_a_unit_has_no_more_room_than_it_was_given(make_frame, small, signer) -> None:
    narrow = make_frame(Role.API, unit_bytes=len(small.content) + 10)
    async with running(narrow) as client:
        small.desk.client = client
        assert (await small.open(digest=small.digest())).status_code == 201
        assert (await small.open(digest=small.digest())).status_code == 200, "what is there takes no more"

        full = await small.open(byte_count=11)

    assert told(full) == (409, "unit-full")
    assert (full.json()["measured"], full.json()["allowed"]) == (len(small.content) + 11, len(small.content) + 10)


@pytest.mark.parametrize(
    ("odd", "status"),
    [("a\x00b.mp4", 422), ("\u202egpj.mp4", 422), ("a\nb.mp4", 422), ("..", 422), ("C:\\x\\phim\u200f.mp4", 201)],
)
async def test_a_name_that_deceives_is_refused_or_cleaned(small, odd, status) -> None:
    answer = await small.open(file_name=odd)

    assert answer.status_code == status
    assert status == 422 or answer.json()["file_name"] == "phim.mp4"


async def test_a_file_of_4_gb_is_refused_before_a_byte_is_sent(small, record) -> None:
    refused = await small.open(byte_count=4_000_000_000)

    assert told(refused) == (422, "too-large")
    assert refused.json()["allowed"] == 40_000_000
    assert await record.rows("media") == []


async def test_parts_of_another_upload_are_none_of_this_one(small, another_sender) -> None:
    other = another_sender(os.urandom(len(small.content)))
    for each in (small, other):
        await each.open(digest=each.digest())
        await each.put_all()

    refused = await small.complete({**small.etags, 2: other.etags[2]})

    assert told(refused) == (409, "parts-missing")
    assert refused.json()["missing"] == [2]
    assert (await small.complete()).status_code == 200
