"""Returned field by field, withdrawn, corrected by permission, accepted together, compared, read and talked about."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.testing import tell
from chassis.transaction import new_id
from contracts.directives import AnsweringAsked

LESSONS = "values/stem.lessons/2025-2026"


def told(answer) -> tuple:
    return answer.status_code, answer.json().get("code")


@pytest.fixture
async def submission_id(desk, reporter) -> str:
    return (await desk.submit(reporter)).json()["submission_id"]


def post(desk, path: str, who, body: dict):
    return desk.ask("POST", path, who, json=body)


async def kinds(record) -> list[str]:
    return [kind.removeprefix("submissions.").removesuffix(".v1") for kind, _ in await record.events()]


async def test_reasons_are_given_field_by_field(desk, record, reporter, officer, submission_id) -> None:
    body = {"number": 1, "reason": "Cần sửa.", "fields": [{"field": LESSONS, "reason": "Khác báo cáo học kỳ I."}]}
    path = f"/submissions/{submission_id}/return"

    wrong = {**body, "fields": [*body["fields"], {"field": f"media_ids/{uuid4()}", "reason": "Mờ."}]}
    assert told(await post(desk, path, officer, wrong)) == (422, "fields-not-taken")
    returned = await post(desk, path, officer, body)
    again = await post(desk, path, officer, body)

    assert returned.status_code == 200
    assert again.json() == returned.json()
    [version] = (await desk.read(reporter)).json()["versions"]
    assert version["review"]["fields"] == body["fields"]
    assert await kinds(record) == ["submission.submitted", "submission.returned"]
    assert told(await post(desk, path, officer, {**body, "fields": []})) == (409, "not-now")


async def test_what_is_returned_is_due_again_by_the_rule(owe, asked, record, reporter, officer) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    desk = await owe(asked.report(answering=AnsweringAsked(revision_days=2), closes_at=datetime.now(UTC)), due_at=past)
    [row] = await record.rows("obligations")
    await record.change("UPDATE obligations SET closes_at = now() + interval '1 hour'")
    first = (await desk.submit(reporter)).json()
    returned = await desk.return_(officer, first["submission_id"], 1)
    await record.change("UPDATE obligations SET closes_at = now() - interval '1 hour'")

    second = await desk.submit(reporter, asked.answer(lessons=13))

    [*_, (_, event), _] = await record.events()
    assert event["due_again_at"] == returned.json()["due_again_at"] is not None
    assert (first["is_late"], second.status_code, second.json()["is_late"]) == (True, 201, True)
    assert row["due_at"] == past


async def test_a_unit_takes_its_answer_back_and_sends_another(desk, record, reporter, officer, submission_id) -> None:
    path = f"/submissions/{submission_id}/withdraw"

    withdrawn = await post(desk, path, reporter, {"number": 1})
    again = await post(desk, path, reporter, {"number": 1})

    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert again.json() == withdrawn.json()
    assert told(await desk.accept(officer, submission_id, 1)) == (409, "not-now")
    assert (await desk.submit(reporter)).json()["number"] == 2
    assert await kinds(record) == ["submission.submitted", "submission.withdrawn", "submission.submitted"]


async def test_what_was_reviewed_is_not_withdrawn(desk, reporter, officer, submission_id) -> None:
    await desk.accept(officer, submission_id, 1)

    assert told(await post(desk, f"/submissions/{submission_id}/withdraw", reporter, {"number": 1})) == (409, "not-now")
    assert told(await post(desk, f"/submissions/{submission_id}/withdraw", officer, {"number": 1}))[0] == 403


async def test_what_was_accepted_is_corrected_once_by_permission(
    desk, record, reporter, officer, asked, submission_id
) -> None:
    ask = f"/submissions/{submission_id}/corrections"
    assert told(await post(desk, ask, reporter, {"reason": "Nhầm."})) == (409, "no-need-to-ask")
    await desk.accept(officer, submission_id, 1)

    correction = (await post(desk, ask, reporter, {"reason": "Nhầm số bài học."})).json()
    same = (await post(desk, ask, reporter, {"reason": "Nhầm số bài học."})).json()
    other = await post(desk, ask, reporter, {"reason": "Khác."})

    assert same == correction
    assert told(other) == (409, "asked-already")
    assert told(await desk.submit(reporter, asked.answer(lessons=20))) == (409, "already-accepted")

    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    grant = f"/corrections/{correction['correction_id']}/grant"
    assert told(await post(desk, grant, reporter, {"until": until}))[0] == 403
    granted = await post(desk, grant, officer, {"until": until})
    assert (await post(desk, grant, officer, {"until": until})).json() == granted.json()
    refusal = f"/corrections/{correction['correction_id']}/refuse"
    assert told(await post(desk, refusal, officer, {"reason": "Không."})) == (409, "decided-already")
    assert (await desk.read(reporter)).json()["state"] == "accepted"  # what stands counts until the new one is sent

    corrected = await desk.submit(reporter, asked.answer(lessons=20))

    assert (corrected.status_code, corrected.json()["number"]) == (201, 2)
    withdraw = f"/submissions/{submission_id}/withdraw"
    assert told(await post(desk, withdraw, reporter, {"number": 2})) == (409, "already-accepted")
    await desk.accept(officer, submission_id, 2)
    assert told(await desk.submit(reporter)) == (409, "already-accepted")  # the permission was for one version
    assert await kinds(record) == [
        "submission.submitted",
        "submission.accepted",
        "correction.asked",
        "correction.granted",
        "submission.submitted",
        "submission.accepted",
    ]


async def test_a_refused_correction_leaves_everything(desk, record, reporter, officer, submission_id) -> None:
    await desk.accept(officer, submission_id, 1)
    asked_for = (await post(desk, f"/submissions/{submission_id}/corrections", reporter, {"reason": "Nhầm."})).json()

    path = f"/corrections/{asked_for['correction_id']}/refuse"
    refused = await post(desk, path, officer, {"reason": "Đã công bố."})

    assert (refused.json()["outcome"], refused.json()["answer"]) == ("refused", "Đã công bố.")
    assert told(await desk.submit(reporter)) == (409, "already-accepted")
    listed = (await desk.ask("GET", f"/submissions/{submission_id}/corrections", reporter)).json()["corrections"]
    assert listed == [refused.json()]


async def test_many_are_accepted_together_and_exceptions_are_listed(
    frame, client, owe, asked, record, reporter, officer, stranger
) -> None:
    requirement = asked.report()
    directive = asked.directive(requirement)
    obligations = [asked.obligation(directive) for _ in range(4)]
    await tell(frame, directive, *obligations)
    sent = []
    for each in obligations:
        path = f"/obligations/{each.obligation_id}/submissions"
        headers = {**reporter, "Idempotency-Key": f"key-{uuid4()}"}
        sent.append((await client.post(path, json=asked.answer(), headers=headers)).json()["submission_id"])
    elsewhere = (await (await owe()).submit(reporter)).json()["submission_id"]
    reviewed = {"number": 1, "reason": "Thiếu."}
    await client.post(f"/submissions/{sent[0]}/return", json=reviewed, headers=officer)
    chosen = [{"submission_id": each, "number": 1} for each in (*sent[:3], elsewhere)]
    path = f"/requirements/{requirement.requirement_id}/acceptances"

    answer = (await client.post(path, json={"submissions": chosen}, headers=officer)).json()

    assert sorted(each["submission_id"] for each in answer["accepted"]) == sorted(sent[1:3])
    assert {each["submission_id"]: each["code"] for each in answer["exceptions"]} == {
        sent[0]: "not-now",
        elsewhere: "not-found",
    }
    listed = await client.get(f"/requirements/{requirement.requirement_id}/submissions", headers=officer)
    states = {each["submission_id"]: each["state"] for each in listed.json()["submissions"]}
    assert states == dict(zip(sent, ["returned", "accepted", "accepted", "submitted"], strict=True))
    written = f"/requirements/{requirement.requirement_id}/narratives"
    page = (await client.get(f"{written}?limit=2", headers=officer)).json()
    rest = (await client.get(f"{written}?limit=2&after={page['next_after']}", headers=officer)).json()
    solutions = [
        each
        for one in (page, rest)
        for heading in one["sections"]
        if heading["code"] == "solutions"
        for each in heading["written"]
    ]
    assert [each["submission_id"] for each in solutions] == sent[1:]  # not the one that was sent back
    assert {each["words"] for each in solutions} == {"Sinh hoạt theo cụm."}
    assert rest["next_after"] is None
    waiting = f"/requirements/{requirement.requirement_id}/submissions?state=submitted"
    assert len((await client.get(waiting, headers=officer)).json()["submissions"]) == 1
    for who in (reporter, stranger):
        assert told(await client.post(path, json={"submissions": chosen}, headers=who)) == (404, "not-found")
        assert told(await client.get(waiting, headers=who)) == (404, "not-found")
        assert told(await client.get(written, headers=who)) == (404, "not-found")


async def test_versions_are_compared_field_by_field(desk, reporter, officer, asked, submission_id) -> None:
    await desk.submit(reporter, asked.answer(lessons=20, narrative={"solutions": "Theo cụm."}))

    compared = await desk.ask("GET", f"/submissions/{submission_id}/differences?before=1&now=2", officer)

    assert {each["field"]: (each["before"], each["now"]) for each in compared.json()["fields"]} == {
        LESSONS: (12, 20),
        "narrative/documents": (["Kế hoạch 12/KH", "Kế hoạch 15/KH"], None),
        "narrative/solutions": ("Sinh hoạt theo cụm.", "Theo cụm."),
    }
    missing = await desk.ask("GET", f"/submissions/{submission_id}/differences?before=1&now=3", officer)
    assert told(missing) == (404, "not-found")


async def test_what_is_new_is_unread_until_it_is_read(desk, reporter, officer, record, submission_id) -> None:
    [row] = await record.rows("obligations")
    path = f"/requirements/{row['requirement_id']}/submissions"

    async def unread() -> tuple[bool, int]:
        [listed] = (await desk.ask("GET", path, officer)).json()["submissions"]
        return listed["is_unread"], listed["unread_comments"]

    comment = f"/submissions/{submission_id}/comments/{new_id()}"
    assert await unread() == (True, 0)
    read = await post(desk, f"/submissions/{submission_id}/read", officer, {"number": 1})
    assert read.status_code == 204
    assert await unread() == (False, 0)
    said = await desk.ask("PUT", comment, reporter, json={"words": "Số liệu đến 31/5.", "field": LESSONS})
    again = await desk.ask("PUT", comment, reporter, json={"words": "Số liệu đến 31/5.", "field": LESSONS})
    assert again.json() == {**said.json(), "written_at": again.json()["written_at"]}
    assert await unread() == (False, 1)
    await desk.submit(reporter)
    assert await unread() == (True, 1)
    await post(desk, f"/submissions/{submission_id}/read", officer, {"number": 2})
    assert await unread() == (False, 0)
    assert (await kinds(record)).count("comment.added") == 1


async def test_both_sides_talk_and_nobody_else(desk, reporter, officer, stranger, signer, submission_id) -> None:
    path = f"/submissions/{submission_id}/comments"
    for who, side in ((reporter, "unit"), (officer, "desk")):
        said = await desk.ask("PUT", f"{path}/{new_id()}", who, json={"words": "Xin chào."})
        assert said.json()["side"] == side
    leader = signer.bearer(("leader", "SGD"))
    assert told(await desk.ask("PUT", f"{path}/{new_id()}", leader, json={"words": "x"})) == (403, "not-allowed")
    assert told(await desk.ask("PUT", f"{path}/{new_id()}", stranger, json={"words": "x"})) == (404, "not-found")
    assert len((await desk.ask("GET", path, officer)).json()["comments"]) == 2
    mine = (await desk.ask("GET", path, officer)).json()["comments"][0]["comment_id"]
    assert told(await desk.ask("PUT", f"{path}/{mine}", officer, json={"words": "x"})) == (404, "not-found")
