"""An administrator says which member leads a cluster, and an import leaves that alone."""

import asyncio

from chassis.testing import waiting_events


async def appoint(client, headers, school_id="U-THPT-01", valid_from="2025-09-01", cluster_id="U-CUM-1"):
    return await client.put(
        f"/clusters/{cluster_id}/lead", json={"school_id": school_id, "valid_from": valid_from}, headers=headers
    )


async def test_a_member_becomes_the_lead_and_everyone_is_told(client, administrator, registered, frame):
    answer = await appoint(client, administrator)

    assert answer.status_code == 200
    assert answer.json() == {
        "unit_id": "U-CUM-1",
        "version": 2,
        "leads": [
            {"kind": "cluster_lead", "parent_id": "U-THPT-01", "valid_from": "2025-09-01", "valid_to": None},
        ],
    }
    event = (await waiting_events(frame))[-1]
    assert (event["subject"], event["data"]["version"]) == ("U-CUM-1", 2)
    assert answer.json()["leads"][0] in event["data"]["relations"]
    shown = (await client.get("/units/U-CUM-1", headers=administrator)).json()
    assert shown["lead_id"] == "U-THPT-01"


async def test_the_same_appointment_again_changes_and_tells_nothing(client, administrator, registered, rows_of):
    first = await appoint(client, administrator)
    before = await rows_of()

    again = await appoint(client, administrator)

    assert (again.status_code, again.json()) == (200, first.json())
    assert await rows_of() == before


async def test_a_new_lead_follows_the_old_one(client, administrator, registered):
    await appoint(client, administrator)

    answer = await appoint(client, administrator, "U-THPT-02", "2026-09-01")

    assert [(each["parent_id"], each["valid_to"]) for each in answer.json()["leads"]] == [
        ("U-THPT-01", "2026-08-31"),
        ("U-THPT-02", None),
    ]


async def test_an_import_keeps_the_lead(client, administrator, province, registered, rows_of):
    await appoint(client, administrator)
    before = await rows_of()
    assert (await client.post("/imports", files=province, headers=administrator)).json()["changed"] == 0
    assert await rows_of() == before

    renamed = province | {"units": province["units"].replace("Cụm 1".encode(), "Cụm I".encode())}
    assert (await client.post("/imports", files=renamed, headers=administrator)).json()["changed"] == 1

    shown = (await client.get("/units/U-CUM-1", headers=administrator)).json()
    assert (shown["short_name"], shown["lead_id"], shown["version"]) == ("Cụm I", "U-THPT-01", 3)


IMPOSSIBLE = [
    ({"school_id": "U-THPT-04"}, 409, "not-a-member"),
    ({"school_id": "U-SCH-001"}, 409, "not-a-member"),
    ({"school_id": "NOBODY"}, 409, "not-a-member"),
    ({"valid_from": "2022-08-31"}, 409, "not-a-cluster"),
    ({"cluster_id": "U-SGD-MG"}, 409, "not-a-cluster"),
    ({"cluster_id": "NOBODY"}, 404, "not-found"),
    ({"valid_from": "0001-01-01"}, 422, "malformed"),
    ({"valid_from": "yesterday"}, 422, "malformed"),
    ({"school_id": "U THPT"}, 422, "malformed"),
    ({"cluster_id": "U%00"}, 422, "malformed"),
]


async def test_what_cannot_be_is_refused_and_changes_nothing(client, administrator, registered, rows_of):
    before = await rows_of()

    for what, status, code in IMPOSSIBLE:
        answer = await appoint(client, administrator, **what)
        assert (answer.status_code, answer.json()["code"]) == (status, code), what

    assert await rows_of() == before


async def test_nobody_but_an_administrator_appoints(client, signer, registered, rows_of):
    before = await rows_of()
    for post in (("desk_officer", "*"), ("unit_head", "U-THPT-01"), ("administrator", "U-SGD-MG")):
        answer = await appoint(client, signer.bearer(post))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")

    assert await rows_of() == before


async def test_of_two_appointments_at_once_both_are_kept_in_the_versions(client, administrator, registered, frame):
    schools = ["U-THPT-01", "U-THPT-02", "U-THPT-03"]
    await asyncio.gather(*(appoint(client, administrator, school) for school in schools))

    told = [event["data"] for event in await waiting_events(frame) if event["subject"] == "U-CUM-1"]
    assert [each["version"] for each in told] == [1, 2, 3, 4]
    shown = (await client.get("/units/U-CUM-1", headers=administrator)).json()
    assert len([each for each in shown["relations"] if each["kind"] == "cluster_lead"]) == 1
