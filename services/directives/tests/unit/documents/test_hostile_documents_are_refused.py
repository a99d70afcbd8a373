"""What cannot be read is told apart: each kind with its own code, in two languages, and quickly."""

import zipfile
import zlib
from io import BytesIO
from time import process_time

import pytest
from pypdf import PdfReader, PdfWriter

from chassis.problems import Problem
from directives.documents import problems, reading
from directives.documents.reading import MOST_BYTES, read


def zipped(**parts):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def locked(pdf, **passwords):
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.encrypt(**passwords, algorithm="AES-256")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def of_pages(count):
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(595, 842)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def flagged_as_encrypted(docx):
    """Set the bit by which an archive says that it needs a password, in both of its tables."""
    return docx.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def drawn(*streams):
    """Make a PDF with a page for each of these streams, packed."""
    packed = [zlib.compress(each) for each in streams]
    kids = " ".join(f"{3 + 2 * place} 0 R" for place in range(len(packed)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(packed)} >>".encode()]
    for place, each in enumerate(packed):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {4 + 2 * place} 0 R >>"
        head = f"<< /Length {len(each)} /Filter /FlateDecode >>"
        objects += [page.encode(), head.encode() + b"\nstream\n" + each + b"\nendstream"]
    made, places = b"%PDF-1.5\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return made + f"{tail}startxref\n{len(made)}\n%%EOF\n".encode()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
LINES = ["SỞ GIÁO DỤC VÀ ĐÀO TẠO", "Số: 12/SGDĐT-GDPT"]
ENTITIES = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><w>&b;</w>'
OUTSIDE = '<!DOCTYPE w SYSTEM "http://example.vn/w.dtd"><w/>'
MACROS = {"word__vbaProject_dot_bin": b"\x01macro"}

CASES = {
    "empty": ("a.txt", lambda *_: b"", "document-empty"),
    "blank": ("a.txt", lambda *_: b" \n\t \n", "document-empty"),
    "docx without text": ("a.docx", lambda docx, _: docx([""]), "document-empty"),
    "200 MB": ("a.pdf", lambda *_: b"%PDF-1.5" + bytes(200 << 20), "document-too-large"),
    "a long text": ("a.txt", lambda *_: b"dai " * 200_000, "document-too-large"),
    "scanned": ("a.pdf", lambda _, pdf: pdf(LINES, picture_only=True), "document-without-text"),
    "locked pdf": ("a.pdf", lambda _, pdf: locked(pdf(LINES), user_password="x"), "document-locked"),
    "locked docx": ("a.docx", lambda *_: OLE + "EncryptedPackage".encode("utf-16-le"), "document-locked"),
    "locked archive": ("a.docx", lambda docx, _: flagged_as_encrypted(docx(LINES)), "document-locked"),
    "old word": ("a.doc", lambda *_: OLE, "format-unknown"),
    "docm": ("a.docm", lambda docx, _: docx(LINES), "document-with-macros"),
    "docm named docx": ("a.docx", lambda docx, _: docx(LINES, **MACROS), "document-with-macros"),
    "zip bomb": ("a.docx", lambda *_: zipped(word__document_dot_xml=b" " * (80 << 20)), "document-unfolds"),
    "xml bomb": ("a.docx", lambda *_: zipped(word__document_dot_xml=ENTITIES), "document-unfolds"),
    "pdf bomb": ("a.pdf", lambda *_: drawn(b" " * (120 << 20)), "document-unfolds"),
    "pdf of bombs": ("a.pdf", lambda *_: drawn(*[b" " * (8 << 20)] * 6), "document-unfolds"),
    "a dtd": ("a.docx", lambda *_: zipped(word__document_dot_xml=OUTSIDE), "document-unfolds"),
    "6,000 parts": ("a.docx", lambda *_: zipped(**{f"a{n}": "" for n in range(6_000)}), "document-unfolds"),
    "250 pages": ("a.pdf", lambda *_: of_pages(250), "document-too-large"),
    "a spreadsheet": ("a.docx", lambda *_: zipped(xl__workbook_dot_xml="<x/>"), "document-misnamed"),
    "docx named pdf": ("a.pdf", lambda docx, _: docx(LINES), "document-misnamed"),
    "pdf named txt": ("a.txt", lambda _, pdf: pdf(LINES), "document-misnamed"),
    "text named docx": ("a.docx", lambda *_: b"xin chao", "document-misnamed"),
    "cut docx": ("a.docx", lambda docx, _: docx(LINES)[:200], "document-unreadable"),
    "broken xml": ("a.docx", lambda *_: zipped(word__document_dot_xml="<w:p"), "document-unreadable"),
    "cut pdf": ("a.pdf", lambda *_: b"%PDF-1.5\n1 0 obj << /Type", "document-unreadable"),
    "a picture": ("a.png", lambda *_: b"\x89PNG\r\n\x1a\n" + bytes(100), "format-unknown"),
    "old font": ("a.txt", lambda *_: b"S\xe8: 12/SGD\xa7T-GDPT", "encoding-unknown"),
    "binary": ("a.txt", lambda *_: b"abc\0def", "encoding-unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_is_told_apart(case, make_docx, make_pdf) -> None:
    name, made, code = CASES[case]
    content = made(make_docx, make_pdf)

    began = process_time()
    with pytest.raises(Problem) as refused:
        read(name, content)

    assert refused.value.code == code
    assert refused.value.vi
    assert refused.value.en
    assert process_time() - began < 5


def test_every_kind_of_problem_but_the_secret_is_tried() -> None:
    tried = {code for _, _, code in CASES.values()}

    assert {each.code for each in problems.EVERY_PROBLEM} == tried | {"document-secret"}


def test_a_state_secret_is_refused() -> None:
    from directives.documents.proposal import propose

    with pytest.raises(problems.DocumentSecret):
        propose("a.txt", "SỞ NỘI VỤ\nSố: 01/SNV-VP\nTỐI MẬT\nV/v nhân sự\nKính gửi: Ủy ban.\nCăn cứ …".encode())


def test_a_pdf_only_its_owner_may_change_is_read(make_pdf) -> None:
    content = locked(make_pdf(LINES), user_password="", owner_password="x")

    assert "12/SGDĐT-GDPT" in read("a.pdf", content)


def test_an_archive_that_lies_about_its_size_is_not_believed() -> None:
    bomb = zipped(word__document_dot_xml=b" " * (80 << 20))
    size = (80 << 20).to_bytes(4, "little")
    assert bomb.count(size) == 2

    with pytest.raises(Problem) as refused:
        read("a.docx", bomb.replace(size, (1000).to_bytes(4, "little")))

    assert refused.value.code in ("document-unfolds", "document-unreadable")


def test_what_nobody_can_see_is_taken_out() -> None:
    assert reading.normalised("So\u0302\u0301\u200b: 1\u00a02\r\n\u202ex\ta\x07") == "Số: 1 2\nx    a"


def test_the_largest_file_is_some_scans_and_no_film() -> None:
    assert MOST_BYTES == 20 << 20
