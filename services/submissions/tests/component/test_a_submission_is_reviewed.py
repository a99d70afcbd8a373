"""The desk officer returns or accepts the newest version, once; then it is settled."""

import asyncio

import pytest

from chassis.transaction import new_id


@pytest.fixture
async def submission_id(desk, reporter) -> str:
    return (await desk.submit(reporter)).json()["submission_id"]


def told(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


async def test_a_returned_submission_is_answered_anew_and_accepted(
    desk, record, reporter, officer, asked, submission_id
) -> None:
    returned = await desk.return_(officer, submission_id, 1)
    second = await desk.submit(reporter, asked.answer(lessons=20))
    accepted = await desk.accept(officer, submission_id, 2)

    assert (returned.status_code, returned.json()["state"], returned.json()["version"]) == (200, "returned", 2)
    assert (second.json()["number"], second.json()["version"]) == (2, 3)
    assert (accepted.status_code, accepted.json()["state"], accepted.json()["version"]) == (200, "accepted", 4)
    events = await record.events()
    assert [(kind.split(".")[2], event["version"], event["number"]) for kind, event in events] == [
        ("submitted", 1, 1),
        ("returned", 2, 1),
        ("submitted", 3, 2),
        ("accepted", 4, 2),
    ]
    assert all("reason" not in event for _, event in events)
    [first, newest] = (await desk.read(reporter)).json()["versions"]
    assert (first["review"]["outcome"], first["review"]["reason"]) == ("returned", "Thiếu số dự án KHKT.")
    assert (newest["review"]["outcome"], newest["review"]["reason"]) == ("accepted", None)


async def test_a_review_that_is_sent_again_is_told_once(desk, record, officer, submission_id) -> None:
    first = await desk.return_(officer, submission_id, 1)
    before = await record.everything()

    again = await desk.return_(officer, submission_id, 1)

    assert again.json() == first.json()
    assert await record.everything() == before
    assert told(await desk.return_(officer, submission_id, 1, "Một lý do khác.")) == (409, "not-now")
    assert await record.everything() == before


async def test_an_accepted_submission_takes_no_answer_and_no_other_review(
    desk, record, reporter, officer, asked, submission_id
) -> None:
    await desk.accept(officer, submission_id, 1)
    before = await record.everything()

    assert told(await desk.submit(reporter, asked.answer(lessons=20))) == (409, "already-accepted")
    refused = await desk.return_(officer, submission_id, 1)
    assert told(refused) == (409, "not-now")
    assert refused.json()["state"] == "accepted"
    assert (await desk.accept(officer, submission_id, 1)).status_code == 200
    assert await record.everything() == before


async def test_a_returned_version_cannot_be_accepted(desk, record, officer, submission_id) -> None:
    await desk.return_(officer, submission_id, 1)
    before = await record.everything()

    assert told(await desk.accept(officer, submission_id, 1)) == (409, "not-now")
    assert await record.everything() == before


async def test_only_the_newest_version_is_reviewed(desk, record, reporter, officer, asked, submission_id) -> None:
    await desk.submit(reporter, asked.answer(lessons=20))
    before = await record.everything()

    for old in (await desk.accept(officer, submission_id, 1), await desk.return_(officer, submission_id, 1)):
        assert told(old) == (409, "superseded")
        assert old.json()["newest"] == 2
    assert told(await desk.accept(officer, submission_id, 3)) == (409, "not-now")
    assert await record.everything() == before


@pytest.mark.parametrize("body", [{}, {"number": 1}, {"number": 1, "reason": "  "}, {"number": True, "reason": "x"}])
async def test_a_return_without_a_reason_is_malformed(desk, record, officer, submission_id, body) -> None:
    before = await record.everything()

    answer = await desk.ask("POST", f"/submissions/{submission_id}/return", officer, json=body)

    assert told(answer) == (422, "malformed")
    assert await record.everything() == before


async def test_acceptance_and_correction_at_the_same_moment_exclude_each_other(
    desk, record, reporter, officer, asked, submission_id
) -> None:
    accepted, corrected = await asyncio.gather(
        desk.accept(officer, submission_id, 1), desk.submit(reporter, asked.answer(lessons=20))
    )

    outcome = (accepted.status_code, corrected.status_code)
    assert outcome in {(200, 409), (409, 201)}
    [submission] = await record.rows("submissions")
    assert submission["state"] == ("accepted" if outcome == (200, 409) else "submitted")
    assert [event["version"] for _, event in await record.events()] == [1, 2]


async def test_return_and_acceptance_at_the_same_moment_exclude_each_other(
    desk, record, signer, asked, submission_id
) -> None:
    officers = [signer.bearer(("desk_officer", asked.department)) for _ in range(4)]

    outcomes = await asyncio.gather(
        *(
            desk.accept(who, submission_id, 1) if n % 2 else desk.return_(who, submission_id, 1)
            for n, who in enumerate(officers)
        )
    )

    assert len({each.json()["state"] for each in outcomes if each.status_code == 200}) == 1
    assert len(await record.events()) == 2


async def test_a_submission_nobody_sent_is_not_found(desk, officer) -> None:
    for answer in (
        await desk.accept(officer, new_id(), 1),
        await desk.return_(officer, new_id(), 1),
        await desk.ask("GET", f"/submissions/{new_id()}", officer),
        await desk.read(officer),
    ):
        assert told(answer) == (404, "not-found")
