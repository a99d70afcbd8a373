"""A preview shows whom a requirement would reach and why, and changes nothing."""

from datetime import UTC, datetime

from chassis.clock import today
from chassis.testing import tell


async def test_a_preview_names_units_answers_and_reasons(client, officer, rows, frame, unit_type, person) -> None:
    await tell(frame, unit_type("cum_chuyen_mon", "Cụm chuyên môn"), person(("reporter", "U-THPT-1")))
    before = await rows()
    audience = {"unit_types": ["cum_chuyen_mon"], "include": ["U-OLD-A", "U-NEW"]}

    answer = await client.post(
        "/audience-previews",
        json={"audience": audience, "as_of": "2026-05-31", "issued_on": "2026-11-20"},
        headers=officer,
    )

    assert answer.status_code == 200
    assert answer.json() == {
        "as_of": "2026-05-31",
        "issued_on": "2026-11-20",
        "units": [
            {
                "unit_id": "U-CUM-1",
                "name": "Đơn vị U-CUM-1",
                "unit_type": "cum_chuyen_mon",
                "answering_unit_id": "U-THPT-1",
                "answering_name": "Đơn vị U-THPT-1",
                "chosen_by": "unit_type",
                "answers_as": "lead",
                "why_vi": "Thuộc loại đơn vị «Cụm chuyên môn» ngày 31/05/2026; "
                "cụm trưởng ngày 20/11/2026 là Đơn vị U-THPT-1.",
                "why_en": "Is of type «Cụm chuyên môn» on 2026-05-31; led by Đơn vị U-THPT-1 on 2026-11-20.",
            },
            {
                "unit_id": "U-OLD-A",
                "name": "Đơn vị U-OLD-A",
                "unit_type": "thcs",
                "answering_unit_id": "U-NEW",
                "answering_name": "Đơn vị U-NEW",
                "chosen_by": "name",
                "answers_as": "successor",
                "why_vi": "Được nêu đích danh, tồn tại ngày 31/05/2026; "
                "ngày 20/11/2026 không còn, đơn vị kế thừa là Đơn vị U-NEW.",
                "why_en": "Is named, and exists on 2026-05-31; gone by 2026-11-20, succeeded by Đơn vị U-NEW.",
            },
        ],
        "without_lead": [{"unit_id": "U-CUM-2", "name": "Đơn vị U-CUM-2"}],
        "unknown": ["U-NEW"],
        "counts": [
            {"unit_type": "cum_chuyen_mon", "name": "Cụm chuyên môn", "units": 1},
            {"unit_type": "thcs", "name": "thcs", "units": 1},
        ],
        "nobody_receives": [{"unit_id": "U-NEW", "name": "Đơn vị U-NEW"}],
        "places": None,
        "summary_vi": "1 Cụm chuyên môn, 1 thcs; 1 đơn vị chưa có người nhận",
        "summary_en": "1 Cụm chuyên môn, 1 thcs; 1 with nobody to receive it",
    }
    assert await rows() == before


async def test_without_a_day_a_preview_is_of_an_issue_today(client, officer) -> None:
    body = {"audience": {"unit_types": ["thpt"]}, "as_of": "2026-05-31"}

    answer = await client.post("/audience-previews", json=body, headers=officer)

    assert answer.json()["issued_on"] == str(today(datetime.now(UTC)))
    assert [each["unit_id"] for each in answer.json()["units"]] == ["U-THPT-1", "U-THPT-2"]


async def test_a_preview_and_the_issue_agree(client, desk, officer, letter) -> None:
    audience = {"unit_types": ["thcs", "th_thcs", "thpt"], "exclude": ["U-THPT-2"]}
    letter["requirements"][0]["audience"] = audience
    body = {"audience": audience, "as_of": "2026-05-31", "issued_on": "2026-11-20"}

    previewed = (await client.post("/audience-previews", json=body, headers=officer)).json()["units"]

    issued = await desk.issued(letter)
    report = issued["requirements"][0]["requirement_id"]
    opened = [each for each in await desk.obligations(issued["directive_id"]) if each["requirement_id"] == report]
    said = ("unit_id", "answering_unit_id", "answers_as", "name", "answering_name")
    assert [[each[name] for name in said] for each in opened] == [[each[name] for name in said] for each in previewed]
