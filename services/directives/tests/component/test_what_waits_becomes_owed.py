"""What waits is shown as waiting and told to nobody; it becomes owed once, when what it waits for happens."""

import asyncio
import copy
from datetime import datetime
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.testing import tell, tell_together, until, waiting_events
from contracts.directives import ObligationChanged, ObligationOpened
from contracts.submissions import SubmissionAccepted, SubmissionSubmitted
from directives.operations.awaiting import note_accepted


@pytest.fixture
def survey(letter):
    """A letter that has two schools register, then report within three working days; and after a visit once more."""
    plan = letter["requirements"][0] | {
        "kind": "acknowledgement",
        "title": "Đăng ký lịch khảo sát",
        "indicators": [],
        "sections": [],
        "periods": [],
        "cut_off_at": None,
        "audience": {"unit_types": ["thpt"]},
    }
    report = plan | {"title": "Báo cáo", "condition": {"kind": "answer_accepted", "of": 0, "working_days": 3}}
    visit = plan | {"title": "Tiếp đoàn", "condition": {"kind": "fact_noted", "working_days": -2}, "closes_at": None}
    letter["requirements"] = [plan, report, visit]
    return letter


@pytest.fixture
def case(desk, frame, officer, survey):
    return Case(desk, frame, officer, survey)


class Case:
    """A survey that was issued."""

    def __init__(self, desk, frame, officer, survey):
        self.desk, self.frame, self.officer, self.survey = desk, frame, officer, survey

    async def begin(self):
        self.issued = await self.desk.issued(self.survey)
        self.ids = [each["requirement_id"] for each in self.issued["requirements"]]
        self.known = len(await waiting_events(self.frame))
        return self

    async def owed(self, place, unit="U-THPT-1", directive_id=None):
        found = await self.desk.obligations(directive_id or self.issued["directive_id"])
        return next(each for each in found if (each["requirement_id"], each["unit_id"]) == (self.ids[place], unit))

    async def states(self, place):
        return [(await self.owed(place, unit))["state"] for unit in ("U-THPT-1", "U-THPT-2")]

    async def news(self):
        return [(each["type"], each["data"]) for each in (await waiting_events(self.frame))[self.known :]]

    async def answered(self, event, version, place=0, *, at="2026-11-26T02:00:00Z"):
        owed = await self.owed(place)
        about = {
            "occurred_at": at, "submission_id": UUID(int=7), "version": version, "directive_id": uuid4(), "number": 1,
            "obligation_id": owed["obligation_id"], "requirement_id": self.ids[place], "unit_id": "U-THPT-1",
            "answering_unit_id": "U-THPT-1",
        }  # fmt: skip
        if event is SubmissionSubmitted:
            more = {"submitted_by": uuid4(), "is_late": False, "is_nil": False, "values": (), "media_ids": ()}
            return event(**about, **more)
        return event(**about, reviewed_by=uuid4())

    async def post(self, verb, place=2, *, who=None, **body):
        owed = await self.owed(place)
        path = f"/obligations/{owed['obligation_id']}/{verb}"
        return await self.desk.client.post(path, json={"reason": "Lịch khảo sát"} | body, headers=who or self.officer)


async def test_what_waits_is_shown_and_told_to_nobody(case, desk, signer) -> None:
    await case.begin()

    told = [each["data"]["requirement_id"] for each in await waiting_events(case.frame)
            if each["type"] == ObligationOpened.type]  # fmt: skip
    assert told == [case.ids[0]] * 2
    assert await case.states(0) == ["open", "open"]
    assert await case.states(1) == await case.states(2) == ["waiting", "waiting"]
    head = signer.bearer(("unit_head", "U-THPT-1"))
    listed = (await desk.client.get("/obligations?unit_id=U-THPT-1", headers=head)).json()["obligations"]
    assert sorted(each["state"] for each in listed) == ["open", "waiting", "waiting"]
    book = await desk.client.get("/register-books/U-THPT-1/2026/follow-up", headers=head)
    assert book.status_code == 200
    body = {"due_at": "2027-01-20T00:00:00+07:00", "reason": "Xin thêm thời gian"}
    owed = await case.owed(1)
    refused = await desk.client.post(f"/obligations/{owed['obligation_id']}/extensions", json=body, headers=head)
    assert (refused.status_code, refused.json()["state"]) == (409, "waiting")


async def test_an_accepted_answer_opens_what_waits_for_it_once_in_every_order(case) -> None:
    await case.begin()
    sent, accepted = (await case.answered(SubmissionSubmitted, 1), await case.answered(SubmissionAccepted, 2))
    corrected = await case.answered(SubmissionSubmitted, 3)
    for order in permutations([sent, accepted, corrected]):
        await tell_together(case.frame, order)
    await tell(case.frame, accepted)

    [(kind, opened)] = await case.news()
    owed = await case.owed(1)
    assert (kind, opened["obligation_id"], opened["version"]) == (ObligationOpened.type, owed["obligation_id"], 2)
    assert datetime.fromisoformat(opened["due_at"]) == datetime.fromisoformat(owed["due_at"])
    assert owed["due_at"] >= "2026-12-01T17:00:00Z"  # three working days after, or the end of the next from today
    assert await case.states(1) == ["open", "waiting"]


async def test_two_who_hear_of_one_answer_at_once_open_what_waits_once(case) -> None:
    await case.begin()
    accepted = await case.answered(SubmissionAccepted, 2)
    transactions = case.frame.transactions

    async def hear():
        async with transactions.begin() as tx:
            return await note_accepted(tx, [accepted])

    async def is_held_up():
        async with case.frame.engine.connect() as connection:
            return await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) > 0

    async with transactions.begin() as first:
        assert await note_accepted(first, [accepted]) == 1
        second = asyncio.create_task(hear())  # it has seen what waits, and waits for the first to be done with it
        await until(is_held_up)

    assert await second == 0
    assert [(kind, data["version"]) for kind, data in await case.news()] == [(ObligationOpened.type, 2)]


async def test_a_day_for_a_visit_opens_moves_and_takes_back(case, rows) -> None:
    await case.begin()

    first = await case.post("activate", happened_on="2090-03-15")
    before = await rows()
    again = await case.post("activate", happened_on="2090-03-15")
    assert await rows() == before
    moved = await case.post("activate", happened_on="2090-03-22")
    back = await case.post("suspend")
    twice = await case.post("suspend")
    anew = await case.post("activate", happened_on="2090-03-29")

    assert [each.status_code for each in (first, again, moved, back, twice, anew)] == [200] * 6
    assert [each.json()["state"] for each in (first, moved, back, anew)] == ["open", "open", "waiting", "open"]
    assert first.json()["due_at"] == "2090-03-14T00:00:00+07:00"  # until the end of Monday, the 13th
    assert moved.json()["due_at"] == "2090-03-21T00:00:00+07:00"
    told = await case.news()
    changes = [(kind == ObligationOpened.type or data["change"], data["version"]) for kind, data in told]
    assert changes == [(True, 2), ("activated", 3), ("suspended", 4), ("activated", 5)]
    assert [data["state"] for kind, data in told if kind == ObligationChanged.type] == ["open", "waiting", "open"]


async def test_what_was_answered_is_not_taken_back(case, signer) -> None:
    await case.begin()
    await case.post("activate", happened_on="2090-03-15")
    await tell(case.frame, await case.answered(SubmissionSubmitted, 1, place=2))

    refused, moved = await case.post("suspend"), await case.post("activate", happened_on="2090-03-16")

    assert [(each.status_code, each.json()["state"]) for each in (refused, moved)] == [(409, "submitted")] * 2
    stranger = await case.post("suspend", who=signer.bearer(("desk_officer", "U-XA-1")))
    theirs = await case.post("activate", happened_on="2090-03-16", who=signer.bearer(("reporter", "U-THPT-1")))
    assert (stranger.status_code, theirs.status_code) == (404, 403)
    assert (await case.post("activate", 0, happened_on="2090-03-16")).json()["code"] == "nothing-awaited"


async def test_a_document_that_follows_opens_and_its_recall_takes_back(case, desk, survey, leader) -> None:
    survey["requirements"][2]["condition"] = {"kind": "document_issued"}
    await case.begin()
    schedule = copy.deepcopy(survey)
    schedule["requirements"] = [survey["requirements"][0] | {"audience": {"include": ["U-THPT-2"]}}]
    schedule["relations"] = [{"kind": "refers_to", "directive_id": case.issued["directive_id"]}]

    issued = await desk.issued(schedule)
    assert await case.states(2) == ["waiting", "open"]
    reason = {"reason": "Lịch chưa đúng"}
    recalled = await desk.client.post(f"/directives/{issued['directive_id']}/recall", json=reason, headers=leader)

    assert recalled.status_code == 200
    assert await case.states(2) == ["waiting", "waiting"]


async def test_nothing_becomes_owed_of_what_is_over(case, desk, leader) -> None:
    await case.begin()
    accepted = await case.answered(SubmissionAccepted, 2)
    path = f"/directives/{case.issued['directive_id']}/recall"
    assert (await desk.client.post(path, json={"reason": "Nhầm"}, headers=leader)).status_code == 200

    await tell(case.frame, accepted)

    assert await case.states(1) == ["recalled", "recalled"]
    refused = await case.post("activate", happened_on="2090-03-15")
    assert (refused.status_code, refused.json()["state"]) == (409, "recalled")


async def test_what_waits_when_its_directive_closes_is_owed_never_and_its_units_are_told(case, desk, officer) -> None:
    await case.begin()
    accepted = await case.answered(SubmissionAccepted, 2)
    for unit in ("U-THPT-1", "U-THPT-2"):
        path = f"/obligations/{(await case.owed(0, unit))['obligation_id']}/exempt"
        assert (await desk.client.post(path, json={"reason": "Miễn"}, headers=officer)).status_code == 200
    before = len(await case.news())
    path = f"/directives/{case.issued['directive_id']}/close"
    assert (await desk.client.post(path, json={"reason": "Đã xong"}, headers=officer)).status_code == 200
    *changes, (last, _) = (await case.news())[before:]
    told = [data for _, data in changes]

    await tell(case.frame, accepted)

    assert last == "directives.directive.closed.v1"
    assert await case.states(1) == await case.states(2) == ["exempt", "exempt"]
    assert sorted((each["change"], each["state"], each["unit_id"]) for each in told) == sorted(
        [("exempted", "exempt", unit) for unit in ("U-THPT-1", "U-THPT-2")] * 2
    )
    assert (await desk.client.post(path, json={"reason": "Đã xong"}, headers=officer)).status_code == 200
    assert len(await case.news()) == before + len(told) + 1
    refused = await case.post("reopen")
    assert (refused.status_code, refused.json()["state"]) == (409, "closed")
    refused = await case.post("activate", happened_on="2090-03-15")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-owed")


async def test_what_goes_on_from_what_had_happened_is_owed_at_once(case, desk, survey) -> None:
    await case.begin()
    await case.post("activate", happened_on="2090-03-15")
    new = copy.deepcopy(survey)
    new["relations"] = [{"kind": "replaces", "directive_id": case.issued["directive_id"]}]
    for each, same_as in zip(new["requirements"], case.ids, strict=True):
        each["same_as"] = same_as

    again = await desk.issued(new)

    case.ids = [each["requirement_id"] for each in again["requirements"]]
    owed = [await case.owed(place, directive_id=again["directive_id"]) for place in range(3)]
    assert [each["state"] for each in owed] == ["open", "waiting", "open"]
    assert owed[2]["due_at"] == "2090-03-13T17:00:00Z"


async def test_who_would_wait_for_ever_keeps_it_from_being_issued(desk, frame, survey) -> None:
    survey["requirements"][1]["audience"] = {"unit_types": ["thpt", "phong_vhxh"]}
    directive_id = await desk.numbered(survey)

    answer = await desk.issue(directive_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "condition-unmeetable")
    assert answer.json()["units"] == ["U-XA-1", "U-XA-2"]
    assert await waiting_events(frame) == []


async def test_a_circle_of_conditions_is_no_draft(client, officer, rows, survey) -> None:
    before = await rows()
    survey["requirements"][0]["condition"] = {"kind": "answer_accepted", "of": 1}

    answer = await client.post("/directives", json=survey, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "condition-in-circle")
    assert answer.json()["titles"] == ["Đăng ký lịch khảo sát", "Báo cáo", "Đăng ký lịch khảo sát"]
    assert await rows() == before
