"""From events to letters: who is told what, in whatever order the facts arrive."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from chassis.clock import today
from chassis.consuming import Letter as Message
from chassis.consuming import take_in_letters
from chassis.testing import box_of, tell, tell_together
from chassis.transaction import new_id
from contracts.event import seal
from notify import addressing
from notify.tables import letters

REPORTER, HEAD, OFFICER, STRANGER = (new_id() for _ in range(4))


@pytest.fixture
def texts(frame):
    """Return all that letters say, to whom, sorted."""

    async def all_of():
        said = letters.c.letter_id, letters.c.kind, letters.c.person_id, letters.c.subject_vi, letters.c.body_vi
        async with frame.engine.connect() as connection:
            return sorted(tuple(row) for row in await connection.execute(select(*said)))

    return all_of


async def test_an_obligation_is_told_to_everyone_who_answers_for_the_unit_and_to_nobody_else(
    frame, case, appointed, written
):
    yesterday = datetime.now(UTC).date() - timedelta(days=2)
    await tell(
        frame,
        appointed(REPORTER, "reporter"),
        appointed(HEAD, "unit_head"),
        appointed(OFFICER, "commune_officer"),
        appointed(STRANGER, "clerk"),
        appointed(new_id(), "desk_officer"),
        appointed(new_id(), "viewer"),
        appointed(new_id(), "reporter", "U-THCS-VUONUOM"),
        appointed(new_id(), "reporter", "*"),
        appointed(new_id(), "reporter", until=yesterday),
        appointed(new_id(), "reporter", is_active=False),
    )

    await tell(frame, case.issued(), case.opened())

    assert await written() == sorted(("obligation_opened", each) for each in (REPORTER, HEAD, OFFICER))


async def test_a_cluster_answers_through_its_lead(frame, case, appointed, written):
    await tell(frame, appointed(HEAD, "unit_head", "U-THPT-MG"), appointed(STRANGER, "unit_head", "U-CUM-1"))

    await tell(frame, case.issued(), case.opened("U-CUM-1", answering="U-THPT-MG"))

    assert await written() == [("obligation_opened", HEAD)]


async def test_somebody_with_two_posts_at_a_unit_gets_one_letter(frame, case, appointed, written):
    await tell(frame, appointed(HEAD, "unit_head", "U-1", ("reporter", "U-1")))

    await tell(frame, case.issued(), case.opened("U-1"))

    assert await written() == [("obligation_opened", HEAD)]


async def test_answers_and_reviews_are_told_to_those_they_concern(frame, case, appointed, written):
    await tell(frame, appointed(REPORTER), appointed(HEAD, "unit_head"), case.issued(), case.opened())

    await tell(frame, case.rejected(HEAD), case.submitted(REPORTER), case.returned(), case.accepted(number=2))

    assert await written() == sorted(
        [
            ("media_rejected", HEAD),
            ("submission_submitted", REPORTER),
            *(
                (kind, each)
                for kind in ("obligation_opened", "submission_returned", "submission_accepted")
                for each in (REPORTER, HEAD)
            ),
        ]
    )


async def test_each_submission_of_an_obligation_has_letters_of_its_own(frame, case, appointed, written):
    await tell(frame, appointed(REPORTER), case.issued(), case.opened())

    await tell(
        frame,
        case.submitted(REPORTER, number=1, version=1),
        case.returned(number=1, version=2),
        case.submitted(REPORTER, number=2, version=3),
        case.returned(number=2, version=4),
    )

    kinds = [kind for kind, _person in await written()]
    assert kinds == ["obligation_opened", *["submission_returned"] * 2, *["submission_submitted"] * 2]


async def test_a_rejected_video_is_told_with_its_length(frame, case, texts):
    await tell(frame, case.issued(), case.opened(), case.rejected(REPORTER))

    [(_id, _kind, _person, _subject, body)] = await texts()
    assert "Tệp dài 75,2 giây, tối đa 60 giây." in body


@pytest.mark.parametrize("repeated", ["the same message", "the same news in another message"])
async def test_repeated_events_write_no_second_letter(frame, case, appointed, texts, on_their_way, repeated):
    events = [appointed(REPORTER), case.issued(), case.opened(), case.submitted(REPORTER), case.accepted()]
    ids = [new_id() for _ in events]
    await tell_together(frame, events, ids=ids)
    before = await texts()

    await tell_together(frame, events, ids=ids if repeated == "the same message" else [new_id() for _ in events])

    assert await texts() == before
    assert len(before) == 3
    assert await on_their_way() == [("waiting", 0, None)] * 3


async def test_the_order_of_events_does_not_matter(frame, case, appointed, texts, forget_everything):
    events = (
        appointed(REPORTER, "reporter", "U-THCS-SONGHAC", ("reporter", "U-2")),
        case.issued(),
        case.opened(),
        case.returned(),
        case.accepted(number=2),
    )
    outcomes = set()

    for order in permutations(events):
        await forget_everything()
        await tell(frame, *order)
        outcomes.add(tuple(await texts()))

    [outcome] = outcomes
    assert len(outcome) == 3


async def test_the_order_of_news_to_one_person_does_not_matter(frame, case, texts, forget_everything):
    events = (case.issued(), case.opened(), case.submitted(REPORTER), case.rejected(REPORTER))
    outcomes = set()

    for order in permutations(events):
        await forget_everything()
        await tell(frame, *order)
        outcomes.add(tuple(await texts()))

    [outcome] = outcomes
    assert len(outcome) == 2


async def test_the_order_of_a_persons_versions_does_not_matter(frame, case, appointed, texts, forget_everything):
    events = (
        appointed(REPORTER, version=1, at=case.at - timedelta(days=3)),
        appointed(REPORTER, "unit_head", version=2, at=case.at - timedelta(days=2)),
        appointed(REPORTER, version=3, at=case.at + timedelta(days=9), until=today(datetime.now(UTC))),
        case.returned(),
    )
    outcomes = set()

    for order in permutations(events):
        await forget_everything()
        await tell(frame, *order, case.issued(), case.opened())
        outcomes.add(tuple(await texts()))

    [outcome] = outcomes
    assert len(outcome) == 2


async def test_many_events_in_one_batch_write_the_same_letters(frame, case, appointed, texts, forget_everything):
    events = [case.accepted(), case.submitted(REPORTER), case.opened(), case.issued(), appointed(REPORTER)]
    await tell(frame, *events)
    one_by_one = await texts()
    await forget_everything()

    await tell_together(frame, events)

    assert await texts() == one_by_one
    assert len(one_by_one) == 3


async def test_a_letter_waits_for_its_directive_and_is_not_lost(frame, case, appointed, written):
    await tell(frame, appointed(REPORTER), case.opened(), case.submitted(REPORTER))
    before = await written()

    await tell(frame, case.issued())

    assert before == []
    assert await written() == [("obligation_opened", REPORTER), ("submission_submitted", REPORTER)]


async def test_a_newer_word_of_a_directive_is_quoted_and_an_older_one_is_not(frame, case, appointed, texts):
    await tell(frame, appointed(REPORTER), case.issued(version=2, subject="bản mới"), case.issued(version=1))

    await tell(frame, case.opened())

    [(_id, _kind, _person, subject, _body)] = await texts()
    assert subject.endswith("bản mới")


async def test_those_appointed_while_an_obligation_is_open_are_told(frame, case, appointed, written):
    await tell(frame, case.issued(), case.opened())

    await tell(frame, appointed(REPORTER, at=datetime.now(UTC)))

    assert await written() == [("obligation_opened", REPORTER)]


async def test_a_moved_obligation_is_told_to_the_people_of_its_new_unit(frame, case, appointed, written, texts):
    await tell(frame, appointed(REPORTER), appointed(HEAD, "unit_head", "U-MOI"), case.issued(), case.opened())

    await tell(frame, case.transferred("U-MOI"))

    assert await written() == sorted([("obligation_opened", REPORTER), ("obligation_transferred", HEAD)])
    [body] = [text for text in map(str, await texts()) if "được chuyển đến đơn vị" in text]
    assert f"Trước đây: {case.opened().answering_unit_id}" in body
    assert "đơn vị trả lời: U-MOI" in body


async def test_whoever_is_appointed_after_an_obligation_moved_is_told_where_it_is_now(frame, case, appointed, written):
    await tell(frame, case.issued(), case.opened(), case.transferred("U-MOI"))

    await tell(frame, appointed(HEAD, "unit_head", "U-MOI"))

    assert await written() == [("obligation_transferred", HEAD)]


async def test_those_appointed_after_the_acceptance_are_told_nothing(frame, case, appointed, written):
    await tell(frame, case.issued(), case.opened(), case.returned(), case.accepted(number=2))

    await tell(frame, appointed(REPORTER, at=datetime.now(UTC)))

    assert await written() == []


async def test_somebody_who_lost_a_post_is_told_nothing_more(frame, case, appointed, written):
    await tell(frame, appointed(REPORTER), case.issued())

    await tell(frame, appointed(REPORTER, "reporter", "U-2", version=2), case.opened(), case.accepted())

    assert await written() == []


async def test_an_appointment_that_comes_into_force_later_is_told_then(frame, case, appointed, written):
    tomorrow = (datetime.now(UTC) + timedelta(days=1, hours=7)).date()
    await tell(frame, case.issued(), case.opened(), appointed(REPORTER, since=tomorrow))
    async with frame.transactions.begin() as tx:
        today = await addressing.write_what_became_due(tx)
    async with frame.transactions.begin() as tx:
        tx.now += timedelta(days=2)
        later = await addressing.write_what_became_due(tx)
        again = await addressing.write_what_became_due(tx)

    assert (today, later, again) == (0, 1, 0)
    assert await written() == [("obligation_opened", REPORTER)]


async def test_two_facts_that_need_each_other_may_come_in_at_once(frame, case, appointed, written):
    async def take_in(durable, event, begun, may_end):
        event_id = new_id()
        message = Message(event_id, event, seal(event, event_id=event_id))
        async with frame.transactions.begin() as tx:
            begun.set()
            await take_in_letters(tx, box_of(frame, durable), [message])
            await may_end.wait()

    await tell(frame, case.issued())
    events = {"notify-posts": appointed(REPORTER), "notify-directives": case.opened()}
    begun = {durable: asyncio.Event() for durable in events}
    may_end = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for durable, event in events.items():
            group.create_task(take_in(durable, event, begun[durable], may_end))
        for each in begun.values():
            await each.wait()
        async with frame.engine.connect() as connection:  # time for both to have done all they can
            await connection.exec_driver_sql("SELECT pg_sleep(0.2)")
        may_end.set()

    assert await written() == [("obligation_opened", REPORTER)]
