"""CSV or XLSX, small or large: what comes in is what goes out, and a wrong file changes nothing."""

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest
from sqlalchemy import text

from chassis.testing import waiting_events

UNITS = "unit_id,unit_type,name_vi,short_name,abbreviation,levels,valid_from,valid_to\n"
RELATIONS = "unit_id,relation,parent_id,valid_from,valid_to\n"
IDENTIFIERS = "unit_id,scheme,code,valid_from,valid_to\n"
LINKS = "from_unit,to_unit,kind,effective_date,legal_basis\n"
FILES = ("units", "relations", "links", "identifiers")


def sample(**more):
    files = {
        "units": UNITS
        + "SO,so_gddt,Sở Giáo dục và Đào tạo,Sở,SGDĐT,,2025-07-01,\n"
        + "T1,th_thcs,Trường Một,T1,TH&THCS-M,lower_secondary,2005-01-01,2026-08-14\n"
        + "T1,thpt,Trường Một,T1,,-,2026-08-15,\n"
        + "T2,thcs,Trường Hai,T2,,,2005-01-01,2026-08-14\n",
        "relations": RELATIONS + "T1,reporting,SO,2025-07-01,\nT2,reporting,SO,2025-07-01,2026-08-14\n",
        "links": LINKS + "T2,T1,merged_into,2026-08-15,Quyết định 1\n",
        "identifiers": IDENTIFIERS
        + "SO,organ_id_v2,H99.12,2025-07-01,\nSO,organ_id_v1,000.00.12.H99,2020-01-01,2025-06-30\n"
        + "T2,moet_school_code,99001302,2005-01-01,2026-08-14\nT1,moet_school_code,99001302,2026-08-15,\n",
    }
    return {name: content.encode() for name, content in (files | more).items() if content is not None}


def as_xlsx(content, *, dates=False):
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(content.decode())):
        cells = [date.fromisoformat(cell) if dates and cell[4:5] == cell[7:8] == "-" else cell for cell in row]
        book.active.append([cell or None for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def send(client, administrator):
    async def send(files, **params):
        return await client.post("/imports", files=files, params=params, headers=administrator)

    return send


@pytest.fixture
def exported(client, administrator):
    async def exported(form):
        answers = {
            file: await client.get(f"/exports/{file}", params={"format": form}, headers=administrator) for file in FILES
        }
        assert {answer.status_code for answer in answers.values()} == {200}
        return {file: answer.content for file, answer in answers.items()}

    return exported


async def test_a_unit_has_abbreviations_levels_and_codes_with_dates(client, administrator, send, frame):
    answer = await send(sample())
    assert (answer.status_code, answer.json()["identifiers"]) == (200, 4)

    before = (await client.get("/units/T1", params={"on": "2026-08-14"}, headers=administrator)).json()
    after = (await client.get("/units/T1", params={"on": "2026-08-15"}, headers=administrator)).json()
    assert (before["abbreviation"], before["levels"]) == ("TH&THCS-M", ["lower_secondary"])
    assert (after["abbreviation"], after["levels"]) == (None, [])
    assert after["identifiers"] == [
        {"scheme": "moet_school_code", "code": "99001302", "valid_from": "2026-08-15", "valid_to": None}
    ]
    told = {event["subject"]: event["data"] for event in await waiting_events(frame)}
    assert [each["levels"] for each in told["T1"]["versions"]] == [["lower_secondary"], []]
    assert told["T2"]["versions"][0]["levels"] == ["lower_secondary"]
    assert told["SO"]["versions"][0]["abbreviation"] == "SGDĐT"
    assert {each["scheme"] for each in told["SO"]["identifiers"]} == {"organ_id_v1", "organ_id_v2"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_goes_out_comes_in_again_and_changes_nothing(send, exported, rows_of, registered, form):
    assert (await send(sample())).json()["changed"] == 3
    files = await exported(form)
    before = await rows_of()

    answer = await send(files)

    assert (answer.json()["units"], answer.json()["changed"]) == (91, 0)
    assert await rows_of() == before
    assert await exported("csv") == await exported("csv")


async def test_the_rows_have_their_order_however_the_database_comes_by_them(exported, registered, frame):
    before = await exported("csv")
    async with frame.engine.begin() as connection:
        await connection.execute(text("UPDATE units SET version = version WHERE unit_id < 'U-SCH'"))
        await connection.execute(text("ANALYZE units"))

    after = await exported("csv")

    assert {file for file, content in after.items() if content != before[file]} == set()


async def test_what_goes_out_is_what_came_in(send, exported, registered, province):
    # The sample has columns of others, and in another order; what it says is the same.
    for file, content in (await exported("csv")).items():
        if file in province:
            out = list(csv.DictReader(io.StringIO(content.decode())))
            came = list(csv.DictReader(io.StringIO(province[file].decode())))
            said = [{name: value for name, value in row.items() if name in came[0]} for row in out]
            same = [{name: value for name, value in row.items() if name in said[0]} for row in came]
            assert sorted(said, key=str) == sorted(same, key=str)


@pytest.mark.parametrize("dates", [False, True])
async def test_xlsx_says_what_csv_says_even_where_a_spreadsheet_has_made_dates_of_it(send, rows_of, dates):
    await send(sample())
    before = await rows_of()

    answer = await send({name: as_xlsx(content, dates=dates) for name, content in sample().items()})

    assert (answer.status_code, answer.json()["changed"]) == (200, 0)
    assert await rows_of() == before


async def test_text_that_looks_like_a_formula_stays_text(send, exported):
    named = UNITS + '"F",thcs,"=SUM(A1)",00012,,,2005-01-01,\n'
    await send({"units": named.encode(), "relations": RELATIONS.encode()})

    sheet = openpyxl.load_workbook(io.BytesIO((await exported("xlsx"))["units"])).active

    assert [(cell.value, cell.data_type) for cell in sheet[2]][2:4] == [("=SUM(A1)", "s"), ("00012", "s")]


async def test_without_their_columns_abbreviations_and_levels_stay_and_with_them_they_are_replaced(send, rows_of):
    await send(sample())
    before = await rows_of()
    bare = sample(identifiers=None)
    rows = list(csv.DictReader(io.StringIO(bare["units"].decode())))
    out = io.StringIO()
    names = ["unit_id", "unit_type", "name_vi", "short_name", "valid_from", "valid_to"]
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)

    answer = await send(bare | {"units": out.getvalue().encode()})
    assert answer.json()["changed"] == 0
    assert await rows_of() == before

    answer = await send(sample(units=sample()["units"].decode().replace("SGDĐT", "")))
    assert answer.json()["changed"] == 1


CODE = "T1,moet_school_code,99001302,2026-08-01,2026-08-14\n"


@pytest.mark.parametrize(
    ("file", "row", "place"),
    [
        ("identifiers", CODE, ("identifiers", 6, "code")),
        ("identifiers", "T1,moet_school_code,99 001,2026-08-15,\n", ("identifiers", 6, "code")),
        ("identifiers", "T1,Moet,99001,2026-08-15,\n", ("identifiers", 6, "scheme")),
        ("identifiers", "T9,organ_id_v2,99001,2026-08-15,\n", ("identifiers", 6, "unit_id")),
        ("identifiers", "T1,organ_id_v2,99001,2026-08-15,2026-08-14\n", ("identifiers", 6, "valid_to")),
        ("units", "T3,thcs,Ba,Ba,-X,,2005-01-01,\n", ("units", 6, "abbreviation")),
        ("units", "T3,thcs,Ba,Ba,,kindergarten,2005-01-01,\n", ("units", 6, "levels")),
        ("units", "T2,thcs,Hai,Hai,,,2026-08-14,\n", ("units", 6, "unit_id")),
        ("units", "T3,thcs,Ba,Ba,,,2026-13-01,\n", ("units", 6, "valid_from")),
        ("units", "T3,castle,Ba,Ba,,,2026-01-01,\n", ("units", 6, "unit_type")),
        ("relations", "SO,reporting,T1,2026-01-01,\n", ("relations", 4, "parent_id")),
        ("relations", "SO,reporting,NOBODY,2026-01-01,\n", ("relations", 4, "parent_id")),
        ("relations", "T1,reporting,T2,2026-01-01,\n", ("relations", 4, "valid_from")),
        ("relations", "NOBODY,reporting,SO,2026-01-01,\n", ("relations", 4, "unit_id")),
        ("links", "T2,T2,merged_into,2026-08-15,\n", ("links", 3, "to_unit")),
        ("links", "T2,NOBODY,merged_into,2026-08-15,\n", ("links", 3, "to_unit")),
        ("links", "T2,T1,merged_into,2026-08-15,\n", ("links", 3, "")),
    ],
)
async def test_a_wrong_row_is_told_by_its_place_and_changes_nothing(send, rows_of, file, row, place):
    await send(sample())
    before = await rows_of()

    answer = await send(sample(**{file: sample()[file].decode() + row}))

    assert (answer.status_code, answer.json()["code"]) == (422, "import-rejected")
    assert [(each["file"], each["row"], each["column"]) for each in answer.json()["errors"]] == [place]
    assert await rows_of() == before


async def test_a_code_that_somebody_else_holds_already_is_refused(send, rows_of):
    await send(sample())
    before = await rows_of()

    files = {
        "units": (UNITS + "NEW,thcs,Mới,Mới,,,2026-09-01,\n").encode(),
        "relations": RELATIONS.encode(),
        "identifiers": (IDENTIFIERS + "NEW,moet_school_code,99001302,2026-09-01,\n").encode(),
    }
    answer = await send(files)

    assert [each["what_en"] for each in answer.json()["errors"]] == [
        "the code '99001302' (moet_school_code) belongs to 'T1' for some of these days"
    ]
    assert await rows_of() == before
    # The same import may take it from its holder and give it on.
    files["units"] += b"T1,thpt,M,M,,,2026-08-15,\n"
    assert (await send(files)).json()["changed"] == 2


async def test_every_rejected_row_can_be_asked_for(send, rows_of):
    rows = "".join(f"X{number},castle,Tên,Tên,,,2026-01-01,\n" for number in range(2500))
    files = {"units": (UNITS + rows).encode(), "relations": RELATIONS.encode()}

    shown = [(await send(files, **params)).json() for params in ({}, {"faults": 100_000})]

    assert [(each["error_count"], len(each["errors"])) for each in shown] == [(2500, 100), (2500, 2500)]
    assert [each["row"] for each in shown[1]["errors"]] == list(range(2, 2502))
    assert (await send(files, faults=0)).json()["code"] == "malformed"


async def test_a_hundred_thousand_rows_are_taken_in(send, waiting_count):
    ids = [f"U{99_999 - number}" for number in range(20_000)]  # those above come last in every order
    units = [f"{each},thcs,Trường {each},{each},,,2005-01-01,\n" for each in ids]
    relations = [
        f"{ids[number]},{kind},{ids[number // 20]},2005-01-01,\n"
        for number in range(20, 20_000)
        for kind in ("administrative", "professional", "reporting", "territory")
    ]
    files = {"units": (UNITS + "".join(units)).encode(), "relations": (RELATIONS + "".join(relations)).encode()}

    answer = await send(files)

    assert answer.status_code == 200, answer.text
    assert answer.json()["units"] + answer.json()["relations"] == 99_920
    assert answer.json()["changed"] == 20_000
    assert await waiting_count() == 20_000
    # One edge closes a circle over all of it.
    files["relations"] += f"{ids[2]},reporting,{ids[-1]},2026-01-01,\n".encode()
    answer = await send(files)
    assert [(each["row"], each["column"]) for each in answer.json()["errors"]] == [(79922, "parent_id")]
    assert await waiting_count() == 20_000


@pytest.fixture
def waiting_count(frame):
    async def count():
        async with frame.engine.connect() as connection:
            return (await connection.execute(text("SELECT count(DISTINCT about) FROM outbox"))).scalar_one()

    return count


def zip_of(**contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb():
    good = io.BytesIO(as_xlsx(UNITS.encode()))
    out = io.BytesIO()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/media/white.bin", "w", force_zip64=True) as large:
            for _ in range(600):
                large.write(bytes(1 << 20))
    return out.getvalue()


def unfolding():
    """A workbook whose first cell is an entity of entities of entities."""
    good = io.BytesIO(as_xlsx(UNITS.encode()))
    out = io.BytesIO()
    entities = "".join(f'<!ENTITY e{step + 1} "{f"&e{step};" * 10}">' for step in range(9))
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                content = f'<!DOCTYPE worksheet [<!ENTITY e0 "lol">{entities}]>' + content.replace("unit_id", "&e9;")
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 and then nothing", "cannot be read"),
        (zip_of(readme="not a workbook"), "cannot be read"),
        (bomb(), "unpacks to too much"),
        (unfolding(), "EntitiesForbidden"),
        (UNITS.encode("utf-16"), "UTF-8"),
        ((UNITS + "X,thcs,Trường,X,,,2026-01-01,\n").encode("cp1258", "replace"), "UTF-8"),
        (b"\x00\xff" * 100, "UTF-8"),
        (b"", "empty"),
    ],
    ids=["torn archive", "another archive", "zip bomb", "entities", "UTF-16", "Windows-1258", "noise", "nothing"],
)
async def test_a_file_that_is_no_table_is_refused_with_a_reason(send, rows_of, content, reason):
    before = await rows_of()

    answer = await send({"units": content, "relations": RELATIONS.encode()})

    assert (answer.status_code, answer.json()["code"]) == (422, "import-rejected"), answer.text
    [error] = answer.json()["errors"]
    assert (error["file"], reason in error["what_en"]) == ("units", True), error
    assert await rows_of() == before


async def test_only_an_administrator_of_the_province_may_export(client, signer):
    for post in (("administrator", "U-SGD-MG"), ("desk_officer", "*"), ("viewer", "*")):
        answer = await client.get("/exports/units", headers=signer.bearer(post))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert (await client.get("/exports/units")).status_code == 401


async def test_there_are_four_files_in_two_forms(client, administrator):
    for path in ("/exports/people", "/exports/units?format=pdf"):
        assert (await client.get(path, headers=administrator)).json()["code"] == "malformed"
