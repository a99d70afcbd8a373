"""An issued directive is corrected, closed, recalled or replaced: which may follow on which, and that it ends once."""

import copy
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chassis.testing import tell, waiting_events
from contracts.submissions import SubmissionAccepted

WHY = "Đã xong."
PATHS = {"corrected": "corrections", "closed": "close", "recalled": "recall"}


@pytest.fixture
def plain(letter):
    """A letter that asks for nothing, so that it may be closed at once."""
    return {**letter, "requirements": [], "recipients": []}


@pytest.fixture
def make(client, desk, plain):
    """Let something become of a directive; the answer says what it is then, or why not."""

    async def become(directive_id, end):
        if end == "replaced":
            relation = {"kind": "replaces", "directive_id": directive_id}
            draft = await client.post("/directives", json={**plain, "relations": [relation]}, headers=desk.officer)
            if draft.status_code != 201:
                return draft
            new = draft.json()["directive_id"]
            await desk.sign(new)
            await desk.number(new)
            assert (await desk.issue(new)).status_code == 200
            return await client.get(f"/directives/{directive_id}", headers=desk.officer)
        headers = {"corrected": desk.clerk, "closed": desk.officer, "recalled": desk.leader}[end]
        body = {"what": "Sai tên người ký."} if end == "corrected" else {"reason": WHY}
        return await client.post(f"/directives/{directive_id}/{PATHS[end]}", json=body, headers=headers)

    return become


@pytest.mark.parametrize(
    ("was", "then", "becomes"),
    [
        ("issued", "corrected", "corrected"),
        ("issued", "closed", "closed"),
        ("issued", "recalled", "recalled"),
        ("issued", "replaced", "replaced"),
        ("corrected", "corrected", "corrected"),
        ("corrected", "closed", "closed"),
        ("corrected", "recalled", "recalled"),
        ("corrected", "replaced", "replaced"),
        ("closed", "corrected", "closed"),
        ("closed", "closed", "closed"),
        ("closed", "recalled", "recalled"),
        ("closed", "replaced", "replaced"),
        ("recalled", "corrected", "not-now"),
        ("recalled", "closed", "not-now"),
        ("recalled", "recalled", "recalled"),
        ("recalled", "replaced", "not-in-force"),
        ("replaced", "corrected", "not-now"),
        ("replaced", "closed", "not-now"),
        ("replaced", "recalled", "not-now"),
        ("replaced", "replaced", "not-in-force"),
    ],
)
async def test_what_is_in_force_goes_on_and_what_ended_does_not(make, desk, plain, rows, was, then, becomes) -> None:
    directive_id = (await desk.issued(plain))["directive_id"]
    if was != "issued":
        assert (await make(directive_id, was)).json()["state"] == was
    before = await rows()

    answer = await make(directive_id, then)

    found = answer.json()
    if becomes.startswith("not"):
        assert (answer.status_code, found["code"], found["state"]) == (409, becomes, was)
    else:
        assert (answer.status_code, found["state"]) == (200, becomes)
    if becomes.startswith("not") or was == then:
        assert await rows() == before


@pytest.mark.parametrize("then", ["corrected", "closed", "recalled", "replaced"])
async def test_nothing_becomes_of_what_is_not_out(make, desk, plain, rows, then) -> None:
    directive_id = await desk.numbered(plain)
    before = await rows()

    answer = await make(directive_id, then)

    assert (answer.status_code, answer.json()["state"]) == (409, "numbered")
    assert await rows() == before


@pytest.mark.parametrize("was", ["corrected", "closed"])
async def test_what_was_corrected_or_closed_may_be_named_and_what_ended_may_not(make, desk, plain, client, was) -> None:
    old = await desk.issued(plain)
    await make(old["directive_id"], was)
    for kind in ("amends", "implements", "refers_to"):
        relation = {"kind": kind, "directive_id": old["directive_id"]}
        await desk.draft({**plain, "relations": [relation]})
    await make(old["directive_id"], "recalled")
    refused = await client.post("/directives", json={**plain, "relations": [relation]}, headers=desk.officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-in-force")


async def test_accepted_work_of_a_closed_directive_goes_on_under_the_one_that_replaces_it(
    frame, make, desk, letter, client
) -> None:
    letter["requirements"] = letter["requirements"][:1]
    letter["requirements"][0]["audience"] = {"include": ["U-THCS-1", "U-THCS-2"]}
    old = await desk.issued(letter)
    done, exempt = await desk.obligations(old["directive_id"])
    about = dict.fromkeys(("submission_id", "directive_id", "requirement_id", "reviewed_by"), uuid4())
    units = {name: done[name] for name in ("unit_id", "answering_unit_id")}
    accepted = {"obligation_id": done["obligation_id"], "version": 2, "number": 1, **about, **units}
    await tell(frame, SubmissionAccepted(occurred_at=datetime.now(UTC), **accepted))
    path = f"/obligations/{exempt['obligation_id']}/exempt"
    assert (await client.post(path, json={"reason": WHY}, headers=desk.officer)).status_code == 200
    assert (await make(old["directive_id"], "closed")).json()["state"] == "closed"
    new = copy.deepcopy(letter)
    new["requirements"][0]["same_as"] = old["requirements"][0]["requirement_id"]

    issued = await desk.issued({**new, "relations": [{"kind": "replaces", "directive_id": old["directive_id"]}]})

    now = {each["unit_id"]: each for each in await desk.obligations(issued["directive_id"])}
    assert now["U-THCS-1"]["continues"] == done["obligation_id"]
    assert now["U-THCS-2"]["state"] == "exempt"


async def test_what_is_to_be_corrected_must_be_in_force_still_when_the_correction_goes_out(
    make, desk, plain, rows
) -> None:
    old = await desk.issued(plain)
    relation = {"kind": "corrects", "directive_id": old["directive_id"]}
    correcting = await desk.numbered({**plain, "relations": [relation]})
    await make(old["directive_id"], "recalled")
    before = await rows()

    answer = await desk.issue(correcting)

    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "not-in-force", "recalled")
    assert await rows() == before


@pytest.mark.parametrize("end", ["recalled", "replaced", "closed"])
async def test_nobody_owes_anything_again_of_what_is_over(make, desk, letter, client, rows, end) -> None:
    letter["requirements"] = letter["requirements"][:1]
    letter["requirements"][0]["audience"] = {"include": ["U-THCS-1"]}
    old = await desk.issued(letter)
    [owed] = await desk.obligations(old["directive_id"])
    path = f"/obligations/{owed['obligation_id']}"
    assert (await client.post(f"{path}/exempt", json={"reason": WHY}, headers=desk.officer)).status_code == 200
    assert (await make(old["directive_id"], end)).json()["state"] == end
    before = await rows()

    answer = await client.post(f"{path}/reopen", json={"reason": WHY}, headers=desk.officer)

    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "not-owed", end)
    assert await rows() == before


async def test_an_exemption_taken_back_while_the_directive_is_recalled_leaves_nothing_owed(
    make, desk, letter, client, all_at_once
) -> None:
    letter["requirements"] = letter["requirements"][:1]
    letter["requirements"][0]["audience"] = {"include": ["U-THCS-1"]}
    for _ in range(6):
        old = await desk.issued(letter)
        [owed] = await desk.obligations(old["directive_id"])
        path = f"/obligations/{owed['obligation_id']}"
        await client.post(f"{path}/exempt", json={"reason": WHY}, headers=desk.officer)
        reopened, _ = await all_at_once(
            [
                client.post(f"{path}/reopen", json={"reason": WHY}, headers=desk.officer),
                make(old["directive_id"], "recalled"),
            ]
        )
        [left] = await desk.obligations(old["directive_id"])
        assert left["state"] == ("recalled" if reopened.status_code == 200 else "exempt")


@pytest.mark.parametrize("end", ["recalled", "replaced", "closed"])
async def test_nobody_is_waited_for_once_it_is_over_and_all_are_told(make, desk, plain, client, frame, end) -> None:
    acting = {"name": "Trường THCS 1", "purpose": "execute", "audience": {"include": ["U-THCS-1"]}}
    old = await desk.issued({**plain, "recipients": [acting], "implement_by": "2026-11-21T00:00:00+07:00"})
    path = f"/directives/{old['directive_id']}"
    found = (await client.get(f"{path}/deliveries", headers=desk.officer)).json()
    assert (found["awaited"], found["acknowledge_by"] is None) == (1, False)

    await make(old["directive_id"], end)

    found = (await client.get(f"{path}/deliveries", headers=desk.officer)).json()
    assert (found["awaited"], found["acknowledge_by"], found["chase_from"]) == (0, None, None)
    told = [each["type"] for each in await waiting_events(frame) if each["data"].get("directive_id") == path[12:]]
    assert told.count(f"directives.directive.{end}.v1") == 1
    [unit] = (await client.get(f"{path}/cascade", headers=desk.officer)).json()["units"]
    assert not unit["is_late"]


# Drafts that name others.


@pytest.fixture
def put(client, desk):
    async def edit(directive_id, letter, revision):
        return await client.put(
            f"/directives/{directive_id}", json={**letter, "revision": revision}, headers=desk.officer
        )

    return edit


async def test_whom_a_draft_names_may_change_until_it_is_signed(desk, plain, put, rows) -> None:
    first, second = [await desk.issued(plain) for _ in range(2)]
    named = [{"kind": "replaces", "directive_id": each["directive_id"]} for each in (first, second)]
    draft = await desk.draft({**plain, "relations": named[:1]})

    changed = (await put(draft, {**plain, "relations": named[1:]}, 1)).json()
    before = await rows()
    again = (await put(draft, {**plain, "relations": named[1:]}, 1)).json()

    assert (changed["revision"], again["revision"]) == (2, 2)
    assert again["relations"] == [{**named[1], "code": second["code"]}]
    assert await rows() == before
    late = await put(draft, {**plain, "relations": named}, 1)
    assert (late.json()["code"], late.json()["fields"]) == ("draft-changed", ["relations"])
    none = (await put(draft, plain, 2)).json()
    assert (none["revision"], none["relations"]) == (3, [])


async def test_an_edit_is_refused_as_a_draft_would_be(desk, letter, plain, put, rows, client) -> None:
    old = await desk.issued(letter)
    report = old["requirements"][0]["requirement_id"]
    draft = await desk.draft(plain)
    relation = {"kind": "replaces", "directive_id": old["directive_id"]}
    same = copy.deepcopy(letter)
    same["requirements"][0]["same_as"] = report
    other = copy.deepcopy(same)
    other["requirements"][0]["periods"] = ["2024-2025"]
    nobody = {"name": "Phòng GDPT", "purpose": "inform", "audience": {}}
    unheard = {**nobody, "audience": {"unit_types": ["khong_co"]}}
    before = await rows()
    for body, code in (
        (same, "same-as-unfit"),
        ({**other, "relations": [relation]}, "not-the-same"),
        ({**plain, "relations": [relation, relation]}, "relation-unfit"),
        ({**plain, "relations": [{**relation, "directive_id": draft}]}, "not-in-force"),
        ({**plain, "relations": [{**relation, "directive_id": str(uuid4())}]}, "not-found"),
        ({**plain, "recipients": [nobody]}, "audience-unsaid"),
        ({**plain, "recipients": [unheard]}, "audience-unheard-of"),
    ):
        answer = await put(draft, body, 1)
        assert answer.json()["code"] == code, answer.text
        if code.startswith("audience"):
            assert answer.json()["where"] == "recipients.0.audience"
        assert (await client.post("/directives", json=body, headers=desk.officer)).json()["code"] == code
        assert await rows() == before
    kept = (await put(draft, {**same, "relations": [relation]}, 1)).json()
    assert kept["requirements"][0]["same_as"] == report


async def test_recipients_are_chosen_as_an_audience_is_and_kept_as_written(desk, plain, client) -> None:
    selector = {"any_of": [{"types": ["thcs"], "under": [{"unit_id": "U-XA-1"}]}]}
    copies = {"name": "Các trường THCS của xã 1", "purpose": "inform", "audience": {"selector": selector}}

    issued = await desk.issued({**plain, "recipients": [copies]})

    path = f"/directives/{issued['directive_id']}/deliveries"
    found = (await client.get(path, headers=desk.officer)).json()["deliveries"]
    assert [(each["unit_id"], each["purpose"]) for each in found] == [("U-THCS-1", "inform")]
    assert issued["recipients"][0]["audience"]["selector"] == selector
    assert issued["recipients"][0]["audience"]["unit_types"] is None
