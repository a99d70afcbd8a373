"""A request that is sent again is answered as the first time and recorded once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.testing import tell
from chassis.transaction import new_id

KEY = "bao-cao-stem-2026"


def told(answer) -> tuple:
    return answer.status_code, answer.json()


async def test_a_repeated_request_gets_the_first_receipt(desk, record, reporter) -> None:
    first = await desk.submit(reporter, key=KEY)
    after_first = await record.everything()

    again = await desk.submit(reporter, key=KEY)

    assert told(again) == told(first)
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert await record.everything() == after_first


async def test_fifty_at_once_are_one(desk, record, reporter) -> None:
    answers = await asyncio.gather(*(desk.submit(reporter, key=KEY) for _ in range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sorted("idempotent-replay" in answer.headers for answer in answers) == [False] + [True] * 49
    assert len(await record.rows("submission_versions")) == 1
    assert len(await record.events()) == 1


async def test_the_first_answer_stands_whatever_came_after(desk, record, reporter, officer, asked) -> None:
    first = await desk.submit(reporter, key=KEY)
    await desk.return_(officer, first.json()["submission_id"], 1)
    second = await desk.submit(reporter, asked.answer(lessons=20))
    await desk.accept(officer, second.json()["submission_id"], 2)
    before = await record.everything()

    again = await desk.submit(reporter, key=KEY)

    assert told(again) == told(first)
    assert await record.everything() == before


async def test_a_repetition_after_the_closing_is_answered_too(owe, asked, record, reporter, frame) -> None:
    requirement = asked.report(closes_at=datetime.now(UTC) + timedelta(days=1))
    desk = await owe(requirement)
    first = await desk.submit(reporter, key=KEY)
    [row] = await record.rows("obligations")
    closed = requirement.model_copy(update={"closes_at": datetime.now(UTC) - timedelta(days=1)})
    await tell(frame, asked.directive(closed, directive_id=row["directive_id"], version=2))

    assert told(await desk.submit(reporter, key=KEY)) == told(first)
    assert (await desk.submit(reporter)).json()["code"] == "closed"


async def test_a_key_names_one_request(desk, owe, record, reporter, asked) -> None:
    await desk.submit(reporter, key=KEY)
    other = await owe()
    before = await record.everything()

    with_other_figures = await desk.submit(reporter, asked.answer(lessons=13), key=KEY)
    for_other_obligation = await other.submit(reporter, key=KEY)

    for refused in (with_other_figures, for_other_obligation):
        assert (refused.status_code, refused.json()["code"]) == (409, "key-reused")
    assert await record.everything() == before


async def test_one_key_for_two_obligations_at_the_same_moment_is_refused_once(owe, record, reporter) -> None:
    desks = [await owe() for _ in range(6)]

    answers = await asyncio.gather(*(desk.submit(reporter, key=KEY) for desk in desks))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "key-reused"}
    assert len(await record.rows("submissions")) == len(await record.events()) == 1


async def test_two_people_may_use_the_same_key(desk, record, signer, asked) -> None:
    for _ in range(2):
        answer = await desk.submit(signer.bearer(("reporter", asked.school), person=new_id()), key=KEY)
        assert answer.status_code == 201

    assert len(await record.rows("submission_versions")) == 2


@pytest.mark.parametrize("key", [None, "short", "x" * 201, "có dấu-cách", "with space"])
async def test_a_request_without_a_usable_key_changes_nothing(desk, record, reporter, key) -> None:
    before = await record.everything()
    headers = {} if key is None else {"Idempotency-Key": key.encode()}

    answer = await desk.ask(
        "POST",
        f"/obligations/{desk.obligation_id}/submissions",
        reporter,
        json=desk.asked.answer(),
        headers=headers,
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await record.everything() == before


async def test_the_order_of_members_in_a_body_does_not_make_it_another_one(desk, reporter, asked) -> None:
    body = asked.answer()
    first = await desk.submit(reporter, body, key=KEY)
    again = await desk.submit(reporter, dict(reversed(body.items())), key=KEY)

    assert told(again) == told(first)
    assert (await desk.submit(reporter, key=str(uuid4()))).json()["number"] == 2
