"""A document and what a person confirms of it become a draft; everything else about it leaves nothing behind."""

import json
from pathlib import Path

import pytest

from directives.documents.reading import MOST_BYTES

LETTER = (Path(__file__).parents[1] / "letters" / "toa-dam.txt").read_bytes()
CONFIRMED = {"issuer_unit_id": "U-SO", "as_of": "2026-05-31", "requirements": [{"candidate": 2}, {"candidate": 3}]}


@pytest.fixture
def bring(client, officer):
    async def post(said=CONFIRMED, content=LETTER, headers=officer, name="cong-van.txt"):
        return await client.post(
            "/document-drafts",
            files={"document": (name, content)},
            data={"confirmation": said if isinstance(said, str) else json.dumps(said)},
            headers=headers,
        )

    return post


async def test_what_was_confirmed_is_drafted(bring, client, officer) -> None:
    answer = await bring()

    drafted = answer.json()
    assert (answer.status_code, drafted["state"], drafted["revision"]) == (201, "draft", 1)
    assert [each["kind"] for each in drafted["requirements"]] == ["report", "video"]
    assert drafted["replaces_code"] == "745/SGDĐT-GDPT"
    assert (await client.get(f"/directives/{drafted['directive_id']}", headers=officer)).json()["form"] == drafted[
        "form"
    ]


async def test_types_the_province_does_not_have_are_left_out_and_told(client, officer) -> None:
    answer = await client.post("/document-suggestions", files={"document": ("a.txt", LETTER)}, headers=officer)

    suggestion = answer.json()
    asked = {code for each in suggestion["requirements"] for code in each["audience"]["unit_types"]}
    told = [each["what_en"] for each in suggestion["to_decide"] if "left out" in each["what_en"]]
    assert "thpt" in asked
    assert "pt_nhieu_cap" not in asked
    assert told
    assert all("pt_nhieu_cap" in each for each in told)


async def test_a_suggestion_leaves_nothing_behind(client, officer, rows) -> None:
    before = await rows()

    answer = await client.post("/document-suggestions", files={"document": ("a.txt", LETTER)}, headers=officer)

    suggestion = answer.json()
    assert answer.status_code == 200
    assert len(suggestion["requirements"]) == 5
    assert {"field", "what_vi", "what_en"} == set(suggestion["to_decide"][0])
    assert await rows() == before


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("{", 400, "not-readable"),
        ({**CONFIRMED, "as_of": "today"}, 422, "malformed"),
        ({**CONFIRMED, "sign": True}, 422, "malformed"),
        ({**CONFIRMED, "requirements": [{"candidate": 0}]}, 422, "confirmation-incomplete"),
        ({**CONFIRMED, "requirements": [{"candidate": 4, "due_phrase": "a", "due_at": "2026-12-01T00:00:00Z"}]},
         422, "audience-unsaid"),
        ({**CONFIRMED, "form": {"contact": "0900 000 000"}}, 422, "contact-personal"),
        ({**CONFIRMED, "issuer_unit_id": "U-SO-X"}, 403, "not-allowed"),
    ],
)  # fmt: skip
async def test_a_confirmation_that_does_not_do_changes_nothing(bring, rows, said, status, code) -> None:
    before = await rows()

    answer = await bring(said)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await rows() == before


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.docx", LETTER, 422, "document-misnamed"),
        ("a.pdf", b"%PDF-1.5" + bytes(MOST_BYTES), 413, "document-too-large"),
        ("a.txt", b"", 422, "document-empty"),
    ],
)
async def test_a_document_that_cannot_be_read_makes_no_draft(bring, rows, name, content, status, code) -> None:
    before = await rows()

    answer = await bring(content=content, name=name)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows() == before


@pytest.mark.parametrize("role", ["reporter", "leader", "clerk", "administrator"])
@pytest.mark.parametrize("said", [CONFIRMED, "{"])
async def test_only_who_drafts_is_listened_to(bring, signer, rows, role, said) -> None:
    before = await rows()

    answer = await bring(said, headers=signer.bearer((role, "U-SO")))

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert await rows() == before
