"""A leader takes an issued directive back: nothing of it is owed any more but what was accepted, and all are told."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chassis.testing import tell, waiting_events
from contracts.submissions import SubmissionAccepted

CHANGED = "directives.obligation.changed.v1"
WHY = "Văn bản ban hành nhầm đối tượng."


@pytest.fixture
def recall(client, leader):
    async def ask(directive_id, reason=WHY, who=leader):
        return await client.post(f"/directives/{directive_id}/recall", json={"reason": reason}, headers=who)

    return ask


@pytest.fixture
def told(frame):
    async def read():
        return [each["data"] for each in await waiting_events(frame) if each["type"] == CHANGED]

    return read


async def test_everyone_who_owed_is_told_and_owes_no_more(desk, letter, recall, told, client, signer) -> None:
    issued = await desk.issued(letter)
    directive_id = issued["directive_id"]
    other = await desk.issued(letter)

    answer = await recall(directive_id)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["recalled"]["reason"]) == ("recalled", WHY)
    owed = await desk.obligations(directive_id)
    assert {each["state"] for each in owed} == {"recalled"}
    events = await told()
    assert {each["obligation_id"] for each in events} == {each["obligation_id"] for each in owed}
    assert {(each["change"], each["state"], each["version"]) for each in events} == {("recalled", "recalled", 2)}
    assert {each["state"] for each in await desk.obligations(other["directive_id"])} == {"open"}
    school = signer.bearer(("reporter", "U-THCS-1"))
    read = await client.get(f"/directives/{directive_id}", headers=school)
    assert (read.status_code, read.json()["state"]) == (200, "recalled"), "who was asked sees that it was recalled"


async def test_what_was_accepted_and_who_was_exempt_stay(frame, desk, letter, recall, client, officer) -> None:
    issued = await desk.issued(letter)
    owed = {each["unit_id"]: each["obligation_id"] for each in await desk.obligations(issued["directive_id"])}
    about = dict.fromkeys(("submission_id", "directive_id", "requirement_id", "reviewed_by"), uuid4())
    units = dict.fromkeys(("unit_id", "answering_unit_id"), "U-THCS-1")
    at = datetime.now(UTC)
    accepted = {"obligation_id": owed["U-THCS-1"], "version": 2, "number": 1}
    await tell(frame, SubmissionAccepted(occurred_at=at, **accepted, **about, **units))
    exempt = f"/obligations/{owed['U-THCS-2']}/exempt"
    assert (await client.post(exempt, json={"reason": "Trường mới."}, headers=officer)).status_code == 200

    await recall(issued["directive_id"])

    after = {each["unit_id"]: each["state"] for each in await desk.obligations(issued["directive_id"])}
    assert (after.pop("U-THCS-1"), after.pop("U-THCS-2")) == ("open", "exempt")
    assert set(after.values()) == {"recalled"}


async def test_recalled_again_or_twice_at_once_it_is_recalled_once(desk, letter, recall, rows) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    first, second = await asyncio.gather(recall(directive_id), recall(directive_id, "Lý do khác."))
    before = await rows()

    again = await recall(directive_id, "Lý do thứ ba.")

    assert first.json() == second.json() == again.json()
    assert await rows() == before
    assert len(before["obligation_changes"]) == len(before["obligations"])


async def test_what_is_recalled_is_not_reopened_or_exempted(desk, letter, recall, client, officer, rows) -> None:
    issued = await desk.issued(letter)
    await recall(issued["directive_id"])
    [first, *_] = await desk.obligations(issued["directive_id"])
    before = await rows()
    for verb in ("reopen", "exempt"):
        path = f"/obligations/{first['obligation_id']}/{verb}"
        answer = await client.post(path, json={"reason": WHY}, headers=officer)
        assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "not-owed", "recalled")
    assert await rows() == before


async def test_only_what_was_issued_is_recalled(desk, letter, recall, rows) -> None:
    for made in (desk.draft, desk.signed, desk.numbered):
        directive_id = await made(letter)
        before = await rows()
        answer = await recall(directive_id)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-now")
        assert await rows() == before


async def test_nobody_recalls_who_may_not_sign(desk, letter, recall, rows, signer, officer, clerk) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    before = await rows()
    for who in (officer, clerk, signer.bearer(("reporter", "U-THCS-1"))):
        assert (await recall(directive_id, who=who)).status_code == 403
    for post in (("leader", "U-SO-X"), ("reporter", "U-NOBODY")):
        assert (await recall(directive_id, who=signer.bearer(post))).status_code == 404
    for reason in ("", " ", "x" * 2001, None, 7):
        assert (await recall(directive_id, reason)).status_code == 422
    assert await rows() == before
