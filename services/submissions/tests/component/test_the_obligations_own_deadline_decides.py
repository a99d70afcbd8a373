"""Lateness and closing follow the obligation, not only its requirement; what is owed no more takes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.testing import tell
from contracts.directives import ObligationChanged

NOW = datetime.now(UTC)
YESTERDAY, LAST_HOUR, TOMORROW = NOW - timedelta(days=1), NOW - timedelta(hours=1), NOW + timedelta(days=1)


@pytest.fixture
async def overdue(owe, asked):
    """An obligation that was due yesterday and has closed an hour ago."""
    return await owe(asked.report(due_at=YESTERDAY, closes_at=LAST_HOUR))


@pytest.fixture
def change(frame, record):
    async def tell_of(desk, state="open", *, version=2, **changes):
        [row] = [each for each in await record.rows("obligations") if each["obligation_id"] == desk.obligation_id]
        told = {**row, "occurred_at": NOW, "version": version, "state": state, "change": "extended"}
        await tell(frame, ObligationChanged(**{**told, **changes}))

    return tell_of


async def test_an_extended_obligation_is_open_and_its_answer_in_time(overdue, change, reporter) -> None:
    closed = await overdue.submit(reporter)
    await change(overdue, due_at=TOMORROW, closes_at=TOMORROW)
    then = await overdue.submit(reporter)

    assert (closed.status_code, closed.json()["code"]) == (409, "closed")
    assert then.status_code == 201, then.text
    assert then.json()["is_late"] is False


async def test_an_obligation_that_is_due_later_but_not_open_longer_stays_closed(overdue, change, reporter) -> None:
    await change(overdue, due_at=TOMORROW)
    assert (await overdue.submit(reporter)).json()["code"] == "closed"


@pytest.mark.parametrize("state", ["exempt", "replaced", "recalled"])
async def test_what_is_owed_no_more_takes_no_answer(desk, change, record, reporter, state) -> None:
    await change(desk, state)
    before = await record.everything()

    refused = await desk.submit(reporter)

    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "not-owed", state)
    assert refused.json()["detail"] != refused.json()["detail_en"]
    assert await record.everything() == before


async def test_what_is_owed_no_more_takes_no_file(sender, video_desk, change) -> None:
    await change(video_desk, "exempt")
    refused = await sender.open()
    assert (refused.status_code, refused.json()["code"]) == (409, "not-owed")


async def test_an_exemption_that_was_taken_back_takes_answers_again(desk, change, reporter) -> None:
    await change(desk, "exempt")
    await change(desk, "open", version=3)
    assert (await desk.submit(reporter)).status_code == 201


async def test_the_receipt_of_what_was_sent_before_the_exemption_is_given_again(desk, change, reporter) -> None:
    first = await desk.submit(reporter, key="one-and-the-same")
    body = desk.asked.answer()
    await change(desk, "exempt")
    again = await desk.submit(reporter, body, key="one-and-the-same")
    assert (again.status_code, again.json()) == (first.status_code, first.json())


async def test_what_was_sent_before_the_exemption_can_still_be_reviewed(desk, change, reporter, officer) -> None:
    submission_id = (await desk.submit(reporter)).json()["submission_id"]
    await change(desk, "exempt")
    answer = await desk.return_(officer, submission_id, 1)
    assert (answer.status_code, answer.json()["state"]) == (200, "returned")
