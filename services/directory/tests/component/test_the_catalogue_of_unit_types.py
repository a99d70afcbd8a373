"""The province edits its types of units; what units are of stays."""

import asyncpg
import pytest

from chassis.testing import waiting_events


@pytest.fixture(autouse=True)
async def catalogue_as_it_was(empty_database):
    """The database is that of all tests."""
    connection = await asyncpg.connect(empty_database)
    before = await connection.fetch("SELECT * FROM unit_types")
    yield
    await connection.execute("TRUNCATE unit_versions")
    await connection.execute("DELETE FROM unit_types")
    await connection.copy_records_to_table("unit_types", records=[tuple(row) for row in before])
    await connection.close()


async def catalogue(client, headers):
    return {each["code"]: each for each in (await client.get("/unit-types", headers=headers)).json()["unit_types"]}


async def test_a_new_type_can_be_used_at_once(client, administrator, signer):
    body = {"name": "Trường mầm non", "levels": ["preschool"]}
    answer = await client.put("/unit-types/mam_non", json=body, headers=administrator)

    assert (answer.status_code, answer.json()) == (200, {"code": "mam_non", **body, "changed": 0})
    assert (await catalogue(client, signer.bearer()))["mam_non"] == {"code": "mam_non", **body}
    files = {
        "units": b"unit_id,unit_type,name_vi,short_name,valid_from,valid_to\nM1,mam_non,A,A,2026-01-01,\n",
        "relations": b"unit_id,relation,parent_id,valid_from,valid_to\n",
    }
    assert (await client.post("/imports", files=files, headers=administrator)).json()["changed"] == 1


async def test_when_the_levels_of_a_type_change_its_units_are_told_of(client, administrator, registered, frame):
    count = len(await waiting_events(frame))
    own = await client.get("/units/U-SCH-001", headers=administrator)

    body = {"name": "Trường THCS", "levels": ["upper_secondary", "lower_secondary"]}
    answers = [await client.put("/unit-types/thcs", json=body, headers=administrator) for _ in range(2)]

    assert [answer.json()["changed"] for answer in answers] == [20, 0]
    of_type, *events = (await waiting_events(frame))[count:]
    assert (of_type["type"], of_type["subject"]) == ("directory.type.changed.v1", "thcs")
    assert len({event["subject"] for event in events}) == len(events) == 20
    assert {tuple(event["data"]["versions"][0]["levels"]) for event in events} == {
        ("lower_secondary", "upper_secondary")
    }
    after = await client.get("/units/U-SCH-001", headers=administrator)
    assert after.json()["version"] == own.json()["version"] + 1
    assert after.json()["levels"] == ["lower_secondary", "upper_secondary"]


async def test_another_name_is_told_of_the_type_and_of_no_unit(client, administrator, registered, frame):
    count = len(await waiting_events(frame))
    body = {"name": "Trường cấp hai", "levels": ["lower_secondary"]}

    answer = await client.put("/unit-types/thcs", json=body, headers=administrator)

    assert answer.json()["changed"] == 0
    assert (await catalogue(client, administrator))["thcs"]["name"] == "Trường cấp hai"
    [told] = (await waiting_events(frame))[count:]
    assert told["data"] | {"occurred_at": ..., "version": ...} == {
        "occurred_at": ...,
        "version": ...,
        "code": "thcs",
        "name": "Trường cấp hai",
        "levels": ["lower_secondary"],
        "is_removed": False,
    }


@pytest.mark.parametrize("code", ["phong_gddt", "thcs", "cum_chuyen_mon"])
async def test_a_type_that_was_ever_used_stays(client, administrator, registered, rows_of, code):
    before = await rows_of()

    answer = await client.delete(f"/unit-types/{code}", headers=administrator)

    assert (answer.status_code, answer.json()["code"]) == (409, "unit-type-in-use")
    assert await rows_of() == before


async def test_a_type_nobody_used_may_go(client, administrator):
    assert (await client.delete("/unit-types/trung_hoc_nghe", headers=administrator)).status_code == 204
    assert "trung_hoc_nghe" not in await catalogue(client, administrator)
    answer = await client.delete("/unit-types/trung_hoc_nghe", headers=administrator)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_the_type_of_clusters_stays_even_before_there_are_any(client, administrator):
    answer = await client.delete("/unit-types/cum_chuyen_mon", headers=administrator)
    assert (answer.status_code, answer.json()["code"]) == (409, "unit-type-in-use")


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("Mầm", {"name": "A", "levels": []}),
        ("mam_non", {"name": "", "levels": []}),
        ("mam_non", {"name": "A\nB", "levels": []}),
        ("mam_non", {"name": "A", "levels": ["kindergarten"]}),
        ("mam_non", {"name": "A"}),
    ],
)
async def test_a_malformed_type_changes_nothing(client, administrator, rows_of, code, body):
    before = await rows_of()

    answer = await client.put(f"/unit-types/{code}", json=body, headers=administrator)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await rows_of() == before


async def test_only_an_administrator_of_the_province_edits_types(client, signer, rows_of):
    before = await rows_of()
    for post in (("administrator", "U-SGD-MG"), ("leader", "*"), ("viewer", "*")):
        headers = signer.bearer(post)
        answers = [
            await client.put("/unit-types/thcs", json={"name": "A", "levels": []}, headers=headers),
            await client.delete("/unit-types/trung_hoc_nghe", headers=headers),
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "not-allowed")] * 2
    assert await rows_of() == before
