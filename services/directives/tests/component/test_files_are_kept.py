"""Files are kept with a directive byte for byte: what is attached to a draft, and the signed PDF with its signature."""

import base64
import hashlib
import zipfile
from io import BytesIO
from uuid import uuid4

import pytest

from directives.documents.attaching import MOST_BYTES
from directives.operations import filing
from directives.rendering.paper import Block, Paper
from directives.rendering.pdf import write_pdf
from directives.rendering.word import write_docx

PAPER = Paper(
    document_type="official_letter",
    parent=None,
    issuer="Sở Giáo dục và Đào tạo",
    number="12",
    notation="SGDĐT-GDPT",
    place="Minh Giang",
    day=None,
    subject="báo cáo",
    addressees=(),
    blocks=(Block("Sở đề nghị./.", "text"),),
    recipients=("Lưu: VT",),
    signer_lines=("GIÁM ĐỐC",),
    signer_name="Lê Thị Mẫu",
)
PDF = write_pdf(PAPER)
DOCX = write_docx(PAPER)


@pytest.fixture
def attach(client, officer):
    async def post(directive_id, content=PDF, name="de-cuong.pdf", headers=officer):
        return await client.post(
            f"/directives/{directive_id}/attachments", files={"document": (name, content)}, headers=headers
        )

    return post


@pytest.fixture
def keep(client, clerk):
    async def put(directive_id, content=PDF, headers=clerk, name="van-ban.pdf"):
        return await client.put(
            f"/directives/{directive_id}/signed-file", files={"document": (name, content)}, headers=headers
        )

    return put


@pytest.fixture
def files(client, officer):
    async def get(directive_id, headers=officer):
        return (await client.get(f"/directives/{directive_id}/files", headers=headers)).json()["files"]

    return get


async def test_an_attachment_comes_back_as_it_was_brought(client, desk, attach, files, letter, officer) -> None:
    directive_id = await desk.draft(letter)

    answer = await attach(directive_id)

    kept = answer.json()
    fetched = await client.get(f"/directives/{directive_id}/files/{kept['file_id']}", headers=officer)
    digest = hashlib.sha256(PDF)
    assert (answer.status_code, kept["sha256"], kept["content_type"]) == (201, digest.hexdigest(), "application/pdf")
    assert fetched.content == PDF
    assert fetched.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert await files(directive_id) == [kept]


async def test_the_same_file_again_is_there_already(desk, attach, files, letter, rows) -> None:
    directive_id = await desk.draft(letter)
    first = await attach(directive_id)
    before = await rows()

    again = await attach(directive_id)

    assert again.json() == first.json()
    assert await rows() == before


async def test_a_leader_signs_the_attachments_too(client, desk, attach, letter, leader) -> None:
    directive_id = await desk.draft(letter)
    await attach(directive_id)

    answer = await client.post(f"/directives/{directive_id}/sign", json={"revision": 1}, headers=leader)

    assert (answer.status_code, answer.json()["code"]) == (409, "draft-changed")


async def test_what_is_signed_keeps_its_attachments(client, desk, attach, letter, officer, rows) -> None:
    directive_id = await desk.draft(letter)
    file_id = (await attach(directive_id)).json()["file_id"]
    await desk.sign(directive_id)
    before = await rows()

    more = await attach(directive_id, DOCX, "khac.docx")
    less = await client.delete(f"/directives/{directive_id}/files/{file_id}", headers=officer)

    assert [(each.status_code, each.json()["code"]) for each in (more, less)] == [(409, "not-now")] * 2
    assert await rows() == before


async def test_an_attachment_is_taken_off_a_draft(client, desk, attach, files, letter, officer) -> None:
    directive_id = await desk.draft(letter)
    file_id = (await attach(directive_id)).json()["file_id"]

    answers = [await client.delete(f"/directives/{directive_id}/files/{file_id}", headers=officer) for _ in range(2)]

    assert [each.status_code for each in answers] == [204, 204]
    assert await files(directive_id) == []


async def test_a_directive_has_only_so_many_attachments(desk, attach, letter, rows, monkeypatch) -> None:
    monkeypatch.setattr(filing, "MOST_ATTACHMENTS", 1)
    directive_id = await desk.draft(letter)
    await attach(directive_id)
    before = await rows()

    answer = await attach(directive_id, DOCX, "khac.docx")

    assert (answer.status_code, answer.json()["code"]) == (409, "attachments-full")
    assert await rows() == before


def _packed(**parts):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.pdf", b"", 422, "document-empty"),
        ("a.exe", b"MZ", 415, "format-unknown"),
        ("a.pdf", DOCX, 422, "document-misnamed"),
        ("a.docx", PDF, 422, "document-misnamed"),
        ("a.xlsx", DOCX, 422, "document-misnamed"),
        ("a.docm", DOCX, 422, "document-with-macros"),
        ("a.docx", _packed(word__document_dot_xml="<x/>", word__vbaProject_dot_bin="x"), 422, "document-with-macros"),
        ("a.docx", DOCX[:400], 422, "document-unreadable"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), 422, "document-locked"),
        ("a.xlsx", _packed(xl__workbook_dot_xml=bytes(210 << 20)), 422, "document-unfolds"),
        ("a.pdf", b"%PDF-1.5" + bytes(MOST_BYTES), 413, "document-too-large"),
        ("a.pdf", b"%PDF-1.5" + bytes(MOST_BYTES + (2 << 20)), 413, "too-large"),
    ],
    ids=["empty", "program", "docx as pdf", "pdf as docx", "docx as xlsx", "docm", "macros", "cut", "locked", "bomb",
         "large", "larger"],
)  # fmt: skip
async def test_what_is_not_what_it_says_is_not_attached(
    desk, attach, letter, rows, name, content, status, code
) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()

    answer = await attach(directive_id, content, name)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows() == before


async def test_a_signed_file_is_kept_and_shown_for_what_it_is(
    client, desk, keep, files, letter, officer, signed_pdf
) -> None:
    directive_id = await desk.signed(letter)
    signed = signed_pdf(PDF)

    answers = [await keep(directive_id, signed) for _ in range(2)]

    kept = answers[0].json()
    fetched = await client.get(f"/directives/{directive_id}/files/{kept['file_id']}", headers=officer)
    assert answers[1].json() == kept
    assert (kept["kind"], kept["signature"]["verdict"]) == ("signed", "intact")
    assert kept["signature"]["words_vi"] == "nguyên vẹn; chưa đánh giá độ tin cậy"
    assert kept["signature"]["signatures"][0]["is_pades"] is True
    assert fetched.content == signed
    assert (await client.get(f"/directives/{directive_id}/paper/pdf", headers=officer)).content == signed
    assert await files(directive_id) == [kept]


async def test_a_scan_says_that_it_has_no_signature(desk, keep, letter) -> None:
    kept = (await keep(await desk.signed(letter))).json()

    assert (kept["signature"]["verdict"], kept["signature"]["words_en"]) == ("none", "no digital signature")


async def test_what_was_changed_after_signing_is_not_kept(desk, keep, letter, rows, signed_pdf) -> None:
    directive_id = await desk.signed(letter)
    signed = signed_pdf(PDF)
    place = signed.index(b"/MediaBox")
    before = await rows()

    answer = await keep(directive_id, signed[:place] + signed[place:].replace(b"0 0 595", b"0 0 594", 1))

    assert (answer.status_code, answer.json()["code"]) == (422, "signature-broken")
    assert await rows() == before


async def test_until_it_is_issued_another_may_take_its_place(desk, keep, files, letter, signed_pdf, rows) -> None:
    directive_id = await desk.numbered(letter)
    await keep(directive_id)
    signed = signed_pdf(PDF)
    assert (await keep(directive_id, signed)).status_code == 200
    assert [each["sha256"] for each in await files(directive_id)] == [hashlib.sha256(signed).hexdigest()]
    await desk.issue(directive_id)
    before = await rows()

    other, same = await keep(directive_id), await keep(directive_id, signed)

    assert (other.status_code, other.json()["code"], same.status_code) == (409, "signed-file-kept", 200)
    assert other.json()["sha256"] == hashlib.sha256(signed).hexdigest()
    assert await rows() == before


async def test_a_draft_has_no_signed_file(desk, keep, letter, rows) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()

    answer = await keep(directive_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "not-now")
    assert await rows() == before


async def test_who_reads_a_directive_reads_its_files_and_nobody_else(client, desk, keep, signer, letter) -> None:
    directive_id = await desk.signed(letter)
    file_id = (await keep(directive_id)).json()["file_id"]
    asked, stranger = signer.bearer(("reporter", "U-THCS-1")), signer.bearer(("reporter", "U-SO-X"))
    paths = [f"/directives/{directive_id}/files", f"/directives/{directive_id}/files/{file_id}"]

    early = [(await client.get(path, headers=asked)).status_code for path in paths]
    await desk.number(directive_id)
    await desk.issue(directive_id)

    assert early == [404, 404]
    assert [(await client.get(path, headers=asked)).status_code for path in paths] == [200, 200]
    assert [(await client.get(path, headers=stranger)).status_code for path in paths] == [404, 404]


async def test_a_file_that_is_not_there_and_one_that_is_not_theirs_are_refused_alike(
    client, desk, keep, signer, letter
) -> None:
    directive_id = await desk.signed(letter)
    file_id = (await keep(directive_id)).json()["file_id"]
    stranger, nothing = signer.bearer(("reporter", "U-SO-X")), uuid4()

    answers = [
        await client.get(f"/directives/{one}/files/{file}", headers=who)
        for one, file, who in (
            (directive_id, file_id, stranger),
            (directive_id, nothing, desk.officer),
            (nothing, nothing, desk.officer),
        )
    ]

    assert {(each.status_code, each.json()["detail"]) for each in answers} == {(404, "Không tìm thấy tệp này.")}


async def test_a_file_is_found_with_its_own_directive_only(client, desk, attach, letter, officer) -> None:
    one, other = await desk.draft(letter), await desk.draft(letter)
    file_id = (await attach(one)).json()["file_id"]

    assert (await client.get(f"/directives/{other}/files/{file_id}", headers=officer)).status_code == 404


@pytest.mark.parametrize(("role", "unit", "status"), [("clerk", "U-SO", 403), ("desk_officer", "U-SO-X", 404)])
async def test_only_the_desk_attaches(desk, attach, signer, letter, rows, role, unit, status) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()

    assert (await attach(directive_id, headers=signer.bearer((role, unit)))).status_code == status
    assert await rows() == before


@pytest.mark.parametrize(("role", "unit", "status"), [("leader", "U-SO", 403), ("clerk", "U-SO-X", 404)])
async def test_only_the_clerk_keeps_what_was_signed(desk, keep, signer, letter, rows, role, unit, status) -> None:
    directive_id = await desk.signed(letter)
    before = await rows()

    assert (await keep(directive_id, headers=signer.bearer((role, unit)))).status_code == status
    assert await rows() == before
