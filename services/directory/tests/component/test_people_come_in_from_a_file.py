"""A file of people is taken whole or not at all, and each new one gets a letter, once."""

import csv
import io
import unicodedata

import pytest

from directory.domain.passwords import missing
from directory.letters import SignInLetter, as_csv, as_page

HEADER = "account,full_name,email,unit_id,role,valid_from,valid_to"
ROWS = (
    "b1,Trần Văn B,b@example.com,U-SCH-001,unit_head,2026-08-01,",
    "c1,Lê Thị C,c@example.com,U-SCH-003,reporter,2026-08-01,2027-07-31",
    "b1,Trần Văn B,b@example.com,U-SCH-003,viewer,2026-08-01,",
)


async def send(client, headers, *rows, header=HEADER, letters="csv", raw=None):
    content = raw if raw is not None else "\n".join([header, *rows]).encode()
    return await client.post(f"/people/imports?letters={letters}", files={"people": content}, headers=headers)


def letters_of(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_each_person_gets_an_account_their_posts_and_a_letter_that_opens_it_once(
    client, administrator, registered, rows_of
):
    answer = await send(client, administrator, *ROWS)

    assert (answer.status_code, answer.headers["x-created"], answer.headers["x-existing"]) == (201, "2", "0")
    assert answer.headers["cache-control"] == "no-store"
    letters = letters_of(answer)
    assert [each["account"] for each in letters] == ["b1", "c1"]
    assert not any(missing(each["one_time_password"]) for each in letters)
    for each in letters:
        credentials = {"account": each["account"], "password": each["one_time_password"]}
        assert (await client.post("/sessions", json=credentials)).json()["needs"] == ["password-change"]
    rows, events = await rows_of()
    assert len(rows["posts"]) == 3
    assert not any(each["one_time_password"] in str((rows, events)) for each in letters)

    again = await send(client, administrator, *ROWS, "d1,D,d@example.com,*,viewer,2026-08-01,")
    assert (again.headers["x-created"], again.headers["x-existing"]) == ("1", "2")
    assert [each["account"] for each in letters_of(again)] == ["d1"]


async def test_letters_are_printed_one_to_a_sheet(client, administrator, registered):
    answer = await send(client, administrator, *ROWS, letters="html")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.count("<section>") == 2
    assert "Trần Văn B" in answer.text


def test_a_name_is_a_name_in_a_page_and_in_a_spreadsheet():
    letter = SignInLetter("b1", "=cmd|' /C calc'!A0<script>", "b@x", "Secret-1a")

    assert "<script>" not in as_page([letter])
    assert ",'=cmd|" in as_csv([letter]).replace('"', "")
    assert "Secret" not in repr(letter)


WRONG = [
    ("b1,B,b@x,U-SCH-001,king,2026-08-01,", "role", 2),
    ("b1,B,b@x,NOBODY,viewer,2026-08-01,", "unit_id", 2),
    ("b1,B,b@x,**,viewer,2026-08-01,", "unit_id", 2),
    ("b1,B,b@x,U-SCH-001,viewer,01/08/2026,", "valid_from", 2),
    ("b1,B,b@x,U-SCH-001,viewer,0001-01-01,", "valid_from", 2),
    ("b1,B,b@x,U-SCH-001,viewer,2026-02-30,", "valid_from", 2),
    ("b1,B,b@x,U-SCH-001,viewer,2026-08-01,2026-07-31", "valid_to", 2),
    ("b 1,B,b@x,U-SCH-001,viewer,2026-08-01,", "account", 2),
    ("b1,,b@x,U-SCH-001,viewer,2026-08-01,", "full_name", 2),
    ("b1,B\u202e,b@x,U-SCH-001,viewer,2026-08-01,", "full_name", 2),
    ("b1,B,b at x,U-SCH-001,viewer,2026-08-01,", "email", 2),
    ("b1,B,b@x,U-SCH-001,viewer,2026-08-01", "", 2),
    ("b1,B,b@x,U-SCH-001,viewer,2026-08-01,\nB1,C,b@x,U-SCH-001,viewer,2026-08-01,", "account", 3),
    ("b1,B,b@x,U-SCH-001,viewer,2026-08-01,\nb1,B,b@x,U-SCH-001,viewer,2026-08-01,", "role", 3),
    ("b1,B,b@x,U-SCH-001,viewer,2026-08-01,\nb1,B,b@x,U-SCH-001,viewer,2027-08-01,", "role", 3),
]


@pytest.mark.parametrize(("row", "column", "number"), WRONG)
async def test_a_wrong_row_is_named_and_nobody_gets_in(client, administrator, registered, rows_of, row, column, number):
    before = await rows_of()

    answer = await send(client, administrator, row, ROWS[1])

    assert (answer.status_code, answer.json()["code"]) == (422, "import-rejected")
    [error] = answer.json()["errors"]
    assert (error["file"], error["row"], error["column"]) == ("people", number, column)
    assert error["what_vi"] != error["what_en"]
    assert await rows_of() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEADER.encode(),
        b"account,full_name\nb1,B",
        "\n".join([HEADER, ROWS[0]]).encode("utf-16"),
        "\n".join([HEADER, ROWS[0]]).encode("cp1258", errors="replace"),
        HEADER.encode() + b'\n"b1,B',
        HEADER.encode() + b",account\n" + ROWS[0].encode() + b",x",
    ],
)
async def test_a_file_that_is_none_is_refused(client, administrator, registered, rows_of, content):
    before = await rows_of()

    answer = await send(client, administrator, raw=content)

    assert (answer.status_code, answer.json()["code"]) == (422, "import-rejected")
    assert await rows_of() == before


async def test_too_many_people_at_once_are_refused(client, administrator, registered, rows_of):
    before = await rows_of()
    rows = [f"p{number},P,p@x,U-SCH-001,viewer,2026-08-01," for number in range(1001)]

    assert (await send(client, administrator, *rows)).json()["code"] == "import-rejected"
    assert await rows_of() == before


async def test_decomposed_letters_and_a_mark_at_the_beginning_do_not_matter(client, administrator, registered):
    text = unicodedata.normalize("NFD", "\n".join([HEADER, ROWS[0]]))

    answer = await send(client, administrator, raw=text.encode("utf-8-sig"))

    assert letters_of(answer)[0]["full_name"] == "Trần Văn B"


async def test_only_administrators_of_all_units_in_the_file_send_one(client, signer, registered, rows_of):
    before = await rows_of()
    for post in (("leader", "*"), ("administrator", "U-SCH-001")):
        answer = await send(client, signer.bearer(post), *ROWS)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert await rows_of() == before
