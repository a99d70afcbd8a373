"""Everyone whose directive was replaced hears of it once; what was carried over is not told as if it were sent."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from chassis.testing import running, tell
from chassis.transaction import new_id
from contracts.submissions import Carried
from notify.tables import letters

REPORTER, HEAD, ELSEWHERE, LATE_COMER = (new_id() for _ in range(4))
CARRIED = Carried(obligation_id=new_id(), submission_id=new_id(), submitted_at=datetime(2026, 11, 18, tzinfo=UTC))


@pytest.fixture
async def ground(frame, case, appointed):
    await tell(
        frame,
        appointed(REPORTER, "reporter"),
        appointed(HEAD, "unit_head"),
        appointed(ELSEWHERE, "reporter", "U-THCS-CAYDA"),
        case.issued(),
        case.opened(),
    )
    return frame


@pytest.fixture
def news(written):
    async def read():
        return [each for each in await written() if each[0] != "obligation_opened"]

    return read


async def test_everyone_who_was_asked_is_told_once_which_one_it_is_now(ground, case, news, signer) -> None:
    event = case.replaced()
    await tell(ground, event, case.changed("replaced"), event)
    assert await news() == sorted([("directive_replaced", REPORTER), ("directive_replaced", HEAD)])
    async with running(ground) as client:
        [letter, _opened] = (await client.get("/letters", headers=signer.bearer(person=REPORTER))).json()["letters"]
    assert (letter["obligation_id"], letter["directive_id"]) == (None, str(case.directive_id))
    assert "Văn bản thay thế: 812/SGDĐT-GDPT" in letter["body_vi"]


async def test_units_that_owed_nothing_any_more_are_told_too(ground, case, news) -> None:
    await tell(ground, case.replaced("U-THCS-CAYDA", "U-NOBODY"))
    assert await news() == [("directive_replaced", ELSEWHERE)]


async def test_in_every_order_the_same_people_are_told(frame, case, appointed, written, forget_everything) -> None:
    told = [appointed(REPORTER, "reporter"), case.issued(), case.opened(), case.changed("replaced"), case.replaced()]
    expected = sorted([("obligation_opened", REPORTER), ("directive_replaced", REPORTER)])
    for order in permutations(told):
        await forget_everything()
        await tell(frame, *order)
        assert await written() == expected


async def test_who_is_appointed_later_is_not_told(ground, case, appointed, news) -> None:
    await tell(ground, case.replaced())
    before = await news()
    await tell(ground, appointed(LATE_COMER, "reporter", at=case.at + timedelta(hours=2)))
    assert await news() == before


async def test_what_is_carried_over_is_told_to_the_unit_and_no_receipt_is_given(ground, case, news) -> None:
    sent = case.submitted(REPORTER).model_copy(update={"carried": CARRIED})
    accepted = case.accepted(version=2).model_copy(update={"carried": CARRIED})
    await tell(ground, accepted, sent)
    assert await news() == sorted([("submission_carried", REPORTER), ("submission_carried", HEAD)])


async def test_what_goes_on_is_asked_in_other_words(frame, case, appointed) -> None:
    opened = case.opened().model_copy(update={"continues": new_id()})
    await tell(frame, appointed(REPORTER, "reporter"), case.issued(), opened)
    async with frame.engine.connect() as connection:
        [body] = (await connection.execute(select(letters.c.body_vi))).scalars()
    assert "không phải nộp lại" in body


async def test_what_nobody_reviews_is_told_as_received_and_not_as_accepted(ground, case, news) -> None:
    taken_note = case.accepted(version=2).model_copy(update={"is_unreviewed": True})
    await tell(ground, case.submitted(REPORTER), taken_note)
    assert await news() == [("submission_submitted", REPORTER)]
