"""An issuer sees all its directives at a glance, newest first, and how far the answers to each have come."""

from datetime import UTC, datetime

import pytest

from chassis.testing import tell
from chassis.transaction import new_id
from contracts.submissions import SubmissionSubmitted


async def glances(client, headers, **query):
    answer = await client.get("/directives", params={"issuer_unit_id": "U-SO", **query}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["directives"]


async def test_drafts_and_what_was_issued_are_listed_with_what_they_are_owed(
    frame, client, desk, officer, clerk, letter
) -> None:
    issued = (await desk.issued(letter))["directive_id"]
    draft = await desk.draft(letter)
    told = (await client.get(f"/directives/{issued}/obligations", headers=officer)).json()["obligations"]

    newest, oldest = await glances(client, officer)

    assert (newest["directive_id"], newest["state"], newest["code"]) == (draft, "draft", None)
    assert set(newest["answers"].values()) == {0}
    assert (oldest["directive_id"], oldest["state"]) == (issued, "issued")
    assert sum(oldest["answers"].values()) == len(told)
    assert [each["directive_id"] for each in await glances(client, clerk, limit=1)] == [draft]
    assert [each["directive_id"] for each in await glances(client, clerk, before=draft)] == [issued]


async def test_an_answer_is_counted_where_it_stands(frame, client, desk, officer, letter, signer) -> None:
    issued = (await desk.issued(letter))["directive_id"]
    owed = (await client.get(f"/directives/{issued}/obligations", headers=officer)).json()["obligations"]
    [before] = await glances(client, officer)
    await tell(
        frame,
        SubmissionSubmitted(
            submission_id=new_id(),
            version=1,
            number=1,
            obligation_id=owed[0]["obligation_id"],
            requirement_id=owed[0]["requirement_id"],
            directive_id=issued,
            unit_id=owed[0]["unit_id"],
            answering_unit_id=owed[0]["answering_unit_id"],
            submitted_by=new_id(),
            occurred_at=datetime.now(UTC),
            is_late=False,
            is_nil=False,
            values=(),
            media_ids=(),
        ),
    )

    [after] = await glances(client, officer)

    assert after["answers"]["submitted"] == before["answers"]["submitted"] + 1
    assert sum(after["answers"].values()) == sum(before["answers"].values())

    async def those(**asked):
        told = await client.get(f"/directives/{issued}/obligations", params=asked, headers=officer)
        return {each["obligation_id"] for each in told.json()["obligations"]}

    assert await those(answer_state="submitted") == {owed[0]["obligation_id"]}
    answered_by = owed[0]["answering_unit_id"]
    expected = {each["obligation_id"] for each in owed if each["answering_unit_id"] == answered_by}
    assert await those(answered_by=answered_by) == expected
    assert await those(answered_by=answered_by, answer_state="accepted") == set()

    # The board says the same of everybody, some by some.
    board = (await client.get(f"/directives/{issued}/board", params={"limit": 2}, headers=officer)).json()
    assert sum(count for of_one in board["counts"].values() for count in of_one.values()) == len(owed)
    assert board["everyone"] == board["found"] == len({each["unit_id"] for each in owed})
    assert (len(board["lines"]), board["units"]["submitted"]) == (2, 1)
    asked = {"state": "submitted"}
    [line] = (await client.get(f"/directives/{issued}/board", params=asked, headers=officer)).json()["lines"]
    assert (line["unit_id"], line["name"]) == (owed[0]["unit_id"], owed[0]["name"])
    stands = {each["obligation_id"]: (each["shown"], datetime.fromisoformat(each["due_at"])) for each in line["stands"]}
    assert stands[owed[0]["obligation_id"]] == ("submitted", datetime.fromisoformat(owed[0]["due_at"]))
    beneath = (await client.get(f"/directives/{issued}/board", params={"under": "U-XA-1"}, headers=officer)).json()
    assert {each["unit_id"] for each in beneath["lines"]} == {"U-XA-1", "U-THCS-1"}
    assert beneath["everyone"] == board["everyone"] > beneath["found"]
    school = signer.bearer(("reporter", "U-THCS-1"))
    mine = (await client.get(f"/directives/{issued}/board", headers=school)).json()
    allowed = (await client.get(f"/directives/{issued}/obligations", headers=school)).json()["obligations"]
    assert {each["unit_id"] for each in mine["lines"]} == {each["unit_id"] for each in allowed}
    assert mine["everyone"] == len(mine["lines"]) < board["everyone"]
    stranger = signer.bearer(("reporter", "U-NOWHERE"))
    assert (await client.get(f"/directives/{issued}/board", headers=stranger)).status_code == 404


async def test_of_several_units_one_is_told_what_those_owe_that_one_may_see(
    client, desk, officer, signer, letter
) -> None:
    await desk.issued(letter)
    reporter = signer.bearer(("reporter", "U-THCS-1"))

    async def owed(headers, *units):
        answer = await client.get("/obligations", params={"unit_id": units}, headers=headers)
        return answer.status_code, [each["obligation_id"] for each in answer.json().get("obligations", ())]

    one, other, both = [await owed(officer, *units) for units in (["U-THCS-1"], ["U-THCS-2"], ["U-THCS-1", "U-THCS-2"])]

    assert sorted(both[1]) == sorted({*one[1], *other[1]})
    assert len(both[1]) > len(one[1]) > 0
    assert await owed(reporter, "U-THCS-2", "U-THCS-1") == one
    assert await owed(reporter, "U-THCS-2") == (404, [])


@pytest.mark.parametrize("role", ["reporter", "unit_head", "commune_officer", "viewer", "administrator"])
async def test_who_does_not_write_for_the_issuer_sees_no_list(client, desk, signer, letter, role) -> None:
    await desk.issued(letter)

    answer = await client.get("/directives", params={"issuer_unit_id": "U-SO"}, headers=signer.bearer((role, "U-SO")))

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
