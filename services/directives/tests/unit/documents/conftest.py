"""Letters, what they say in short, and files made of them."""

import zipfile
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

LETTERS = Path(__file__).parents[2] / "letters"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def in_short(proposal):
    """Return what a proposal says without where it says so, to be compared by eye and by test."""

    def said(span):
        return None if span is None else span.value

    day, signer, outline = proposal.day, proposal.signer, proposal.outline
    return {
        "issuer": said(proposal.issuer),
        "number": said(proposal.number),
        "notation": said(proposal.notation),
        "place": said(proposal.place),
        "day": None if day is None else [day.day, day.month, day.year],
        "type": proposal.document_type and proposal.document_type.value,
        "subject": said(proposal.subject),
        "priority": said(proposal.priority),
        "addressees": [[each.post, *each.classes] for each in proposal.addressees],
        "recipients": [[each.name, each.purpose] for each in proposal.recipients],
        "signer": signer and [signer.competence, said(signer.position), said(signer.name)],
        "citations": [
            [
                f"{each.number}/{each.notation}",
                each.year,
                each.dated and str(each.dated.on),
                each.relation,
                said(each.alias),
            ]
            for each in proposal.citations
        ],
        "replaces": proposal.replaces,
        "deadlines": [
            [each.kind, each.source.value, each.due_at and each.due_at.isoformat()] for each in proposal.deadlines
        ],
        "requirements": [
            [each.kind, list(each.audience), list(each.deadlines), " ".join(each.sentence.value.split()[:8])]
            for each in proposal.requirements
        ],
        "targets": [[each.percent, each.at_least] for each in proposal.targets],
        "sections": outline and [each.mark for each in outline.sections],
        "figures": outline and [said(each.name) for each in outline.indicators],
        "periods": outline and [said(each) for each in outline.periods],
        "missing": [each.field for each in proposal.missing],
        "doubts": [each.code for each in proposal.doubts],
        "warnings": [each.code for each in proposal.warnings],
    }


def docx_of(paragraphs, *, numbering="", **parts):
    """Make a .docx; a paragraph is its text, or raw XML of `w:p` or `w:tbl`."""
    body = "".join(
        each if each.startswith("<w:") else f"<w:p><w:r><w:t xml:space='preserve'>{escape(each)}</w:t></w:r></w:p>"
        for each in paragraphs
    )
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        if numbering:
            packed.writestr("word/numbering.xml", f"<w:numbering {W}>{numbering}</w:numbering>")
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def pdf_of(lines, *, picture_only=False):
    """Make a PDF of one page whose font says which letter each glyph is (ToUnicode), as office programs write it."""
    glyphs = {letter: number for number, letter in enumerate(sorted(set("".join(lines))), start=1)}
    shown = " T* ".join("<" + "".join(f"{glyphs[letter]:04x}" for letter in line) + "> Tj" for line in lines)
    stream = "" if picture_only else f"BT /F1 11 Tf 12 TL 40 800 Td {shown} ET"
    pairs = "\n".join(f"<{number:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, number in glyphs.items())
    unicode_map = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{len(glyphs)} beginbfchar\n{pairs}\nendbfchar\nendcmap end end"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Demo /Encoding /Identity-H"
        " /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Demo /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"
        " /Supplement 0 >> /DW 500 >>",
        f"<< /Length {len(unicode_map)} >>\nstream\n{unicode_map}\nendstream",
    ]
    made, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return made + f"{tail}startxref\n{len(made)}\n%%EOF\n".encode("ascii")


@pytest.fixture(scope="session")
def short():
    return in_short


@pytest.fixture(scope="session")
def letters():
    return {path.stem: path.read_bytes() for path in sorted(LETTERS.glob("*.txt"))}


@pytest.fixture(scope="session")
def make_docx():
    return docx_of


@pytest.fixture(scope="session")
def make_pdf():
    return pdf_of
