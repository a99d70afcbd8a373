"""A document or a photograph is sent for a requirement that asks for documents, and shown as it may be shown."""

import hashlib
import io
import zipfile

import pytest
from PIL import Image

from contracts.asked import DocumentAsked
from submissions.operations.inspecting import inspect_next

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PUPILS = "Danh sách học sinh. Họ và tên, Ngày sinh: " + ", ".join(f"0{n}/05/2012" for n in range(1, 8))


def told(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


def letter(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{WORD}.main+xml"/></Types>')
        archive.writestr("word/document.xml", f"<w:t>{text}</w:t>")
    return packed.getvalue()


def photograph() -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "Galaxy S24"
    taken = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(taken, "JPEG", exif=exif)
    return taken.getvalue()


@pytest.fixture
async def paper_desk(owe, asked):
    """An obligation to send a document."""
    document = DocumentAsked(at_least=1, at_most=3, formats=("docx", "jpg"), max_bytes=5_000_000)
    return await owe(asked.video(kind="document", media=None, document=document))


async def test_a_letter_comes_in_and_a_list_of_pupils_is_flagged(paper_desk, another_sender, archive, record) -> None:
    sender = another_sender(letter(PUPILS), desk=paper_desk)
    assert (await sender.open(content_type=WORD, file_name="Báo cáo.docx")).status_code == 201
    await sender.put_all()
    await sender.complete()

    assert await inspect_next(archive) == "ready"

    media = await sender.media()
    assert (media["format"], media["scan"], media["looks_like_pupils"]) == ("docx", "not-scanned", True)
    assert media["sha256"] == hashlib.sha256(sender.content).hexdigest()
    link = (await sender.desk.ask("GET", f"/media/{sender.media_id}/link", sender.who)).json()
    assert (link["poster_url"], link["thumbnail_url"]) == (None, None)
    small = await sender.desk.ask("GET", f"/obligations/{paper_desk.obligation_id}/thumbnails", sender.who)
    assert small.json()["thumbnails"] == []
    shown = await sender.web.get(link["url"])
    assert (shown.content, shown.headers["content-type"]) == (sender.content, WORD)
    assert (await record.events())[-1][1]["duration_ms"] == 0


async def test_a_photograph_is_shown_bare_and_its_original_to_its_own_only(
    paper_desk, another_sender, archive, officer, stranger, signer, asked
) -> None:
    sender = another_sender(photograph(), desk=paper_desk)
    await sender.open(content_type="image/jpeg", file_name="anh.jpg")
    await sender.put_all()
    await sender.complete()
    assert await inspect_next(archive) == "ready"
    leader = signer.bearer(("leader", asked.department))

    link = (await sender.desk.ask("GET", f"/media/{sender.media_id}/link", leader)).json()
    refused = await sender.desk.ask("GET", f"/media/{sender.media_id}/original", leader)
    original = (await sender.desk.ask("GET", f"/media/{sender.media_id}/original", officer)).json()

    assert b"Galaxy" in sender.content
    listed = f"/obligations/{paper_desk.obligation_id}/thumbnails"
    [small] = (await sender.desk.ask("GET", listed, leader)).json()["thumbnails"]
    for url in (link["url"], link["poster_url"], link["thumbnail_url"], small["url"]):
        picture = (await sender.web.get(url)).content
        assert picture.startswith(b"\xff\xd8\xff")
        assert b"Galaxy" not in picture
    with Image.open(io.BytesIO(picture)) as thumbnail:
        assert thumbnail.size == (240, 160)
    assert told(await sender.desk.ask("GET", listed, stranger)) == (404, "not-found")
    assert told(refused) == (403, "not-allowed")
    assert (await sender.web.get(original["url"])).content == sender.content
    views = (await sender.desk.ask("GET", f"/media/{sender.media_id}/views", officer)).json()["views"]
    assert [view["purpose"] for view in views] == ["thumbnail", "original", "link"]


async def test_what_is_not_among_the_formats_is_refused_by_its_content(paper_desk, another_sender, archive) -> None:
    assert told(await another_sender(b"x", desk=paper_desk).open(content_type="video/mp4")) == (422, "type-not-allowed")
    picture = io.BytesIO()
    Image.new("RGB", (30, 20)).save(picture, "PNG")
    sender = another_sender(picture.getvalue(), desk=paper_desk)
    await sender.open(content_type=WORD)
    await sender.put_all()
    await sender.complete()

    assert await inspect_next(archive) == "rejected"

    assert (await sender.media())["refusal"] == "not-allowed"


async def test_a_photograph_of_an_iphone_is_refused_with_what_to_do(another_sender, paper_desk) -> None:
    sender = another_sender(b"x" * 100, desk=paper_desk)

    refused = await sender.open(file_name="IMG_0001.HEIC", content_type="image/heic")

    assert told(refused) == (422, "type-not-allowed")
    assert "hãy lưu ảnh dạng JPEG" in refused.json()["detail"]
    assert refused.json()["allowed"] == [WORD, "image/jpeg"]
