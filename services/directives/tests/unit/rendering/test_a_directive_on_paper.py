"""A directive on paper says what it says, looks as Nghị định 30/2020 wants it, and is the same every time."""

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from time import process_time

import pypdfium2
import pytest
from docx import Document
from pypdf import PdfReader

from directives.documents.proposal import propose
from directives.documents.suggesting import suggest
from directives.domain.directive import Recipient
from directives.domain.form import Citation
from directives.rendering.measures import BOTTOM_MM, LEFT_MM, RIGHT_MM, TOP_MM
from directives.rendering.paper import blocks_of, paper_of, recipient_lines
from directives.rendering.pdf import write_pdf
from directives.rendering.word import write_docx

LETTERS = ("khao-sat", "toa-dam", "khoi-nghiep", "ra-lop", "khuyen-hoc", "thong-bao")
WRITE = {"docx": write_docx, "pdf": write_pdf}


@pytest.mark.parametrize("form", WRITE)
@pytest.mark.parametrize("name", LETTERS)
def test_what_is_printed_is_read_again(issued, on_paper, name, form) -> None:
    directive = issued(name, priority="express")
    paper = on_paper(directive)

    proposal = propose(f"a.{form}", WRITE[form](paper))

    read = suggest(proposal).draft
    assert f"{proposal.number.value}/{proposal.notation.value}" == directive.number.code
    assert (proposal.day.on, proposal.place.value) == (date(2026, 11, 20), "Minh Giang")
    assert (proposal.issuer.value, proposal.parent.value) == ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "UBND TỈNH MINH GIANG")
    assert (read["document_type"], read["subject"]) == (directive.document_type, directive.subject)
    assert read["addressees"] == list(directive.addressees)
    assert read["body"].split() == " ".join(each.text for each in paper.blocks).split()
    assert read["form"]["priority"] == "express"
    signer, signs = directive.form.signer, read["form"]["signer"]
    assert (signs["position"], signs["name"]) == (signer.position, signer.name)
    assert [each["competence"] for each in signs["capacities"]] == [each.competence for each in signer.capacities]
    assert [each["code"] for each in read["form"]["citations"]] == [
        each.code for each in directive.form.citations if each.text in " ".join(block.text for block in paper.blocks)
    ]
    purposes = [each.purpose for each in directive.recipients if each.name not in ("Như trên", "Như kính gửi")]
    above = ["execute"] if directive.addressees else []
    assert [each["purpose"] for each in read["recipients"]] == above + purposes


@pytest.mark.parametrize("form", WRITE)
@pytest.mark.parametrize("name", LETTERS)
def test_what_is_printed_is_printed_as_the_decree_wants(issued, on_paper, name, form) -> None:
    proposal = propose(f"a.{form}", WRITE[form](on_paper(issued(name))))

    as_written = {"archive-form", "name-with-degree"}  # «Lưu VT», «PGS.TS.»: kept as somebody wrote them
    assert {each.code for each in proposal.warnings} <= as_written


@pytest.mark.parametrize("form", WRITE)
def test_the_same_document_is_the_same_file(issued, on_paper, form) -> None:
    paper = on_paper(issued("toa-dam"))

    began = process_time()
    once = WRITE[form](paper)
    assert process_time() - began < 1
    assert WRITE[form](paper) == once
    assert WRITE[form](replace(paper, number="762")) != once


def test_a_pdf_carries_its_fonts(issued, on_paper) -> None:
    pdf = PdfReader(BytesIO(write_pdf(on_paper(issued("toa-dam")))))

    fonts = [each.get_object() for page in pdf.pages for each in page["/Resources"]["/Font"].values()]
    named = {each["/BaseFont"].rpartition("+")[2] for each in fonts if "Tinos" in each["/BaseFont"]}
    assert {"Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"} >= named >= {"Tinos", "Tinos-Bold"}
    assert all("/FontFile2" in each["/FontDescriptor"] for each in fonts if "Tinos" in each["/BaseFont"])


def _page(pdf, number=0):
    """Return a page as a grey picture, a dot for each point."""
    return pypdfium2.PdfDocument(pdf)[number].render(scale=1).to_pil().convert("L")


def _darkest(picture, left, top, right, bottom):
    return picture.crop((left, top, right, bottom)).getextrema()[0]


def test_margins_are_left_white(issued, on_paper) -> None:
    page = _page(write_pdf(on_paper(issued("toa-dam"))))

    width, height = page.size
    assert (width, height) in ((595, 842), (596, 842))
    top, bottom, left, right = (int(each * 72 / 25.4) - 2 for each in (TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM))
    around = [(0, 0, width, top), (0, 0, left, height), (width - right, 0, width, height)]
    assert [_darkest(page, *each) for each in [*around, (0, height - bottom, width, height)]] == [255] * 4
    assert _darkest(page, 0, 0, width, height) < 64


def test_every_page_but_the_first_has_its_number(issued, on_paper) -> None:
    directive = issued("toa-dam")
    paper = on_paper(
        replace(directive, body="\n".join(f"{n}. Nội dung thứ {n} của văn bản này." for n in range(1, 99)))
    )
    pdf = write_pdf(paper)

    top = [_darkest(_page(pdf, number), 0, 0, 595, 54) < 255 for number in range(3)]

    assert top == [False, True, True]
    assert suggest(propose("a.pdf", pdf)).draft["body"].split() == " ".join(each.text for each in paper.blocks).split()


def test_nobody_signs_an_empty_page(issued, on_paper) -> None:
    for lines in range(20, 40):
        directive = replace(issued("toa-dam"), body="\n".join(["Nội dung."] * lines))
        pages = PdfReader(BytesIO(write_pdf(on_paper(directive)))).pages
        assert "Nội dung" in pages[-1].extract_text()


def test_a_word_file_is_laid_out_as_the_decree_wants(issued, on_paper) -> None:
    made = write_docx(on_paper(issued("toa-dam")))

    document = Document(BytesIO(made))
    section = document.sections[0]
    measured = (section.page_width, section.page_height, section.left_margin, section.right_margin)
    assert [round(each.mm, 1) for each in measured] == [210, 297, LEFT_MM, RIGHT_MM]
    assert section.different_first_page_header_footer
    fonts = document.styles["Normal"].font
    assert (fonts.name, fonts.size.pt) == ("Times New Roman", 14)
    motto = document.tables[0].cell(0, 1).paragraphs[1]
    assert (motto.text, motto.runs[0].bold, motto.runs[0].font.size.pt) == ("Độc lập - Tự do - Hạnh phúc", True, 13)
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert {each.date_time for each in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("on", "line"),
    [
        (date(2026, 1, 5), "Minh Giang, ngày 05 tháng 01 năm 2026"),
        (date(2026, 3, 15), "Minh Giang, ngày 15 tháng 3 năm 2026"),
        (None, "Minh Giang, ngày      tháng      năm"),
    ],
)
def test_days_are_written_as_the_decree_wants(issued, on_paper, on, line) -> None:
    directive = issued("toa-dam", on=on or date(2026, 11, 20))

    assert on_paper(directive if on else replace(directive, issue=None)).day_line == line


def test_a_draft_leaves_room_for_its_number(issued, on_paper) -> None:
    draft = replace(issued("toa-dam"), number=None, issue=None)

    for form, write in WRITE.items():
        proposal = propose(f"a.{form}", write(paper_of(draft, issuer="Sở Giáo dục và Đào tạo", parent=None)))
        assert (proposal.number, proposal.day.on) == (None, None)


def test_bases_the_text_does_not_name_stand_before_it() -> None:
    blocks = blocks_of("Căn cứ Luật Giáo dục;\nSở đề nghị.", bases=["Luật Giáo dục", "Thông tư 32/2018/TT-BGDĐT"])

    assert [(each.text, each.role) for each in blocks] == [
        ("Căn cứ Thông tư 32/2018/TT-BGDĐT;", "basis"),
        ("Căn cứ Luật Giáo dục;", "basis"),
        ("Sở đề nghị./.", "text"),
    ]


def test_parts_headings_and_points_are_told_apart() -> None:
    text = "I. MỤC ĐÍCH\n1. Thời gian\n1. Các trường gửi báo cáo.\na) Một;\n- Hai;\n+ Ba.\nHết./."

    assert [each.role for each in blocks_of(text)] == ["part", "heading", "text", "point", "point", "point", "text"]


def test_receivers_stand_in_their_order() -> None:
    recipients = (
        Recipient("VT, GDPT", "archive"),
        Recipient("Ban Giám đốc", "report_to"),
        Recipient("Như trên", "execute"),
    )

    assert recipient_lines(recipients, is_addressed=True) == ("Như trên", "Ban Giám đốc (để b/c)", "Lưu: VT, GDPT")
    assert recipient_lines(recipients, is_addressed=False) == ("Ban Giám đốc (để b/c)", "Lưu: VT, GDPT")


@pytest.mark.parametrize("form", WRITE)
def test_what_looks_like_markup_is_text(issued, on_paper, form) -> None:
    directive = replace(issued("toa-dam"), subject="<b>báo cáo</b> & <para>", body="Sở đề nghị a < b & c > d.")
    directive = replace(directive, form=replace(directive.form, citations=(Citation("<i>x", "basis", None, None),)))

    proposal = propose(f"a.{form}", WRITE[form](on_paper(directive)))

    assert "<b>báo cáo</b> & <para>" in " ".join(proposal.text.split())
    assert "Sở đề nghị a < b & c > d./." in " ".join(proposal.text.split())
    assert "Căn cứ <i>x;" in " ".join(proposal.text.split())
