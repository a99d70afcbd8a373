"""Withdrawals, requests to correct and comments of a unit go to the desk; what is decided or asked goes to the unit."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from chassis.testing import tell
from chassis.transaction import new_id
from notify.tables import letters

REPORTER, HEAD, DESK = (new_id() for _ in range(3))
UNTIL = datetime(2026, 12, 20, 17, 0, tzinfo=UTC)


@pytest.fixture
async def ground(frame, case, appointed):
    posts = [appointed(REPORTER, "reporter"), appointed(HEAD, "unit_head"), appointed(DESK, "desk_officer", "U-SGD-MG")]
    await tell(frame, *posts, case.issued(), case.opened())
    return frame


async def test_each_goes_to_whom_it_concerns_once(ground, case, written) -> None:
    told = [
        case.withdrawn(),
        case.correction("asked"),
        case.correction("granted", until=UNTIL),
        case.correction("refused"),
        case.comment("unit"),
        case.comment("desk"),
    ]
    await tell(ground, *told, *told)

    news = [each for each in await written() if each[0] != "obligation_opened"]

    to_the_unit = ("comment_by_desk", "correction_granted", "correction_refused")
    to_the_desk = ("comment_by_unit", "correction_asked", "submission_withdrawn")
    assert sorted(news) == sorted(
        [(kind, who) for kind in to_the_unit for who in (REPORTER, HEAD)] + [(kind, DESK) for kind in to_the_desk]
    )


async def test_a_permission_says_until_when_and_a_return_when_it_is_due_again(ground, case) -> None:
    returned = case.returned().model_copy(update={"due_again_at": UNTIL})
    await tell(ground, case.submitted(REPORTER), returned, case.correction("granted", until=UNTIL))

    async with ground.engine.connect() as connection:
        query = select(letters.c.kind, letters.c.body_vi).where(letters.c.person_id == HEAD)
        bodies = dict((await connection.execute(query)).all())
    assert "Hạn nộp lại: 24h00 ngày 20/12/2026" in bodies["submission_returned"]
    assert "Nộp chậm nhất: 24h00 ngày 20/12/2026" in bodies["correction_granted"]


async def test_a_draft_goes_to_the_head_and_what_becomes_of_it_to_whoever_handed_it_up(ground, case, written) -> None:
    await tell(ground, *(case.draft(step, REPORTER) for step in ("handed_up", "approved", "sent_back")))

    news = [each for each in await written() if each[0] != "obligation_opened"]

    assert sorted(news) == [("draft_approved", REPORTER), ("draft_handed_up", HEAD), ("draft_sent_back", REPORTER)]
