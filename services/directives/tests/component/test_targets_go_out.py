"""What figures are compared with is drafted, read from a table where it is assigned, and told to each unit."""

import pytest

from chassis.testing import tell, waiting_events

CODE = "stem.projects"


@pytest.fixture
def report(letter):
    """Ask for the figures of a report, one of which is assigned."""
    report = letter["requirements"][0]
    report["targets"] = [{"indicator": CODE, "kind": "assigned"}, {"indicator": CODE, "kind": "policy", "value": 2}]
    return report


@pytest.fixture
def read(client, officer):
    async def post(text, headers=officer):
        return await client.post("/target-tables", json={"text": text, "indicators": [CODE]}, headers=headers)

    return post


async def test_what_a_table_assigns_is_told_with_each_obligation(
    frame, desk, letter, report, read, client, officer
) -> None:
    table = await read(f"unit_id\t{CODE}\nU-THCS-1\t3\nU-THPT-1\t1.200")
    assert (table.status_code, table.json()["sums"]) == (200, {CODE: 1203})
    report["assigned"] = table.json()["assigned"]

    issued = await desk.issued(letter)

    told = [each["data"] for each in await waiting_events(frame)]
    opened = {each["unit_id"]: each["assigned"] for each in told if each.get("requirement_id") and each["levels"] == []}
    assert opened["U-THCS-1"] == [{"indicator": CODE, "value": 3, "period": None}]
    assert opened["U-THCS-2"] == []
    assert [each["kind"] for each in told[0]["requirements"][0]["targets"]] == ["assigned", "policy"]
    shown = (await client.get(f"/directives/{issued['directive_id']}", headers=officer)).json()["requirements"][0]
    assert shown["assigned"] == report["assigned"]
    assert [each["value"] for each in shown["targets"]] == [None, 2]


async def test_a_school_does_not_read_what_others_were_assigned(client, desk, letter, report, signer) -> None:
    report["assigned"] = [{"indicator": CODE, "unit_id": "U-THPT-1", "value": 7}]
    directive_id = (await desk.issued(letter))["directive_id"]

    for post, expected in ((("reporter", "U-THCS-1"), None), (("viewer", "U-SO"), None), (("clerk", "U-SO"), 1)):
        answer = await client.get(f"/directives/{directive_id}", headers=signer.bearer(post))
        shown = answer.json()["requirements"][0]
        assert (answer.status_code, shown["assigned"] and len(shown["assigned"])) == (200, expected)
        assert len(shown["targets"]) == 2


async def test_a_table_with_a_fault_assigns_nothing_and_says_where(read, signer) -> None:
    answer = await read(f"unit_id\t{CODE}\nU-THCS-1\t3\nU-NOBODY\t4\nU-THPT-1\tvài")

    assert (answer.status_code, answer.json()["code"]) == (422, "target-table-unfit")
    assert [(each["row"], each["column"]) for each in answer.json()["errors"]] == [(3, "unit_id"), (4, CODE)]
    assert (await read("unit_id", headers=signer.bearer(("reporter", "U-THCS-1")))).status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"targets": [{"indicator": "stem.nothing", "kind": "policy", "value": 1}]}, 422, "target-unfit"),
        ({"targets": [], "assigned": [{"indicator": CODE, "unit_id": "U-THCS-1", "value": 1}]}, 422, "target-unfit"),
        ({"assigned": [{"indicator": CODE, "unit_id": "U-NOBODY", "value": 1}]}, 409, "unknown-units"),
        ({"assigned": [{"indicator": CODE, "unit_id": "U-THCS-1", "value": -1}]}, 422, "malformed"),
    ],
)
async def test_what_cannot_be_compared_is_not_drafted(
    client, officer, letter, report, rows, change, status, code
) -> None:
    before = await rows()
    report |= change

    answer = await client.post("/directives", json=letter, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await rows() == before


async def test_what_is_assigned_to_a_unit_that_is_not_asked_is_refused_by_name(
    client, officer, letter, report, rows
) -> None:
    report["assigned"] = [
        {"indicator": CODE, "unit_id": "U-THPT-1", "value": 7},
        {"indicator": CODE, "unit_id": "U-XA-1", "value": 7},
    ]
    before = await rows()

    refused = await client.post("/directives", json=letter, headers=officer)

    assert (refused.status_code, refused.json()["code"]) == (422, "target-unfit")
    assert (refused.json()["units"], refused.json()["where"]) == (["U-XA-1"], "requirements.0.assigned.1")
    assert await rows() == before


async def test_who_left_the_audience_meanwhile_keeps_a_letter_with_their_target_from_being_issued(
    frame, desk, letter, report, unit
) -> None:
    report["assigned"] = [{"indicator": CODE, "unit_id": "U-THPT-1", "value": 7}]
    directive_id = await desk.numbered(letter)
    await tell(frame, unit("U-THPT-1", "gdnn_gdtx", version=2))

    refused = await desk.issue(directive_id)
    assert (refused.status_code, refused.json()["units"]) == (422, ["U-THPT-1"])
