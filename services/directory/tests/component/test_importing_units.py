"""The files are taken as a whole or not at all, and taken twice they change nothing the second time."""

import asyncio
from collections import Counter

import pytest

from chassis.testing import waiting_events
from directory.api.imports import IMPORT_BYTES

# unit_counts_on_… of the demo province's expected aggregates.
COUNTS = {
    "2025-06-30": {
        "cum_chuyen_mon": 3, "gdnn_gdtx": 3, "gdtx": 1, "phong_gddt": 6, "pt_nhieu_cap": 1, "ptdtnt": 1, "so_gddt": 2,
        "th_thcs": 4, "thcs": 20, "thcs_thpt": 2, "thpt": 8, "thpt_chuyen": 1,
    },
    "2026-06-30": {
        "cum_chuyen_mon": 3, "gdnn_gdtx": 3, "gdtx": 1, "phong_thuoc_so": 8, "phong_vhxh": 12, "pt_nhieu_cap": 1,
        "ptdtnt": 1, "so_gddt": 1, "th_thcs": 4, "thcs": 20, "thcs_thpt": 2, "thpt": 8, "thpt_chuyen": 1,
        "ubnd_tinh": 1, "ubnd_xa": 12,
    },
    "2026-11-22": {
        "cum_chuyen_mon": 3, "gdnn_gdtx": 3, "gdtx": 1, "phong_thuoc_so": 8, "phong_vhxh": 12, "pt_nhieu_cap": 1,
        "ptdtnt": 1, "so_gddt": 1, "th_thcs": 4, "thcs": 19, "thcs_thpt": 2, "thpt": 8, "thpt_chuyen": 1,
        "ubnd_tinh": 1, "ubnd_xa": 12,
    },
}  # fmt: skip


async def units_on(client, headers, day, **more):
    answer = await client.get("/units", params={"on": day, **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["units"]


async def test_the_demo_province_has_the_right_units_on_each_day(client, administrator, province):
    answer = await client.post("/imports", files=province, headers=administrator)

    assert (answer.status_code, answer.json()) == (
        200,
        {"units": 87, "relations": 315, "links": 16, "identifiers": 0, "changed": 87},
    )
    for day, expected in COUNTS.items():
        assert Counter(unit["unit_type"] for unit in await units_on(client, administrator, day)) == expected


async def test_a_unit_is_shown_as_it_was_on_the_day(client, administrator, registered):
    [before] = [unit for unit in await units_on(client, administrator, "2025-06-30") if unit["unit_id"] == "U-THPT-01"]
    [after] = [unit for unit in await units_on(client, administrator, "2025-07-01") if unit["unit_id"] == "U-THPT-01"]

    assert before["reporting_parent_id"] == "U-SGD-MGOLD"
    assert after == {
        "unit_id": "U-THPT-01",
        "unit_type": "thpt",
        "unit_type_name": "Trường trung học phổ thông",
        "name": "Trường Trung học phổ thông Minh Giang",
        "short_name": "THPT Minh Giang",
        "abbreviation": None,
        "levels": ["upper_secondary"],
        "valid_from": "2005-01-01",
        "valid_to": None,
        "administrative_parent_id": "U-SGD-MG",
        "reporting_parent_id": "U-SGD-MG",
        "professional_parent_ids": ["U-SGD-MG"],
        "territory_ids": [],
        "cluster_ids": ["U-CUM-1"],
        "lead_id": None,
    }


async def test_units_of_one_type_can_be_asked_for(client, administrator, registered):
    clusters = await units_on(client, administrator, "2026-11-22", unit_type="cum_chuyen_mon")
    assert [unit["unit_id"] for unit in clusters] == ["U-CUM-1", "U-CUM-2", "U-CUM-3"]

    answer = await client.get("/units", params={"unit_type": "castle"}, headers=administrator)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-unit-type")


async def test_a_merged_school_is_there_until_its_last_day_and_its_history_stays(client, administrator, registered):
    answer = await client.get("/units/U-SCH-011", params={"on": "2026-08-14"}, headers=administrator)

    assert answer.status_code == 200
    shown = answer.json()
    assert shown["version"] == 1
    assert [each["valid_to"] for each in shown["versions"]] == ["2026-08-14"]
    assert shown["lineage"] == [
        {
            "kind": "merged_into",
            "to_unit_id": "U-SCH-025",
            "effective_date": "2026-08-15",
            "legal_basis": "Quyết định sáp nhập trường (mô phỏng)",
        }
    ]
    for unit_id in ("U-SCH-011", "NOBODY"):
        gone = await client.get(f"/units/{unit_id}", params={"on": "2026-08-15"}, headers=administrator)
        assert (gone.status_code, gone.json()["code"]) == (404, "not-found")


async def test_each_unit_is_told_once_with_everything_dated(client, administrator, registered, frame):
    events = {event["subject"]: event for event in await waiting_events(frame)}

    assert len(events) == 87 == len(await waiting_events(frame))
    assert {event["type"] for event in events.values()} == {"directory.unit.changed.v1"}
    told = events["U-SCH-011"]["data"]
    assert told["version"] == 1
    assert told["versions"][0]["levels"] == ["lower_secondary"]
    assert told["lineage"] == [{"kind": "merged_into", "to_unit_id": "U-SCH-025", "effective_date": "2026-08-15"}]
    assert [each["parent_id"] for each in told["relations"] if each["kind"] == "reporting"] == [
        "U-PGD-D03",
        "U-VHXH-99016",
    ]


async def test_the_same_files_again_change_nothing_and_tell_nothing(
    client, administrator, province, registered, rows_of
):
    before = await rows_of()

    answer = await client.post("/imports", files=province, headers=administrator)

    assert answer.json()["changed"] == 0
    assert await rows_of() == before


async def test_only_a_unit_that_differs_gets_a_new_version(client, administrator, province, registered, frame):
    count = len(await waiting_events(frame))
    renamed = province | {"units": province["units"].replace("THCS Sông Hạc".encode(), "THCS Sông Hạc Mới".encode())}

    answer = await client.post("/imports", files=renamed, headers=administrator)

    assert answer.json()["changed"] == 1
    [event] = (await waiting_events(frame))[count:]
    assert (event["subject"], event["data"]["version"]) == ("U-SCH-001", 2)
    assert event["data"]["versions"][0]["short_name"] == "THCS Sông Hạc Mới"


async def test_units_the_files_do_not_name_stay_and_those_they_name_are_replaced(
    client, administrator, province, registered
):
    part = {
        "units": b"unit_id,unit_type,name_vi,short_name,valid_from,valid_to\nU-SCH-001,thcs,A,A,2005-01-01,\n",
        "relations": b"unit_id,relation,parent_id,valid_from,valid_to\nU-SCH-001,reporting,U-SGD-MG,2005-01-01,\n",
    }

    answer = await client.post("/imports", files=part, headers=administrator)

    assert answer.json() == {"units": 1, "relations": 1, "links": 0, "identifiers": 0, "changed": 1}
    assert len(await units_on(client, administrator, "2026-11-22")) == sum(COUNTS["2026-11-22"].values())
    shown = (await client.get("/units/U-SCH-001", headers=administrator)).json()
    assert [each["kind"] for each in shown["relations"]] == ["reporting"]


async def test_one_fault_anywhere_changes_nothing(client, administrator, province, rows_of):
    spoiled = province | {"links": province["links"].replace(b"U-SCH-012,U-SCH-025", b"U-SCH-012,U-SCH-999")}
    before = await rows_of()

    answer = await client.post("/imports", files=spoiled, headers=administrator)

    assert (answer.status_code, answer.json()["code"]) == (422, "import-rejected")
    assert answer.json()["errors"] == [
        {
            "file": "links",
            "row": 17,
            "column": "to_unit",
            "what_vi": "không có đơn vị «U-SCH-999»",
            "what_en": "there is no unit 'U-SCH-999'",
        }
    ]
    assert await rows_of() == before


async def test_of_many_faults_the_first_hundred_are_shown_and_all_are_counted(client, administrator, province):
    spoiled = province | {"relations": province["relations"].replace(b",reporting,", b",writing,")}

    answer = await client.post("/imports", files=spoiled, headers=administrator)

    assert answer.json()["error_count"] == 101
    assert len(answer.json()["errors"]) == 100


async def test_an_unchosen_file_of_a_form_is_no_file(client, administrator, province):
    files = {**province, "links": ("", b"", "application/octet-stream")}
    body = b""
    for name, value in files.items():
        file_name, content = ("", b"") if name == "links" else (f"{name}.csv", value)
        head = (
            f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: text/csv\r\n\r\n'
        )
        body += b"--line\r\n" + head.encode() + content + b"\r\n"
    headers = {**administrator, "Content-Type": "multipart/form-data; boundary=line"}

    answer = await client.post("/imports", content=body + b"--line--\r\n", headers=headers)

    assert (answer.status_code, answer.json()["links"]) == (200, 0)


@pytest.mark.parametrize("missing", ["units", "relations"])
async def test_without_a_file_the_request_is_malformed(client, administrator, province, missing):
    del province[missing]

    answer = await client.post("/imports", files=province, headers=administrator)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("declared", [True, False])
async def test_too_large_a_body_is_refused(client, administrator, rows_of, declared):
    before = await rows_of()
    line = b"--line\r\n"
    head = b'Content-Disposition: form-data; name="units"; filename="units.csv"\r\n\r\n'
    body = line + head + b"x" * IMPORT_BYTES

    async def pieces():
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    answer = await client.post(
        "/imports",
        content=body if declared else pieces(),
        headers={**administrator, "Content-Type": "multipart/form-data; boundary=line"},
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert await rows_of() == before


async def test_only_an_administrator_of_the_province_may_import(client, signer, province, rows_of):
    before = await rows_of()
    for post in (("administrator", "U-SGD-MG"), ("leader", "*"), ("desk_officer", "*"), ("viewer", "*")):
        answer = await client.post("/imports", files=province, headers=signer.bearer(post))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")

    assert await rows_of() == before


async def test_two_imports_at_once_are_taken_one_after_the_other(client, administrator, province, frame):
    answers = await asyncio.gather(*(client.post("/imports", files=province, headers=administrator) for _ in range(4)))

    assert sorted(answer.json()["changed"] for answer in answers) == [0, 0, 0, 87]
    assert len(await waiting_events(frame)) == 87
