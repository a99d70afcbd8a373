"""A document may take another one back: when it is issued, nothing is owed of that one, and everyone is told."""

import copy

import pytest

from chassis.testing import waiting_events


@pytest.fixture
async def old(desk, letter):
    return await desk.issued(letter)


@pytest.fixture
def decision(letter, old):
    """Write the document that recalls the letter, and asks for nothing."""
    taken_back = copy.deepcopy(letter)
    everyone = {"name": "Như trên", "purpose": "inform", "audience": {"unit_types": ["thcs", "thpt", "phong_vhxh"]}}
    return taken_back | {
        "subject": "V/v thu hồi văn bản",
        "requirements": [],
        "recipients": [everyone],
        "relations": [{"kind": "recalls", "directive_id": old["directive_id"]}],
    }


async def test_what_is_recalled_by_another_is_owed_no_more_and_shows_by_which(
    client, desk, old, decision, officer, frame
) -> None:
    directive_id = await desk.numbered(decision)
    before = (await client.get(f"/directives/{old['directive_id']}", headers=officer)).json()
    known = len(await waiting_events(frame))

    issued = await desk.issue(directive_id)

    assert issued.status_code == 200, issued.text
    code = issued.json()["code"]
    assert before["state"] == "issued"  # a draft that names it changes nothing
    after = (await client.get(f"/directives/{old['directive_id']}", headers=officer)).json()
    assert (after["state"], after["recalled"]["reason"]) == (
        "recalled",
        f"Thu hồi theo văn bản {code}: V/v thu hồi văn bản",
    )
    assert after["named_by"] == [{"kind": "recalls", "directive_id": directive_id, "code": code}]
    assert {each["state"] for each in await desk.obligations(old["directive_id"])} == {"recalled"}
    told = (await waiting_events(frame))[known:]
    changed = [each["data"]["change"] for each in told if each["type"] == "directives.obligation.changed.v1"]
    assert set(changed) == {"recalled"}
    assert [each["data"]["directive_id"] for each in told if each["type"] == "directives.directive.recalled.v1"] == [
        old["directive_id"]
    ]
    assert (await desk.issue(directive_id)).status_code == 200  # again: nothing more is told
    assert len(await waiting_events(frame)) == known + len(told)


async def test_nobody_recalls_what_another_issued(client, desk, old, decision, signer) -> None:
    stranger = signer.bearer(("desk_officer", "U-SO-X"), ("desk_officer", "U-SO"))
    refused = await client.post("/directives", json=decision | {"issuer_unit_id": "U-SO-X"}, headers=stranger)

    assert (refused.status_code, refused.json()["code"]) == (422, "relation-unfit")


async def test_what_was_recalled_meanwhile_is_not_recalled_twice(client, desk, old, decision, leader) -> None:
    directive_id = await desk.numbered(decision)
    path = f"/directives/{old['directive_id']}/recall"
    assert (await client.post(path, json={"reason": "Nhầm."}, headers=leader)).status_code == 200

    refused = await desk.issue(directive_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-in-force")


async def test_it_is_not_replaced_and_recalled_at_once(client, old, decision, officer) -> None:
    decision["relations"].append({"kind": "replaces", "directive_id": old["directive_id"]})
    refused = await client.post("/directives", json=decision, headers=officer)

    assert (refused.status_code, refused.json()["where"]) == (422, "relations.1")
