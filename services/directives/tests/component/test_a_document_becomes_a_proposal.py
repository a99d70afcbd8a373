"""A document becomes a proposal for whoever drafts, and leaves nothing behind."""

import asyncio
from pathlib import Path

import pytest

from directives.documents.reading import MOST_BYTES
from directives.operations import proposing

LETTER = (Path(__file__).parents[1] / "letters" / "y-te.txt").read_bytes()


@pytest.fixture
def bring(client, officer):
    async def post(name, content, headers=officer):
        return await client.post("/document-proposals", files={"document": (name, content)}, headers=headers)

    return post


async def test_every_field_says_where_it_stands(bring, rows) -> None:
    before = await rows()

    answer = await bring("cong-van.txt", LETTER)

    proposal = answer.json()
    notation, day = proposal["notation"], proposal["day"]["source"]
    assert answer.status_code == 200
    assert proposal["text"][notation["start"] : notation["end"]] == notation["text"] == "SYT-NVY"
    assert proposal["text"][day["start"] : day["end"]] == day["text"] == "ngày 5 tháng 01 năm 2026"
    assert await rows() == before


@pytest.mark.parametrize("role", ["reporter", "school_head", "leader", "clerk", "administrator"])
async def test_only_who_drafts_may_bring_one(bring, signer, role) -> None:
    answer = await bring("cong-van.txt", LETTER, signer.bearer((role, "U-SO")))

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


async def test_a_stranger_may_not_bring_one(bring) -> None:
    assert (await bring("cong-van.txt", LETTER, {})).status_code == 401


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.txt", b" ", 422, "document-empty"),
        ("a.docx", LETTER, 422, "document-misnamed"),
        ("a.docx", b"PK\x03\x04", 422, "document-unreadable"),
        ("a.exe", b"MZ", 415, "format-unknown"),
        ("a.pdf", b"%PDF-1.5" + bytes(MOST_BYTES), 413, "document-too-large"),
        ("a.pdf", b"%PDF-1.5" + bytes(MOST_BYTES + (1 << 20)), 413, "too-large"),
    ],
)
async def test_what_cannot_be_read_says_why(bring, rows, name, content, status, code) -> None:
    before = await rows()

    answer = await bring(name, content)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["detail"]
    assert problem["detail_en"]
    assert await rows() == before


async def test_a_request_without_a_document_is_malformed(client, officer) -> None:
    answer = await client.post("/document-proposals", headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_others_are_answered_while_documents_are_read(bring, client, monkeypatch) -> None:
    reading, free = asyncio.Event(), asyncio.Event()
    loop, propose = asyncio.get_running_loop(), proposing.propose

    def slow(name, content):
        loop.call_soon_threadsafe(reading.set)
        asyncio.run_coroutine_threadsafe(free.wait(), loop).result(10)
        return propose(name, content)

    monkeypatch.setattr(proposing, "propose", slow)
    brought = asyncio.create_task(bring("cong-van.txt", LETTER))
    await asyncio.wait_for(reading.wait(), 10)

    assert (await client.get("/health/live")).status_code == 200
    assert not brought.done()

    free.set()
    assert (await brought).status_code == 200


async def test_only_types_of_units_there_are_are_suggested(client, officer) -> None:
    every_school = (Path(__file__).parents[1] / "letters" / "khuyen-hoc.txt").read_bytes()

    answer = await client.post("/document-suggestions", files={"document": ("a.txt", every_school)}, headers=officer)

    suggested = answer.json()["requirements"][4]["audience"]["unit_types"]
    assert suggested == ["th_thcs", "thcs", "thpt"]
