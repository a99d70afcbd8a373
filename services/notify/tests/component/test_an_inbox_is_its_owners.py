"""The inbox over HTTP: whoever it belongs to reads it, and nobody else."""

from datetime import datetime
from time import time

import pytest

from chassis.porch import Role
from chassis.testing import Signer, running, tell
from chassis.transaction import new_id

ME, SOMEBODY_ELSE = new_id(), new_id()


@pytest.fixture
async def frame(make_frame):
    return make_frame(Role.API)


@pytest.fixture
async def client(frame, case):
    await tell(
        frame,
        case.issued(),
        case.opened(),
        case.rejected(ME),
        case.submitted(ME),
        case.submitted(ME, number=2, version=3),
        case.submitted(SOMEBODY_ELSE, number=3, version=5),
    )
    async with running(frame) as client:
        yield client


@pytest.fixture
def me(signer):
    return signer.bearer(("reporter", "U-THCS-SONGHAC"), person=ME)


@pytest.fixture
def somebody_else(signer):
    return signer.bearer(("administrator", "*"), person=SOMEBODY_ELSE)


async def letters_of(client, bearer, **asked):
    answer = await client.get("/letters", headers=bearer, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_inbox_holds_ones_own_letters_newest_first(client, me, case):
    inbox = await letters_of(client, me)

    assert inbox["unread_count"] == 3
    newest, _second, oldest = inbox["letters"]
    assert newest["subject_vi"].startswith("761/SGDĐT-GDPT: đã nhận bản nộp lần 2")
    assert oldest["kind"] == "media_rejected"
    moments = [datetime.fromisoformat(each["created_at"]) for each in inbox["letters"]]
    assert moments == sorted(moments, reverse=True)
    assert {each["directive_id"] for each in inbox["letters"]} == {str(case.directive_id)}
    assert set(newest) == {
        *("letter_id", "kind", "subject_vi", "body_vi", "subject_en", "body_en"),
        *("directive_id", "obligation_id", "created_at", "read_at"),
    }


async def test_an_administrator_sees_no_inbox_but_their_own(client, somebody_else):
    inbox = await letters_of(client, somebody_else)

    assert [letter["kind"] for letter in inbox["letters"]] == ["submission_submitted"]


async def test_an_inbox_is_read_page_by_page(client, me):
    everything = (await letters_of(client, me))["letters"]

    first = (await letters_of(client, me, limit=2))["letters"]
    second = (await letters_of(client, me, limit=2, before=first[-1]["letter_id"]))["letters"]

    assert first + second == everything


async def test_a_letter_is_read_once_and_stays_read(client, me):
    letter_id = (await letters_of(client, me))["letters"][0]["letter_id"]

    first = await client.post(f"/letters/{letter_id}/read", headers=me)
    second = await client.post(f"/letters/{letter_id}/read", headers=me)

    assert first.status_code == second.status_code == 200
    assert first.json()["read_at"] is not None
    assert second.json() == first.json()
    unread = await letters_of(client, me, unread_only=True)
    assert unread["unread_count"] == len(unread["letters"]) == 2
    assert letter_id not in [letter["letter_id"] for letter in unread["letters"]]
    assert await letters_of(client, me, limit=0) == {"letters": [], "unread_count": 2}


async def test_somebody_elses_letter_looks_like_none(client, me, somebody_else):
    letter_id = (await letters_of(client, me))["letters"][0]["letter_id"]

    of_another = await client.post(f"/letters/{letter_id}/read", headers=somebody_else)
    of_nobody = await client.post(f"/letters/{new_id()}/read", headers=somebody_else)
    page = await client.get("/letters", headers=somebody_else, params={"before": letter_id})

    answers = [{**each.json(), "trace_id": None} for each in (of_another, of_nobody, page)]
    assert answers[0] == answers[1] == answers[2]
    assert (answers[0]["status"], answers[0]["code"]) == (404, "not-found")
    assert (await letters_of(client, me))["unread_count"] == 3


@pytest.mark.parametrize("asked", [{"limit": -1}, {"limit": 201}, {"before": "yesterday"}, {"unread_only": "perhaps"}])
async def test_a_malformed_question_is_refused(client, me, asked):
    answer = await client.get("/letters", headers=me, params=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_a_malformed_letter_id_is_refused(client, me):
    answer = await client.post("/letters/1/read", headers=me)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_nobody_reads_without_a_token_that_is_valid(client, signer, me):
    letter_id = (await letters_of(client, me))["letters"][0]["letter_id"]
    forged = Signer().bearer(("reporter", "U-THCS-SONGHAC"), person=ME)
    expired = signer.bearer(person=ME, exp=int(time()) - 60)
    foreign = signer.bearer(person=ME, aud="somewhere-else")

    for bearer in ({}, {"Authorization": "Bearer x"}, forged, expired, foreign):
        for answer in (
            await client.get("/letters", headers=bearer),
            await client.post(f"/letters/{letter_id}/read", headers=bearer),
        ):
            assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert (await letters_of(client, me))["unread_count"] == 3
