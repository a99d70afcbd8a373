"""An answer may be a document of the unit's own: files of the wanted formats, with what is written on it."""

import pytest

from chassis.transaction import new_id
from contracts.directives import DocumentAsked

PLAN = {
    "code": "15/KH-THCSBD",
    "subject": "Kế hoạch giáo dục STEM",
    "issued_on": "2026-11-02",
    "signed_by": "Trần Thị Mẫu",
}


@pytest.fixture
def owe_plan(owe, asked):
    async def open_one(**changes):
        wanted = {"at_least": 1, "at_most": 2, "formats": ("pdf",), "max_bytes": 1_000_000, "is_official": True}
        document = DocumentAsked(**wanted | changes)
        return await owe(asked.report(kind="document", document=document, indicators=(), sections=(), periods=()))

    return open_one


@pytest.fixture
def file(record):
    """Make a file that passed its inspection."""

    async def make(desk, found="pdf"):
        media_id = new_id()
        await record.change(
            "INSERT INTO media (media_id, obligation_id, uploaded_by, file_name, content_type, byte_count, part_bytes,"
            " store_upload_id, state, opened_at, etag, received_at, inspected_at, format)"
            " VALUES (:id, :owed, :id, 'ke-hoach', 'application/pdf', 1, 1, 'x', 'ready', now(), 'e', now(), now(),"
            " :format)",
            id=media_id,
            owed=desk.obligation_id,
            format=found,
        )
        return str(media_id)

    return make


async def test_number_and_day_are_told_and_who_signed_stays(owe_plan, file, record, reporter, officer) -> None:
    desk = await owe_plan()
    plan = await file(desk)

    answer = await desk.submit(reporter, {"media_ids": [plan], "document": PLAN})

    assert (answer.status_code, answer.json()["state"]) == (201, "submitted")
    [(_, told)] = await record.events()
    assert told["documents"] == [{"code": "15/KH-THCSBD", "issued_on": "2026-11-02"}]
    assert "Mẫu" not in str(await record.rows("outbox"))
    [version] = (await desk.read(officer)).json()["versions"]
    assert (version["document"], [each["media_id"] for each in version["media"]]) == (
        PLAN | {"signed_media_id": None, "signed_sha256": None},
        [plan],
    )


async def test_everything_that_is_wrong_with_it_is_told(owe_plan, file, record, reporter) -> None:
    desk = await owe_plan()
    letter, plan = await file(desk, "docx"), await file(desk)
    before = await record.everything()

    async def wrong(body):
        answer = await desk.submit(reporter, body)
        assert answer.json()["code"] == "values-not-valid", answer.text
        return [each["where"] for each in answer.json()["errors"]]

    assert await wrong({"document": PLAN}) == ["media_ids"]
    assert await wrong({"media_ids": [plan]}) == ["document"]
    assert await wrong({"media_ids": [plan, letter], "document": PLAN}) == ["media_ids[1]"]
    assert await wrong({"media_ids": [plan, plan], "document": PLAN}) == ["media_ids"]
    assert await wrong({"media_ids": [plan], "document": PLAN | {"issued_on": "2099-01-01"}}) == ["document.issued_on"]
    assert await wrong({"nil": True, "document": PLAN}) == ["media_ids"]
    assert await record.everything() == before
    elsewhere = await file(await owe_plan())
    foreign = await desk.submit(reporter, {"media_ids": [elsewhere], "document": PLAN})
    assert (foreign.status_code, foreign.json()["code"]) == (409, "media-not-ready")


async def test_files_that_are_no_official_document_have_no_number(owe_plan, file, reporter) -> None:
    desk = await owe_plan(is_official=False, formats=("pdf", "xlsx"))
    table = await file(desk, "xlsx")

    wrong = await desk.submit(reporter, {"media_ids": [table], "document": PLAN})

    assert [each["where"] for each in wrong.json()["errors"]] == ["document"]
    assert (await desk.submit(reporter, {"media_ids": [table]})).status_code == 201


@pytest.mark.parametrize("code", ["15", "KH-THCSBD", "15/", "15/KH THCS", "15/KH-"])
async def test_a_code_is_a_number_and_a_notation(desk, asked, reporter, code) -> None:
    answer = await desk.submit(reporter, asked.answer(document=PLAN | {"code": code}))

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
