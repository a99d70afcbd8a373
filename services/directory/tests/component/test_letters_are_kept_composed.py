"""Vietnamese that comes in decomposed, as some keyboards and file systems send it, is kept composed everywhere."""

import json
import unicodedata

import pytest

NAME = "Trường Tiểu học Vĩnh Trại"
ABBREVIATION = "THVTẾ"


def decomposed(text):
    found = unicodedata.normalize("NFD", text)
    assert found != text
    return found


@pytest.fixture
def kept(frame, rows_of):
    """Read everything that is kept and told, as one text."""

    async def kept():
        rows, events = await rows_of()
        return json.dumps([rows, events], ensure_ascii=False, default=str)

    return kept


async def test_names_of_types_and_groups(ask, kept):
    body = {"name": decomposed(NAME), "levels": []}
    assert (await ask("PUT", "/unit-types/mam_non", json=body))["name"] == NAME
    body = {"name": decomposed(NAME), "selector": {"any_of": [{"types": ["mam_non"]}]}}
    first = await ask("PUT", "/groups/nhom", json=body)
    assert first["name"] == NAME
    assert await ask("PUT", "/groups/nhom", json=body | {"name": NAME}) == first  # it is the same name
    assert unicodedata.is_normalized("NFC", await kept())
    await ask("DELETE", "/unit-types/mam_non", 204)


async def test_names_and_abbreviations_of_a_reorganisation(ask, registered, kept):
    step = {
        "do": "change",
        "unit_id": "U-SCH-001",
        "name": decomposed(NAME),
        "short_name": decomposed(NAME),
        "abbreviation": decomposed(ABBREVIATION),
    }
    body = {"title": decomposed("Sắp xếp"), "legal_basis": decomposed("Quyết định"), "effective_date": "2026-09-01"}
    made = await ask("POST", "/reorganisations", 201, json=body | {"steps": [step]})
    path = f"/reorganisations/{made['reorganisation_id']}"
    run = await ask("GET", f"{path}/dry-run")
    assert run["errors"] == []
    await ask("POST", f"{path}/apply", json={"digest": run["digest"]})

    unit = await ask("GET", "/units/U-SCH-001", params={"on": "2026-09-01"})
    assert (unit["name"], unit["abbreviation"]) == (NAME, ABBREVIATION)
    assert unicodedata.is_normalized("NFC", await kept())


async def test_names_of_people_and_of_records(ask, registered, kept):
    post = {"unit_id": "U-SCH-001", "role": "unit_head", "valid_from": "2026-01-01"}
    person = {"account": "hieu-truong", "full_name": decomposed("Nguyễn Thị Bé"), "email": "a@example.com"}
    await ask("POST", "/people", 201, json=person | {"password": "Mật khẩu dài 1!", "posts": [post]})
    record = {
        "event": "NEW",
        "record_id": "R1",
        "version": 1,
        "effective_date": "2026-09-01",
        "codes": [{"scheme": "moet_school_code", "code": "123"}],
        "unit_type": "thcs",
        "name": decomposed(NAME),
        "short_name": decomposed(NAME),
        "abbreviation": decomposed(ABBREVIATION),
    }
    await ask("POST", "/national-records", json={"source": "csdl-nganh", "records": [record]})

    assert NAME in await kept()
    assert unicodedata.is_normalized("NFC", await kept())
