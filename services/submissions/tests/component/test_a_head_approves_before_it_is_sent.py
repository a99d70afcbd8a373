"""Where the requirement asks for it, the head of the unit approves a version of the draft before it is sent."""

from uuid import uuid4

import pytest

from chassis.transaction import new_id
from contracts.directives import AnsweringAsked

LESSONS = "values/stem.lessons/2025-2026"
WHOLE = {
    "values/stem.school_implementing/2025-2026": True,
    LESSONS: 12,
    "values/stem.research_projects/2025-2026": 3,
    "values/stem.research_projects_province/2025-2026": 1,
}


def told(answer) -> tuple:
    return answer.status_code, answer.json().get("code")


@pytest.fixture
async def desk(owe, asked):
    return await owe(asked.report(answering=AnsweringAsked(needs_approval=True)))


@pytest.fixture
def head(signer, asked):
    return signer.bearer(("unit_head", asked.school), person=new_id())


@pytest.fixture
def draft(desk):
    async def ask(verb: str, who, *, seen: int, **body):
        path = f"/obligations/{desk.obligation_id}/draft"
        headers = {"If-Match": f'"{seen}"', "Idempotency-Key": f"key-{uuid4()}"}
        if verb == "save":
            return await desk.ask("PATCH", path, who, headers=headers, json={"fields": body["fields"]})
        return await desk.ask("POST", f"{path}/{verb}", who, headers=headers, json=body or None)

    return ask


async def test_a_reporter_sends_what_the_head_approved_and_nothing_else(desk, draft, record, reporter, head) -> None:
    await draft("save", reporter, seen=0, fields=WHOLE)
    assert told(await draft("submission", reporter, seen=1)) == (409, "approval-needed")
    assert told(await desk.submit(reporter)) == (409, "approval-needed")

    handed_up = await draft("hand-up", reporter, seen=1)
    assert (await draft("hand-up", reporter, seen=1)).json() == handed_up.json()
    assert told(await draft("approve", reporter, seen=1)) == (403, "not-allowed")
    approved = await draft("approve", head, seen=1)
    assert (handed_up.json()["step"]["kind"], approved.json()["step"]["kind"]) == ("handed_up", "approved")

    await draft("save", reporter, seen=1, fields={LESSONS: 13})
    assert told(await draft("submission", reporter, seen=2)) == (409, "approval-needed")
    assert told(await draft("approve", head, seen=1)) == (412, "draft-moved-on")
    await draft("approve", head, seen=2)
    assert (await draft("submission", reporter, seen=2)).status_code == 201
    kinds = [kind.removeprefix("submissions.").removesuffix(".v1") for kind, _ in await record.events()]
    assert kinds == ["draft.presented", "draft.approved", "draft.approved", "submission.submitted"]


async def test_what_is_sent_back_says_why(draft, desk, record, reporter, head) -> None:
    await draft("save", reporter, seen=0, fields=WHOLE)
    assert told(await draft("send-back", head, seen=1, reason="Chưa đủ.")) == (409, "not-handed-up")
    await draft("hand-up", reporter, seen=1)

    await draft("send-back", head, seen=1, reason="Số bài học chưa đúng.")

    shown = (await desk.ask("GET", f"/obligations/{desk.obligation_id}/draft", reporter)).json()["step"]
    assert (shown["kind"], shown["reason"]) == ("sent_back", "Số bài học chưa đúng.")
    [_, (kind, event)] = await record.events()
    assert kind == "submissions.draft.declined.v1"
    assert event["handed_up_by"] is not None
    assert "Số bài học" not in str(event)


async def test_what_the_head_sends_is_approved_by_that(desk, draft, head, officer, stranger) -> None:
    assert (await desk.submit(head)).status_code == 201
    for who, refusal in ((officer, (403, "not-allowed")), (stranger, (404, "not-found"))):
        for verb, body in (("hand-up", {}), ("approve", {}), ("send-back", {"reason": "x"})):
            assert told(await draft(verb, who, seen=0, **body)) == refusal
