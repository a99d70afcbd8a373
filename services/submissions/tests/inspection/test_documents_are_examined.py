"""A document is what its content says; what acts, hides or explodes in it is refused; a photograph is shown bare."""

import asyncio
import io
import struct
import zipfile

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from submissions.inspection import Clamd, InspectionUnavailable, NoScanner, Refused, examine
from submissions.inspection import paper as examination
from submissions.inspection.unfit import UnfitError

MOST_PIXELS = 50_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": (f"{_OFFICE}.wordprocessingml.document.main+xml", "word/document.xml"),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet.main+xml", "xl/workbook.xml"),
    "pptx": (f"{_OFFICE}.presentationml.presentation.main+xml", "ppt/presentation.xml"),
}
HYPERLINK = '<Relationship Type="http://x/relationships/hyperlink" Target="https://a.vn" TargetMode="External"/>'
TEMPLATE = '<Relationship Type="http://x/relationships/attachedTemplate" Target="http://a" TargetMode="External"/>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + ']><svg xmlns="http://www.w3.org/2000/svg">&l9;</svg>'
)
"""A thousand million laughs, in a drawing."""
PUPILS = "Danh sách học sinh lớp 9A. STT, Họ và tên, Ngày sinh. " + " ".join(
    f"{n}. Nguyễn Văn A{n} {n:02}/03/2011" for n in range(1, 9)
)


def office(kind: str = "docx", body: str = "Báo cáo", **parts: str | bytes) -> bytes:
    content_type, main = MAIN[kind]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/{main}" ContentType="{content_type}"/></Types>'
        )
        archive.writestr(main, f"<w:t>{body}</w:t>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def pdf(change=None, *, pages: int = 2) -> bytes:
    plain, changed = io.BytesIO(), io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    document.save(plain)
    if change is None:
        return plain.getvalue()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain.getvalue())))
    change(writer)
    writer.write(changed)
    return changed.getvalue()


def acts(kind: str):
    """Let a PDF do something when it is opened."""

    def change(writer: PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject(kind)})
        writer.root_object[NameObject("/OpenAction")] = ArrayObject([action])

    return change


def photograph(kind: str = "JPEG", size: tuple[int, int] = (800, 400)) -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "iPhone 15"
    exif[0x0112] = 6  # held upright
    exif.get_ifd(0x8825)[1] = "N"
    taken = io.BytesIO()
    Image.new("RGB", size, "green").save(taken, kind, exif=exif)
    return taken.getvalue()


def examined(content: bytes):
    return examination.examine(content, max_pixels=MOST_PIXELS)


def refused(content: bytes) -> str:
    with pytest.raises(UnfitError) as told:
        examined(content)
    return told.value.reason


@pytest.mark.parametrize("kind", MAIN)
def test_an_office_document_is_what_its_content_says(kind) -> None:
    found = examined(office(kind))

    assert (found.paper.format, found.paper.looks_like_pupils, found.preview) == (kind, False, None)


def test_a_pdf_shows_its_first_page() -> None:
    found = examined(pdf())

    assert (found.paper.format, found.paper.page_count) == ("pdf", 2)
    with Image.open(io.BytesIO(found.preview)) as page:
        assert page.size == (640, 906)
    with Image.open(io.BytesIO(found.thumbnail)) as page:
        assert page.size == (170, 240)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photograph_is_shown_upright_and_without_what_the_camera_wrote(kind) -> None:
    found = examined(photograph(kind))

    with Image.open(io.BytesIO(found.shown)) as shown:
        assert shown.size == (400, 800)
        assert not shown.getexif()
        assert "exif" not in shown.info
    assert b"iPhone" not in found.shown + found.preview + found.thumbnail
    with Image.open(io.BytesIO(found.thumbnail)) as thumbnail:
        assert thumbnail.size == (120, 240)


@pytest.mark.parametrize("body", [PUPILS, PUPILS.replace(" ", "</w:t><w:t> ")])
def test_a_list_of_pupils_is_noticed(body) -> None:
    assert examined(office(body=body)).paper.looks_like_pupils


@pytest.mark.parametrize(
    "body",
    ["Trường có 9 lớp, 312 học sinh; họp ngày 02/03/2026, 05/03/2026, 09/03/2026, 11/03/2026, 14/03/2026.", "Kế hoạch"],
)
def test_a_report_is_not_taken_for_a_list_of_pupils(body) -> None:
    assert not examined(office(body=body)).paper.looks_like_pupils


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (office(**{"word/vbaProject.bin": b"x"}), "active-content"),
        (office(**{"word/embeddings/oleObject1.bin": b"x"}), "active-content"),
        (office(**{"word/_rels/settings.xml.rels": TEMPLATE}), "active-content"),
        (office(**{"word/_rels/settings.xml.rels": TEMPLATE.encode("utf-16")}), "active-content"),
        (office(**{"word/x.xml": LAUGHS}), "active-content"),
        (office(**{"word/media/a.png": b"\0" * (260 << 20)}), "bomb"),
        (office(**{"../../etc/x": b"x"}), "broken"),
        (office()[:-40], "broken"),
        (office().replace(b"[Content_Types].xml", b"[Content_Tapes].xml"), "other-kind"),
        (LAUGHS.encode(), "other-kind"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 500, "other-kind"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "other-kind"),
        (b"MZ\x90\x00" + b"\0" * 600, "other-kind"),
        (b"junk" + pdf(), "other-kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-office"),
        (b"", "other-kind"),
        (pdf(acts("/JavaScript")), "active-content"),
        (pdf(acts("/Launch")), "active-content"),
        (pdf(lambda writer: writer.encrypt("x", algorithm="RC4-128")), "encrypted"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_what_acts_hides_or_explodes_is_refused(content, reason) -> None:
    assert refused(content) == reason


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (photograph() + office(**{"word/vbaProject.bin": b"x"}), "jpg"),
        (photograph("PNG") + pdf(acts("/JavaScript")), "png"),
        (photograph() + b"<!DOCTYPE html><script>alert(1)</script>", "jpg"),
    ],
    ids=["document", "paper", "page"],
)
def test_a_photograph_that_is_something_else_too_is_shown_without_it(content, kind) -> None:
    found = examined(content)

    assert found.paper.format == kind
    for picture in (found.shown, found.preview, found.thumbnail):
        assert picture.endswith(b"\xff\xd9")
        assert not any(trace in picture for trace in (b"vbaProject", b"%PDF", b"<script>"))


@pytest.mark.parametrize(
    "content",
    [
        office(**{"word/vbaProject.bin": b"x"}) + pdf(),
        pdf(acts("/JavaScript")) + office(),
        b"%PDF-1.7\n" + office(),
        b"PK\x03\x04" + pdf(),
        b"MZ\x90\x00" + office(),
        b"GIF89a" + office(),
    ],
    ids=["macros and a PDF", "a script and a document", "a head and a document", "a head and a PDF", "MZ", "GIF"],
)
def test_a_document_that_is_two_things_is_never_taken_for_the_harmless_one(content) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  the child refuses whatever the libraries make of it
        examined(content)


def test_links_people_click_on_are_no_active_content() -> None:
    assert examined(office(**{"word/_rels/document.xml.rels": HYPERLINK})).paper.format == "docx"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(UnfitError) as told:
        examination.examine(photograph("PNG"), max_pixels=1000)
    assert (told.value.reason, told.value.measured) == ("too-many-pixels", 320_000)


async def test_the_child_says_the_same_inside_its_walls(source_of, limits) -> None:
    found = await examine(source_of(pdf(pages=3)), limits=limits)

    assert (found.paper.format, found.paper.page_count) == ("pdf", 3)
    assert found.preview_jpeg.startswith(b"\xff\xd8")
    assert found.confinement.rlimits
    taken = await examine(source_of(photograph()), limits=limits)
    assert taken.shown_jpeg.startswith(b"\xff\xd8")


async def test_the_child_reads_what_is_written_on_a_page(source_of, limits) -> None:
    def written(writer: PdfWriter) -> None:
        writer.add_metadata({"/Title": "Báo cáo của trường"})
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Nowhere-Regular"}
        fonts = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
        page, drawn = writer.pages[0], DecodedStreamObject()
        drawn.set_data(b"BT /F1 12 Tf 20 800 Td (Bao cao cua truong) Tj ET")
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): fonts})}
        )
        page[NameObject("/Contents")] = writer._add_object(drawn)

    found = await examine(source_of(pdf(written)), limits=limits)

    assert (found.paper.format, found.paper.page_count) == ("pdf", 2)
    assert found.preview_jpeg.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(office(**{"word/vbaProject.bin": b"x"}), "active-content"), (b"%PDF-1.7 nonsense", "unreadable")],
    ids=["macro", "nonsense"],
)
async def test_the_child_refuses_in_our_words(source_of, limits, content, refusal) -> None:
    with pytest.raises(Refused) as told:
        await examine(source_of(content), limits=limits)
    assert told.value.refusal == refusal


class _Daemon:
    """Speaks what clamd speaks, and finds what it is told to find."""

    def __init__(self) -> None:
        self.answer = b"stream: OK\0"
        self.heard = b""

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        self.heard = b""
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            self.heard += await reader.readexactly(length)
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@pytest.fixture
async def daemon():
    told = _Daemon()
    server = await asyncio.start_server(told.attend, "127.0.0.1", 0)
    told.clamd = Clamd(*server.sockets[0].getsockname())
    yield told
    server.close()
    await server.wait_closed()


async def test_the_scanner_is_told_every_byte_and_its_word_counts(daemon, source_of) -> None:
    content = bytes(range(256)) * 3000

    assert await daemon.clamd.scan(source_of(content)) == "clean"
    assert daemon.heard == content
    daemon.answer = b"INSTREAM size limit exceeded. ERROR\0"
    assert await daemon.clamd.scan(source_of(b"x")) == "not-scanned"
    daemon.answer = b"stream: Eicar-Test FOUND\0"
    with pytest.raises(Refused, match="Eicar-Test") as told:
        await daemon.clamd.scan(source_of(b"x"))
    assert told.value.refusal == "malware"


async def test_without_a_scanner_nothing_is_called_clean(source_of) -> None:
    assert await NoScanner().scan(source_of(b"x")) == "not-scanned"
    with pytest.raises(InspectionUnavailable):
        await Clamd("127.0.0.1", 9).scan(source_of(b"x"))
