"""A letter reads the same as text, as .docx and as PDF; what Word keeps apart from the text is written out."""

import unicodedata

from directives.documents.proposal import propose
from directives.documents.reading import read


def paragraphs(content):
    return content.decode().split("\n")


def test_a_letter_as_docx_says_the_same(letters, make_docx, short) -> None:
    for name in ("ra-lop", "khoi-nghiep", "y-te", "toa-dam"):
        plain = short(propose("a.txt", letters[name].replace(b"**", b"")))

        assert short(propose("a.docx", make_docx(paragraphs(letters[name].replace(b"**", b""))))) == plain


def test_a_letter_as_pdf_says_the_same(letters, make_pdf, short) -> None:
    lines = [line.replace("\t", "") for line in paragraphs(letters["ra-lop"].replace(b"**", b""))]

    told = short(propose("a.pdf", make_pdf(lines)))

    assert told == short(propose("a.txt", letters["ra-lop"]))


def test_decomposed_text_is_composed(make_pdf) -> None:
    assert (
        read("a.pdf", make_pdf([unicodedata.normalize("NFD", "Số: 12/SGDĐT-GDPT, Kính gửi")]))
        == "Số: 12/SGDĐT-GDPT, Kính gửi"
    )


LEVEL = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + LEVEL.format(0, "upperRoman", "%1.")
    + LEVEL.format(1, "decimal", "%2.")
    + LEVEL.format(2, "bullet", "·")
    + '</w:abstractNum><w:num w:numId="4"><w:abstractNumId w:val="0"/></w:num>'
)


def listed(depth, text):
    number = f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="4"/></w:numPr></w:pPr>'
    return f"<w:p>{number}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_numbers_word_does_not_store_are_counted(make_docx) -> None:
    content = make_docx(
        [listed(0, "A"), listed(1, "B"), listed(1, "C"), listed(2, "D"), listed(0, "E"), listed(1, "F")],
        numbering=NUMBERING,
    )

    assert read("a.docx", content) == "I. A\n1. B\n2. C\n- D\nII. E\n1. F"


def test_a_table_is_read_cell_by_cell(make_docx) -> None:
    def cell(*lines):
        return "<w:tc>" + "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines) + "</w:tc>"

    table = f"<w:tbl><w:tr>{cell('Nơi nhận:', '- Như trên;')}{cell('KT. GIÁM ĐỐC', 'PHÓ GIÁM ĐỐC')}</w:tr></w:tbl>"

    assert read("a.docx", make_docx([table])) == "Nơi nhận:\n- Như trên;\nKT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"


def test_what_was_struck_out_is_not_read(make_docx) -> None:
    changed = (
        "<w:p><w:r><w:t>trước ngày </w:t></w:r><w:del><w:r><w:delText>1/12</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>2/12</w:t></w:r></w:ins></w:p>"
    )

    assert read("a.docx", make_docx([changed])) == "trước ngày 2/12"


def test_a_text_box_is_read_once(make_docx) -> None:
    compatible = 'xmlns:m="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:r><w:t>HỎA TỐC</w:t></w:r>"
    paragraph = f"<w:p><m:A {compatible}><m:Choice>{box}</m:Choice><m:Fallback>{box}</m:Fallback></m:A></w:p>"

    assert read("a.docx", make_docx([paragraph])) == "HỎA TỐC"
