"""A report may be a document of the unit's own: number, day and signer are stated with it, and it may come signed."""

import hashlib

import pytest

from chassis.transaction import new_id
from contracts.directives import AnsweringAsked, MediaAsked
from submissions.domain.asked import Requirement
from submissions.domain.formats import refuse_unasked
from submissions.problems import FileTooLarge, TypeNotAllowed, VideoNotAsked

REPORT = {
    "code": "15/BC-THCSBD",
    "subject": "Báo cáo thực hiện giáo dục STEM",
    "issued_on": "2026-11-20",
    "signed_by": "Nguyễn Văn A",
}

SHA256 = hashlib.sha256(b"%PDF").hexdigest()


@pytest.fixture
async def desk(owe, asked):
    return await owe(asked.report(answering=AnsweringAsked(is_official=True)))


@pytest.fixture
def file(record):
    """Make a file of an obligation that passed its inspection."""

    async def make(desk, found="pdf"):
        media_id = new_id()
        await record.change(
            "INSERT INTO media (media_id, obligation_id, uploaded_by, file_name, content_type, byte_count, part_bytes,"
            " store_upload_id, state, opened_at, etag, received_at, inspected_at, format, sha256)"
            " VALUES (:id, :owed, :id, 'bao-cao', 'application/pdf', 1, 1, 'x', 'ready', now(), 'e', now(), now(),"
            " :format, :sha256)",
            id=media_id,
            owed=desk.obligation_id,
            format=found,
            sha256=SHA256,
        )
        return str(media_id)

    return make


def told(answer) -> tuple:
    return answer.status_code, answer.json().get("code")


async def test_number_day_and_signer_stand_with_the_version_and_the_signer_is_not_told(
    desk, asked, file, record, reporter, officer
) -> None:
    signed = REPORT | {"signed_media_id": await file(desk), "signed_sha256": SHA256}

    assert (await desk.submit(reporter, asked.answer(document=signed))).status_code == 201

    [version] = (await desk.read(officer)).json()["versions"]
    assert version["document"] == signed
    assert (version["signed_file"]["media_id"], version["signed_file"]["sha256"]) == (signed["signed_media_id"], SHA256)
    assert len(version["values"]) == 4
    [(_, event)] = await record.events()
    assert event["documents"] == [{"code": "15/BC-THCSBD", "issued_on": "2026-11-20"}]
    assert "Nguyễn" not in str(event)
    assert (await desk.submit(reporter, asked.answer(document=REPORT))).json()["number"] == 2


async def test_what_is_not_such_a_document_changes_nothing(desk, owe, asked, file, record, reporter) -> None:
    plain = await owe()
    wrong = {
        None: "values-not-valid",
        await file(plain): "media-not-ready",
        str(new_id()): "media-not-ready",
        await file(desk, "docx"): "values-not-valid",
    }
    before = await record.everything()

    for signed, code in wrong.items():
        document = None if signed is None else REPORT | {"signed_media_id": signed}
        assert (await desk.submit(reporter, asked.answer(document=document))).json()["code"] == code
    named = await file(desk)
    for said in ({"signed_media_id": named, "signed_sha256": 64 * "0"}, {"signed_sha256": SHA256}):
        refused = await desk.submit(reporter, asked.answer(document=REPORT | said))
        assert [each["where"] for each in refused.json()["errors"]] == ["document.signed_sha256"]
    before = await record.everything()
    late = REPORT | {"issued_on": "2099-01-01"}
    assert told(await desk.submit(reporter, asked.answer(document=late))) == (422, "values-not-valid")
    assert told(await plain.submit(reporter, asked.answer(document=REPORT))) == (422, "values-not-valid")
    assert await record.everything() == before


async def test_sent_again_it_is_answered_as_the_first_time(desk, asked, record, reporter) -> None:
    first = await desk.submit(reporter, asked.answer(document=REPORT), key="bao-cao-15")
    before = await record.everything()

    again = await desk.submit(reporter, asked.answer(document=REPORT), key="bao-cao-15")

    assert (again.json(), again.headers["idempotent-replay"]) == (first.json(), "true")
    assert await record.everything() == before


async def test_a_draft_holds_the_document_and_becomes_it(desk, client, asked, record, reporter) -> None:
    path = f"/obligations/{desk.obligation_id}/draft"
    stated = {f"values/{each['indicator']}/{each['period']}": each["value"] for each in asked.answer()["values"]}
    written = {f"document/{name}": said for name, said in REPORT.items()}

    def save(fields, seen):
        return client.patch(path, json={"fields": fields}, headers={**reporter, "If-Match": f'"{seen}"'})

    for name, wrong in (("code", "mười lăm"), ("issued_on", "20/11/2026"), ("signed_media_id", "x"), ("seal", "x")):
        assert told(await save({f"document/{name}": wrong}, 0)) == (422, "fields-not-taken")
    saved = (await save(stated | written, 0)).json()
    assert saved["errors"] == []
    headers = {**reporter, "If-Match": '"1"', "Idempotency-Key": "nop-ban-nhap"}
    assert (await client.post(f"{path}/submission", headers=headers)).status_code == 201
    [official] = await record.rows("official_documents")
    assert (official["code"], official["signed_by"]) == (REPORT["code"], REPORT["signed_by"])


def test_its_signed_file_is_a_pdf_beside_what_else_is_asked(asked) -> None:
    films = MediaAsked(count=1, max_seconds=60, max_bytes=10)
    official, with_films, plain = (
        Requirement.issued(asked.report(answering=AnsweringAsked(is_official=is_official), media=media))
        for is_official, media in ((True, None), (True, films), (False, None))
    )

    for each in (official, with_films):
        refuse_unasked(each, byte_count=50_000_000, content_type="application/pdf")
        with pytest.raises(FileTooLarge):
            refuse_unasked(each, byte_count=50_000_001, content_type="application/pdf")
    refuse_unasked(with_films, byte_count=10, content_type="video/mp4")
    with pytest.raises(TypeNotAllowed):
        refuse_unasked(official, byte_count=10, content_type="video/mp4")
    with pytest.raises(TypeNotAllowed):
        refuse_unasked(with_films, byte_count=10, content_type="image/png")
    with pytest.raises(VideoNotAsked):
        refuse_unasked(plain, byte_count=10, content_type="application/pdf")
