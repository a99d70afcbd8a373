"""Published totals go to those who may read them; what of the house needs a person goes to the operators."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from chassis.policy import PROVINCE
from chassis.testing import running, tell
from chassis.transaction import new_id
from contracts.reporting import EditionPublished, SubscriptionStopped, SubscriptionUnreached
from notify.tables import letters
from notify.watching import look

REPORTER, OFFICER, LEADER, OPERATOR = (new_id() for _ in range(4))
COMMUNE = "U-XA-1"


@pytest.fixture
def published(case):
    return EditionPublished(
        occurred_at=case.at + timedelta(minutes=40),
        directive_id=case.directive_id,
        requirement_id=case.requirement_id,
        issuer_unit_id="U-SGD-MG",
        number=2,
        as_of=date(2026, 5, 31),
        digest="00",
        changed_figures=4,
        units_reported=36,
        units_due=37,
    )


@pytest.fixture
def people_are_known(appointed):
    return [
        appointed(REPORTER, "reporter"),
        appointed(OFFICER, "commune_officer", COMMUNE),
        appointed(LEADER, "leader", "U-SGD-MG"),
        appointed(OPERATOR, "administrator", PROVINCE),
    ]


async def test_an_edition_is_told_to_those_who_may_read_totals_in_whatever_order(
    frame, case, published, people_are_known, appointed, written, forget_everything
) -> None:
    # Asked after the totals were published: told of what comes, not of what was.
    newcomer = case.opened("U-XA-2").model_copy(update={"obligation_id": new_id(), "occurred_at": datetime.now(UTC)})
    for first, second, third in permutations([case.issued(), published, case.opened(COMMUNE)]):
        await forget_everything()
        await tell(frame, *people_are_known[:2], appointed(new_id(), "commune_officer", "U-XA-2"))
        await tell(frame, first, second, people_are_known[2], third, newcomer)
        assert [each for each in await written() if each[0] == "edition_published"] == sorted(
            ("edition_published", each) for each in (OFFICER, LEADER)
        )
    async with frame.engine.connect() as connection:
        text = (await connection.execute(select(letters).where(letters.c.person_id == LEADER))).one()
    assert text.subject_vi.startswith("761/SGDĐT-GDPT: công bố số liệu tổng hợp lần 2")
    assert "Yêu cầu: Báo cáo theo đề cương" in text.body_vi
    assert "36/37" in text.body_vi


async def test_a_stopped_subscription_is_told_to_the_operators_and_is_about_no_directive(
    frame, people_are_known, written, signer
) -> None:
    stopped = SubscriptionStopped(
        occurred_at=datetime.now(UTC),
        subscription_id=new_id(),
        version=3,
        because="failing",
        failing_since=datetime.now(UTC),
        position=7,
    )
    failing = [
        SubscriptionUnreached(
            occurred_at=stopped.occurred_at,
            subscription_id=stopped.subscription_id,
            failing_since=stopped.failing_since,
            position=position,
            owner_id=new_id(),
        )
        for position in (3, 3, 7)
    ]
    await tell(frame, *people_are_known, *failing, stopped, stopped)
    # Of each outage once, and of its end.
    kinds = ["subscription_stopped", "subscription_unreached", "subscription_unreached"]
    assert sorted(await written()) == [(kind, OPERATOR) for kind in kinds]

    async with running(frame) as client:
        answer = await client.get("/letters", headers=signer.bearer(("administrator", PROVINCE), person=OPERATOR))
    assert answer.json()["letters"][0]["directive_id"] is None


async def test_parked_messages_are_told_once_until_somebody_looks_after_them(
    frame, people_are_known, written, sql
) -> None:
    park = (
        "INSERT INTO parked_messages (durable, subject, body, deliveries, reason, parked_at) "
        "VALUES ('notify-posts', 'directory.x', '', 4, 'because', now())"
    )
    await tell(frame, *people_are_known)
    async with running(frame) as client:
        notify = {"notify": str(client.base_url).rstrip("/")}

        async def letters_after_looking() -> int:
            await look(frame.transactions, notify, client)
            await look(frame.transactions, notify, client)
            return len(await written())

        assert await letters_after_looking() == 0
        await sql(park)
        assert await letters_after_looking() == 1
        await sql(park)
        assert await letters_after_looking() == 1  # not for each
        await sql("UPDATE watched_services SET told_at = now() - interval '7 hours'")
        assert await letters_after_looking() == 2
        await sql("DELETE FROM parked_messages")
        assert await letters_after_looking() == 2
        await sql(park)
        assert await letters_after_looking() == 3
    assert set(await written()) == {("messages_parked", OPERATOR)}


@pytest.mark.parametrize("change", ["exempted", "recalled", "extended", "suspended"])
async def test_who_never_heard_of_it_is_not_told_that_it_is_over(frame, case, appointed, written, change) -> None:
    await tell(frame, appointed(REPORTER, "reporter"), case.issued(), case.changed(change))
    assert await written() == []
    await tell(frame, case.opened())  # it only came later
    assert await written() == sorted([("obligation_opened", REPORTER), (f"obligation_{change}", REPORTER)])


async def test_a_receipt_says_until_when_files_may_follow(frame, case, appointed) -> None:
    event = case.submitted(REPORTER).model_copy(update={"media_awaited_until": datetime(2026, 12, 20, 17, tzinfo=UTC)})
    await tell(frame, appointed(REPORTER, "reporter"), case.issued(), case.opened(), event)
    async with frame.engine.connect() as connection:
        query = select(letters.c.body_vi).where(letters.c.kind == "submission_submitted")
        body = (await connection.execute(query)).scalar_one()
    assert "Còn thiếu tệp minh chứng: mời bổ sung trước 24h00 ngày 20/12/2026" in body
