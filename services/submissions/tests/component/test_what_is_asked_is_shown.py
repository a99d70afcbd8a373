"""The form of an obligation, as data and as a workbook that fills the draft."""

import asyncio

import pytest

from submissions.workbook import write_workbook

LESSONS = "values/stem.lessons/2025-2026"


@pytest.fixture
def path(desk) -> str:
    return f"/obligations/{desk.obligation_id}"


def told(answer) -> tuple:
    return answer.status_code, answer.json().get("code")


async def test_a_form_carries_its_rules_and_what_the_unit_stated_before(
    owe, asked, reporter, officer, stranger, signer
) -> None:
    await (await owe()).submit(reporter, asked.answer(lessons=7))
    desk = await owe()
    path = f"/obligations/{desk.obligation_id}/form"

    form = (await desk.ask("GET", path, reporter)).json()

    figures = {each["code"]: each["at_most"] for each in form["requirement"]["indicators"]}
    assert figures["stem.research_projects_province"] == "stem.research_projects"
    assert [section["code"] for section in form["requirement"]["sections"]] == ["documents", "solutions"]
    before = {each["indicator"]: each["value"] for each in form["former"]}
    assert (before["stem.lessons"], before["stem.school_implementing"]) == (7, True)
    # Who issued it sees what is asked, and not what the unit told others.
    assert (await desk.ask("GET", path, officer)).json()["former"] == []
    assert told(await desk.ask("GET", path, stranger)) == (404, "not-found")


async def test_a_workbook_fills_the_draft_as_if_it_had_been_typed(desk, path, reporter, asked, record) -> None:
    book = await desk.ask("GET", f"{path}/workbook", reporter)
    assert book.content[:2] == b"PK"
    headers = {"If-Match": '"0"', "Content-Type": "application/octet-stream"}
    unchanged = await desk.ask("POST", f"{path}/workbook", reporter, content=book.content, headers=headers)
    assert (unchanged.status_code, unchanged.json()["version"]) == (200, 0)

    [row] = await record.rows("requirements")
    requirement = await _requirement(desk, path, reporter)
    content = await asyncio.to_thread(write_workbook, requirement, "x", {LESSONS: 12, "narrative/documents": ["a"]})
    filled = await desk.ask("POST", f"{path}/workbook", reporter, content=content, headers=headers)
    again = await desk.ask("POST", f"{path}/workbook", reporter, content=content, headers=headers)

    assert (filled.status_code, filled.json()["fields"][LESSONS]["content"]) == (200, 12)
    assert again.json() == filled.json()
    other = await asyncio.to_thread(write_workbook, requirement, "x", {LESSONS: 13})
    refused = await desk.ask("POST", f"{path}/workbook", reporter, content=other, headers=headers)
    assert told(refused) == (412, "draft-conflict")
    assert row is not None


async def _requirement(desk, path, who):
    from contracts.directives import RequirementIssued
    from submissions.domain.asked import Requirement

    form = (await desk.ask("GET", f"{path}/form", who)).json()
    return Requirement.issued(RequirementIssued.model_validate(form["requirement"]))


async def test_only_the_unit_fills_and_a_bad_file_changes_nothing(
    desk, path, reporter, officer, stranger, record
) -> None:
    for who, refusal in ((officer, (403, "not-allowed")), (stranger, (404, "not-found"))):
        assert told(await desk.ask("GET", f"{path}/workbook", who)) == refusal
        posted = await desk.ask("POST", f"{path}/workbook", who, content=b"x", headers={"If-Match": '"0"'})
        assert told(posted) == refusal
    posted = await desk.ask("POST", f"{path}/workbook", reporter, content=b"PK\x03\x04", headers={"If-Match": '"0"'})
    assert told(posted) == (422, "workbook-not-valid")
    assert await record.rows("drafts") == []
