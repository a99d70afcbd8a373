"""A later deadline is asked of the desk and granted or refused to the unit; whoever is exempt is left alone."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from chassis.testing import tell
from chassis.transaction import new_id
from notify import addressing
from notify.tables import letters

REPORTER, DESK, DIVISION, LATE_COMER = (new_id() for _ in range(4))
ISSUER = "U-SGD-MG"
NEW_DUE_AT = datetime(2026, 12, 20, 17, 0, tzinfo=UTC)


@pytest.fixture
async def ground(frame, case, appointed):
    """The school's reporter has been told of the obligation; others hold posts that have nothing to do with it."""
    await tell(
        frame,
        appointed(REPORTER, "reporter"),
        appointed(DESK, "desk_officer", ISSUER),
        appointed(new_id(), "leader", ISSUER),
        appointed(new_id(), "clerk", ISSUER),
        appointed(new_id(), "desk_officer", "U-SGD-KHAC"),
        appointed(new_id(), "reporter", ISSUER),
        case.issued(),
        case.opened(),
    )
    return frame


@pytest.fixture
def news(written):
    """Return who was told what, but for the obligation itself."""

    async def read():
        return [each for each in await written() if each[0] != "obligation_opened"]

    return read


async def test_a_request_goes_to_the_desk_of_the_issuer_only(ground, case, news) -> None:
    await tell(ground, case.asked())
    assert await news() == [("extension_asked", DESK)]


async def test_a_request_goes_to_the_division_that_reviews_where_one_does(ground, case, news, appointed) -> None:
    await tell(ground, appointed(DIVISION, "desk_officer", "U-SGD-MG-GDPT"))
    await tell(ground, case.asked(reviewing_unit_id="U-SGD-MG-GDPT"))
    assert await news() == [("extension_asked", DIVISION)]


async def test_a_refusal_goes_to_the_unit_only(ground, case, news) -> None:
    await tell(ground, case.refused())
    assert await news() == [("extension_refused", REPORTER)]


@pytest.mark.parametrize("change", ["extended", "exempted", "reopened", "recalled"])
async def test_every_change_is_told_to_the_unit(ground, case, news, change) -> None:
    await tell(ground, case.changed(change))
    assert await news() == [(f"obligation_{change}", REPORTER)]


async def test_the_letter_of_a_later_deadline_names_it(ground, case) -> None:
    await tell(ground, case.changed("extended", due_at=NEW_DUE_AT))
    async with ground.engine.connect() as connection:
        query = select(letters.c.body_vi).where(letters.c.kind == "obligation_extended")
        body = (await connection.execute(query)).scalar_one()
    assert "Hạn nộp: 24h00 ngày 20/12/2026" in body


async def test_each_change_is_told_once_and_by_itself(ground, case, news) -> None:
    told = [case.changed("exempted"), case.changed("reopened", version=3), case.changed("exempted", version=4)]
    await tell(ground, *told, *told)
    assert await news() == sorted([("obligation_exempted", REPORTER)] * 2 + [("obligation_reopened", REPORTER)])


async def test_nobody_new_is_told_of_what_is_owed_no_more(ground, case, appointed, written) -> None:
    await tell(ground, case.changed("exempted"))
    before = await written()
    await tell(ground, appointed(LATE_COMER, "reporter", at=datetime.now(UTC)))
    async with ground.transactions.begin() as tx:
        assert await addressing.write_what_became_due(tx) == 0
    assert await written() == before

    await tell(ground, case.changed("reopened", version=3))
    assert ("obligation_opened", LATE_COMER) in await written()


async def test_every_order_tells_the_same_people_the_same(frame, case, appointed, written, forget_everything) -> None:
    told = [
        appointed(REPORTER, "reporter"),
        case.issued(),
        case.opened(),
        case.changed("extended", minutes=4, due_at=NEW_DUE_AT),
        case.changed("exempted", version=3, minutes=6, due_at=NEW_DUE_AT),
    ]
    expected = sorted((f"obligation_{each}", REPORTER) for each in ("opened", "extended", "exempted"))
    for order in permutations(told):
        await forget_everything()
        await tell(frame, *order)
        assert await written() == expected


async def test_a_request_that_is_heard_of_before_its_obligation_waits_for_it(frame, case, appointed, written) -> None:
    await tell(frame, appointed(DESK, "desk_officer", ISSUER), case.asked())
    assert await written() == []
    await tell(frame, case.opened(), case.issued())
    assert await written() == [("extension_asked", DESK)]


async def test_who_joins_the_desk_later_is_not_told_of_old_requests(ground, case, appointed, news) -> None:
    await tell(ground, case.asked())
    await tell(ground, appointed(LATE_COMER, "desk_officer", ISSUER, at=case.at + timedelta(hours=1)))
    assert await news() == [("extension_asked", DESK)]


async def test_what_waits_again_is_told_and_chased_no_more(ground, case, appointed, news, written) -> None:
    await tell(ground, case.changed("suspended"))
    assert await news() == [("obligation_suspended", REPORTER)]
    await tell(ground, appointed(LATE_COMER, "reporter", at=datetime.now(UTC)))
    async with ground.transactions.begin() as tx:
        assert await addressing.write_what_became_due(tx) == 0

    await tell(ground, case.changed("activated", version=3, due_at=NEW_DUE_AT))
    assert ("obligation_activated", REPORTER) in await written()
    assert ("obligation_opened", LATE_COMER) in await written()
