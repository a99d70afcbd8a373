"""A directive is replaced: what was answered to the old one answers what goes on from it, once, in whatever order."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import text

from chassis.testing import tell, tell_together, until
from contracts.directives import AnsweringAsked, ObligationChanged
from submissions.operations.carrying import carry_over

NOW = datetime.now(UTC)
SOON = NOW + timedelta(days=2)
SUBMITTED, ACCEPTED = "submissions.submission.submitted.v1", "submissions.submission.accepted.v1"
KEPT = ("values", "narrative", "nil", "submitted_at", "submitted_by")


class Replacing:
    """An obligation of an old directive, and the one of the new directive that goes on from it."""

    def __init__(self, asked, owe, frame):
        self._asked, self._owe, self._frame = asked, owe, frame

    async def begin(self, requirement=None, **changes):
        self.requirement = requirement or self._asked.report()
        self.old = await self._owe(self.requirement)
        first = self._asked.directive(self.requirement)
        self.old_opened = self._asked.obligation(first, obligation_id=self.old.obligation_id)
        self.new_directive = self._asked.directive(self._again(self.requirement, **changes))
        self.opened = self._asked.obligation(self.new_directive, continues=self.old.obligation_id)
        self.new = type(self.old)(self.old.client, self.opened.obligation_id, self._asked)
        return self

    def _again(self, requirement, **changes):
        other = self._asked.report().requirement_id
        return requirement.model_copy(update={"requirement_id": other, "due_at": SOON, **changes})

    def changed(self, opened, state="open", *, version=2, **changes):
        change = {"open": "extended"}.get(state, state)
        told = {**opened.model_dump(), "version": version, "state": state, "change": change, "closes_at": None}
        return ObligationChanged(**{**told, **changes})

    @property
    def ended(self):
        return self.changed(self.old_opened, "replaced")

    async def replace(self):
        await tell(self._frame, self.new_directive, self.opened, self.ended)


@pytest.fixture
async def case(asked, owe, frame):
    return await Replacing(asked, owe, frame).begin()


@pytest.fixture
def told(record):
    async def read(desk, kind):
        events = await record.events()
        return [data for type_, data in events if type_ == kind and data["obligation_id"] == str(desk.obligation_id)]

    return read


async def accepted(desk, reporter, officer):
    submission_id = (await desk.submit(reporter)).json()["submission_id"]
    assert (await desk.accept(officer, submission_id, 1)).status_code == 200
    return submission_id


async def test_accepted_work_is_accepted_under_the_new_directive(case, reporter, officer, told) -> None:
    first = await accepted(case.old, reporter, officer)
    before = (await case.old.read(reporter)).json()

    await case.replace()

    carried = (await case.new.read(reporter)).json()
    assert (carried["state"], carried["number"]) == ("accepted", 1)
    assert carried["carried_from"] == {"submission_id": first, "obligation_id": str(case.old.obligation_id)}
    [version], [original] = carried["versions"], before["versions"]
    assert {name: version[name] for name in KEPT} == {name: original[name] for name in KEPT}
    assert version["review"] == original["review"]
    assert (await case.old.read(reporter)).json() == {
        **before,
        "carried_to": carried["submission_id"],
        "directive_id": str(case.old_opened.directive_id),
    }
    [submitted], [reviewed] = await told(case.new, SUBMITTED), await told(case.new, ACCEPTED)
    assert submitted["carried"] == reviewed["carried"]
    assert submitted["carried"]["submission_id"] == first
    assert (submitted["version"], reviewed["version"]) == (1, 2)
    assert len(await told(case.old, SUBMITTED)) == 1


async def test_which_document_it_is_is_told_again(asked, owe, frame, reporter, told) -> None:
    official = asked.report(answering=AnsweringAsked(is_official=True))
    case = await Replacing(asked, owe, frame).begin(official)
    stated = {"subject": "Báo cáo STEM", "signed_by": "Ngô Thị H"}
    document = {"code": "15/BC-THCSBD", "issued_on": "2026-11-20"}
    assert (await case.old.submit(reporter, asked.answer(document=document | stated))).status_code == 201

    await case.replace()

    [first], [again] = await told(case.old, SUBMITTED), await told(case.new, SUBMITTED)
    assert first["documents"] == again["documents"] == [document]


async def test_submitted_work_is_reviewed_under_the_new_directive_only(case, reporter, officer, record) -> None:
    await case.old.submit(reporter)
    newest = (await case.old.submit(reporter, case.old.asked.answer(lessons=40))).json()
    await case.replace()
    carried = (await case.new.read(reporter)).json()
    before = await record.everything()

    refused = await case.old.accept(officer, newest["submission_id"], 2)

    assert (refused.status_code, refused.json()["code"]) == (409, "carried-over")
    assert refused.json()["submission_id"] == carried["submission_id"]
    assert await record.everything() == before
    assert [each["value"] for each in carried["versions"][0]["values"]][1] == 40
    assert (await case.new.accept(officer, carried["submission_id"], 1)).json()["state"] == "accepted"


async def test_what_was_returned_or_never_sent_is_answered_anew(asked, owe, frame, reporter, officer, told) -> None:
    returned, silent = [await Replacing(asked, owe, frame).begin() for _ in range(2)]
    submission_id = (await returned.old.submit(reporter)).json()["submission_id"]
    await returned.old.return_(officer, submission_id, 1)
    for each in (returned, silent):
        await each.replace()
        assert (await each.new.read(reporter)).status_code == 404
        assert await told(each.new, SUBMITTED) == []
        assert (await each.old.submit(reporter)).json()["code"] == "not-owed"
        assert (await each.new.submit(reporter)).status_code == 201


async def test_what_was_in_time_stays_in_time_and_what_was_late_may_be_no_more(asked, owe, frame, reporter) -> None:
    yesterday, before = NOW - timedelta(days=1), NOW - timedelta(days=2)
    for was_due, is_due, late in (
        (SOON, yesterday, False),
        (yesterday, SOON, False),
        (yesterday, before, True),
    ):
        case = await Replacing(asked, owe, frame).begin(asked.report(due_at=was_due), due_at=is_due)
        await case.old.submit(reporter)
        await case.replace()
        assert (await case.new.read(reporter)).json()["versions"][0]["is_late"] is late


async def test_every_order_of_what_is_told_and_done_carries_it_once(
    frame, asked, owe, reporter, officer, told, record
) -> None:
    for order in permutations(("directive", "opened", "extended", "ended", "accept")):
        await record.change("TRUNCATE requirements, obligations, continuations, outbox CASCADE")
        case = await Replacing(asked, owe, frame).begin()
        submission_id = (await case.old.submit(reporter)).json()["submission_id"]
        later = case.changed(case.opened, due_at=SOON + timedelta(days=3))
        events = {"directive": case.new_directive, "opened": case.opened, "extended": later, "ended": case.ended}
        for step in order:
            if step != "accept":
                await tell(frame, events[step])
                continue
            answer = await case.old.accept(officer, submission_id, 1)
            if answer.status_code == 409:
                assert answer.json()["code"] == "carried-over"
                answer = await case.new.accept(officer, answer.json()["submission_id"], 1)
            assert answer.status_code == 200, answer.text
        await tell(frame, *events.values())
        assert (await case.new.read(reporter)).json()["state"] == "accepted", order
        assert (len(await told(case.new, SUBMITTED)), len(await told(case.new, ACCEPTED))) == (1, 1), order
        assert len(await record.rows("submissions")) == 2
        assert (await case.old.submit(reporter)).json()["code"] == "not-owed"


async def test_what_is_replaced_twice_is_carried_all_the_way(frame, asked, owe, reporter, told) -> None:
    case = await Replacing(asked, owe, frame).begin()
    await case.old.submit(reporter)
    third = asked.directive(case.requirement.model_copy(update={"requirement_id": asked.report().requirement_id}))
    last = asked.obligation(third, continues=case.opened.obligation_id)

    await tell_together(frame, [third, last])
    await tell_together(frame, [case.ended, case.new_directive, case.opened])

    end = type(case.old)(case.old.client, last.obligation_id, asked)
    assert (await end.read(reporter)).json()["carried_from"]["obligation_id"] == str(case.opened.obligation_id)
    assert [len(await told(each, SUBMITTED)) for each in (case.old, case.new, end)] == [1, 1, 1]
    assert (await case.new.submit(reporter)).json()["code"] == "not-owed"


async def test_files_go_where_the_answer_goes(case, asked, owe, frame, sender, video_desk, reporter, record) -> None:
    await sender.send()
    again = Replacing(asked, owe, frame)
    again.old = video_desk
    again.new_directive = asked.directive(asked.video())
    again.opened = asked.obligation(again.new_directive, continues=video_desk.obligation_id)

    await tell(frame, again.new_directive, again.opened)

    [media] = await record.rows("media")
    assert media["obligation_id"] == again.opened.obligation_id
    assert (await sender.media())["state"] == "received"
    refused = await sender.open()
    assert (refused.status_code, refused.json()["code"]) == (409, "not-owed")


async def waits_for_a_lock(frame) -> bool:
    async with frame.engine.connect() as connection:
        query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'")
        return bool((await connection.execute(query)).scalar())


@pytest.fixture
def replaced_meanwhile(frame, asked):
    """Do something while what replaces its obligation comes in and is not committed yet."""

    async def act(desk, doing):
        new = {"new": asked.report().requirement_id, "old": desk.obligation_id}
        async with frame.transactions.begin() as tx:
            for statement in (
                "INSERT INTO continuations (obligation_id, continues) VALUES (:new, :old)",
                "INSERT INTO obligations SELECT :new, version, directive_id, requirement_id, issuer_unit_id, unit_id,"
                " answering_unit_id, due_at, closes_at, state FROM obligations WHERE obligation_id = :old",
            ):
                await tx.connection.execute(text(statement), new)
            await carry_over(tx, [desk.obligation_id])
            task = asyncio.create_task(doing())
            await until(lambda: waits_for_a_lock(frame))
        return await task

    return act


async def test_an_answer_that_is_sent_meanwhile_is_refused_and_never_lost(
    replaced_meanwhile, desk, reporter, record
) -> None:
    answer = await replaced_meanwhile(desk, lambda: desk.submit(reporter))
    assert (answer.status_code, answer.json()["code"]) == (409, "not-owed")
    assert await record.rows("submissions") == []


async def test_a_file_that_is_brought_meanwhile_is_refused_and_never_lost(
    replaced_meanwhile, video_desk, sender, record
) -> None:
    answer = await replaced_meanwhile(video_desk, sender.open)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-owed")
    assert await record.rows("media") == []
