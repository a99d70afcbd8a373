"""A registration is told with its figures, and each unit's obligation with whom that unit registers."""

import pytest

from chassis.testing import waiting_events
from contracts.directives import DirectiveIssued, ObligationOpened

ASKED = {
    "roles": [{"code": "leader", "name": "Lãnh đạo trường"}, {"code": "head", "name": "Tổ trưởng"}],
    "subjects": [{"code": "math", "name": "Toán"}],
    "quotas": [
        {"unit_types": ["thpt"], "seats": [{"role": "leader", "count": 1}]},
        {
            "unit_types": ["phong_vhxh"],
            "seats": [
                {"role": "leader", "count": 2, "from_below": True},
                {"role": "head", "count": 2, "subjects": ["math"], "from_below": True},
            ],
        },
    ],
    "capacity": 200,
}


@pytest.fixture
def workshop(letter):
    """A letter that has two communes and two schools send delegates, and asks the schools to take note."""
    delegates = {
        "kind": "registration",
        "title": "Cử đại biểu dự Hội thảo",
        "as_of": "2026-05-31",
        "audience": {"unit_types": ["thpt", "phong_vhxh"]},
        "due_phrase": "trước ngày 10/12/2026",
        "due_at": "2026-12-10T00:00:00+07:00",
        "registration": ASKED,
    }
    note = {
        **delegates,
        "kind": "acknowledgement",
        "title": "Nghiên cứu tài liệu",
        "audience": {"unit_types": ["thpt"]},
    }
    del note["registration"]
    letter["requirements"] = [delegates, note]
    return letter


async def test_each_unit_is_told_whom_it_registers(desk, frame, workshop) -> None:
    issued = await desk.issued(workshop)

    told = [(each["type"], each["data"]) for each in await waiting_events(frame)]
    [directive] = [data for kind, data in told if kind == DirectiveIssued.type]
    delegates, note = directive["requirements"]
    assert [each["code"] for each in delegates["indicators"]] == [
        "delegates.all", "delegates.leader", "delegates.head", "delegates.head.math",
    ]  # fmt: skip
    assert (delegates["registration"]["capacity"], note["kind"], note["indicators"]) == (200, "acknowledgement", [])
    shares = {
        (each["unit_id"], each["requirement_id"]): (
            [(seats["role"], seats["count"]) for seats in each["seats"]],
            each["from_units"],
        )
        for kind, each in told
        if kind == ObligationOpened.type
    }
    register = delegates["requirement_id"]
    assert shares["U-XA-2", register] == ([("leader", 2), ("head", 2)], ["U-OLD-A", "U-OLD-B", "U-THCS-2"])
    assert shares["U-THPT-1", register] == ([("leader", 1)], [])
    assert shares["U-THPT-1", note["requirement_id"]] == ([], [])
    assert issued["requirements"][0]["registration"]["quotas"][1]["seats"][1]["subjects"] == ["math"]


async def test_a_registration_reads_back_as_it_was_written(client, desk, officer, workshop) -> None:
    directive_id = await desk.draft(workshop)

    shown = (await client.get(f"/directives/{directive_id}", headers=officer)).json()
    answer = await client.put(f"/directives/{directive_id}", json={**workshop, "revision": 1}, headers=officer)

    assert shown["requirements"][0]["registration"]["roles"] == ASKED["roles"]
    assert answer.json()["revision"] == 1  # the same words are no other revision


async def test_units_without_a_quota_are_named_and_nothing_is_issued(desk, frame, workshop) -> None:
    workshop["requirements"][0]["audience"]["unit_types"].append("thcs")
    directive_id = await desk.numbered(workshop)

    answer = await desk.issue(directive_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "quota-missing")
    assert answer.json()["units"] == ["U-OLD-A", "U-THCS-1", "U-THCS-2"]
    assert await waiting_events(frame) == []


async def test_a_quota_for_a_type_nobody_has_heard_of_is_refused(client, officer, rows, workshop) -> None:
    before = await rows()
    workshop["requirements"][0]["registration"] = {**ASKED, "quotas": [{**ASKED["quotas"][0], "unit_types": ["zoo"]}]}

    answer = await client.post("/directives", json=workshop, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "quota-unfit")
    assert answer.json()["where"] == "requirements.0.registration.quotas"
    assert await rows() == before


async def test_a_preview_counts_the_places(client, officer) -> None:
    body = {"audience": {"unit_types": ["thpt", "phong_vhxh", "thcs"]}, "as_of": "2026-05-31", "registration": ASKED}

    answer = await client.post("/audience-previews", json=body, headers=officer)

    expected = {"needed": 10, "capacity": 200, "without_quota": ["U-OLD-A", "U-THCS-1", "U-THCS-2"]}
    assert answer.json()["places"] == expected
