"""Units ask about a directive or say what is in their way; its owners answer, for that unit or for everyone."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from chassis.testing import tell, waiting_events
from directives.operations.asking import WAITING_AT_ONCE

ASKED, ANSWERED = "directives.question.asked.v1", "directives.question.answered.v1"
QUESTION, ANSWER = "Trường có phải nộp cả bản giấy không?", "Không; chỉ nộp trên hệ thống."
OBSTACLE = "Trường chưa có phòng máy."


@pytest.fixture
async def issued(frame, desk, letter, unit):
    """A letter whose questions go to a division of the department."""
    await tell(frame, unit("U-P-GDPT", "phong_thuoc_so", parents=(("administrative", "U-SO", date(2025, 7, 1)),)))
    return await desk.issued({**letter, "owning_unit_id": "U-P-GDPT"})


@pytest.fixture
def school(signer):
    return signer.bearer(("reporter", "U-THCS-1"))


@pytest.fixture
def neighbour(signer):
    return signer.bearer(("reporter", "U-THCS-2"))


@pytest.fixture
def division(signer):
    return signer.bearer(("desk_officer", "U-P-GDPT"))


@pytest.fixture
def ask(client, issued, school):
    async def send(question=QUESTION, who=school, unit="U-THCS-1"):
        body = {"unit_id": unit, "question": question}
        return await client.post(f"/directives/{issued['directive_id']}/questions", json=body, headers=who)

    return send


@pytest.fixture
def answer(client, division):
    async def send(question_id, text=ANSWER, who=division, *, is_shared=False):
        body = {"answer": text, "is_shared": is_shared}
        return await client.post(f"/questions/{question_id}/answer", json=body, headers=who)

    return send


@pytest.fixture
def read(client, issued):
    async def get(who):
        found = await client.get(f"/directives/{issued['directive_id']}/questions", headers=who)
        assert found.status_code == 200, found.text
        return found.json()["questions"]

    return get


@pytest.fixture
def waiting(client):
    async def get(who, unit="U-P-GDPT"):
        return await client.get("/questions", params={"owning_unit_id": unit}, headers=who)

    return get


@pytest.fixture
def told(frame):
    async def get(kind):
        return [each["data"] for each in await waiting_events(frame) if each["type"] == kind]

    return get


async def test_a_question_goes_to_the_division_that_owns_the_directive(
    ask, read, waiting, told, issued, school, neighbour, division, officer
) -> None:
    asked = await ask()

    assert asked.status_code == 201, asked.text
    assert issued["owning_unit_id"] == "U-P-GDPT"
    [event] = await told(ASKED)
    assert (event["owning_unit_id"], event["unit_id"], event["kind"]) == ("U-P-GDPT", "U-THCS-1", "question")
    assert QUESTION not in str(event)
    for who in (division, officer):
        assert [
            each["question"]
            for each in (await waiting(who, "U-P-GDPT" if who == division else "U-SO")).json()["questions"]
        ] == [QUESTION]
    assert await read(school) == await read(division) == await read(officer) == [asked.json()]
    assert await read(neighbour) == []


async def test_an_answer_is_for_the_unit_that_asked(
    ask, answer, read, told, school, neighbour, waiting, division
) -> None:
    question_id = (await ask()).json()["question_id"]
    answered = await answer(question_id)
    assert (answered.status_code, answered.json()["answer"]) == (200, ANSWER)
    assert await read(school) == [answered.json()]
    assert await read(neighbour) == []
    assert (await waiting(division)).json()["questions"] == []
    [event] = await told(ANSWERED)
    assert event["unit_ids"] == ["U-THCS-1"]
    assert ANSWER not in str(event)


async def test_an_answer_that_is_shared_is_read_by_all_it_was_sent_to(
    ask, answer, read, told, neighbour, signer, issued, client
) -> None:
    question_id = (await ask()).json()["question_id"]
    shared = (await answer(question_id, is_shared=True)).json()
    assert await read(neighbour) == [shared]
    deliveries = await client.get(
        f"/directives/{issued['directive_id']}/deliveries", headers=signer.bearer(("leader", "U-SO"))
    )
    [event] = await told(ANSWERED)
    assert event["unit_ids"] == [each["unit_id"] for each in deliveries.json()["deliveries"]]


async def test_an_obstacle_is_raised_on_what_is_owed_and_stays_owed(
    desk, issued, client, school, neighbour, answer, told, read, officer, rows
) -> None:
    owed = {each["unit_id"]: each["obligation_id"] for each in await desk.obligations(issued["directive_id"])}
    path = f"/obligations/{owed['U-THCS-1']}/obstacles"
    raised = await client.post(path, json={"obstacle": OBSTACLE}, headers=school)
    assert (raised.status_code, raised.json()["kind"]) == (201, "obstacle")
    [event] = await told(ASKED)
    assert (event["kind"], event["obligation_id"]) == ("obstacle", owed["U-THCS-1"])
    assert (await answer(raised.json()["question_id"], who=officer)).status_code == 200
    assert {each["state"] for each in await desk.obligations(issued["directive_id"])} == {"open"}
    exempt = f"/obligations/{owed['U-THCS-1']}/exempt"
    await client.post(exempt, json={"reason": "Chưa có phòng máy."}, headers=officer)
    before = await rows()
    assert (await client.post(path, json={"obstacle": "Khác."}, headers=school)).json()["code"] == "not-owed"
    assert (await client.post(path, json={"obstacle": OBSTACLE}, headers=neighbour)).status_code == 404
    assert (await client.post(path, json={"obstacle": OBSTACLE}, headers=officer)).status_code == 403
    assert await rows() == before


async def test_what_is_asked_or_answered_twice_is_so_once(ask, answer, rows) -> None:
    first, second = await asyncio.gather(ask(), ask())
    assert first.json() == second.json()
    question_id = first.json()["question_id"]
    given = await asyncio.gather(*(answer(question_id, is_shared=True) for _ in range(2)))
    assert given[0].json() == given[1].json()
    before = await rows()
    for text, is_shared in (("Khác.", True), (ANSWER, False)):
        refused = await answer(question_id, text, is_shared=is_shared)
        assert (refused.status_code, refused.json()["code"]) == (409, "answered-already")
    assert (await answer(question_id, is_shared=True)).status_code == 200
    assert await rows() == before
    assert (await ask()).json()["question_id"] != question_id, "what was answered may be asked on"


async def test_nobody_asks_or_answers_who_may_not(
    ask, answer, rows, signer, school, neighbour, officer, division, waiting, client, issued
) -> None:
    question_id = (await ask()).json()["question_id"]
    before = await rows()
    stranger = signer.bearer(("reporter", "U-NOBODY"))
    for who, status in ((neighbour, 404), (stranger, 404), (officer, 403), (division, 403)):
        assert (await ask(who=who)).status_code == status
    assert (await ask(unit="U-THPT-9")).status_code == 404
    for who, status in ((school, 403), (neighbour, 404), (stranger, 404), (signer.bearer(("leader", "U-SO")), 403)):
        assert (await answer(question_id, who=who)).status_code == status
    assert (await answer(uuid4())).status_code == 404
    for who in (school, stranger, signer.bearer(("desk_officer", "U-SO-X"))):
        assert (await waiting(who)).status_code == 403
    for text in ("", " ", 7, None, "x" * 4001):
        assert (await ask(text)).status_code == 422
        assert (await answer(question_id, text)).status_code == 422
    recall = {"json": {"reason": "Nhầm."}, "headers": signer.bearer(("leader", "U-SO"))}
    assert await rows() == before
    await client.post(f"/directives/{issued['directive_id']}/recall", **recall)
    assert (await ask("Còn gì nữa không?")).json()["code"] == "not-in-force"


async def test_a_unit_that_asks_without_end_is_stopped(ask, rows) -> None:
    for number in range(WAITING_AT_ONCE):
        assert (await ask(f"Câu {number}?")).status_code == 201
    before = await rows()
    refused = await ask("Một câu nữa?")
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-questions")
    assert (await ask("Câu 0?")).status_code == 201
    assert await rows() == before


async def test_only_a_division_of_the_issuer_owns_its_directives(desk, letter, client, officer, rows) -> None:
    before = await rows()
    for owner in ("U-SO-X", "U-THCS-1", "U-NOWHERE"):
        answer = await client.post("/directives", json={**letter, "owning_unit_id": owner}, headers=officer)
        assert (answer.status_code, answer.json()["code"]) == (409, "unknown-units")
    assert await rows() == before
    assert (await desk.issued(letter))["owning_unit_id"] == "U-SO"
