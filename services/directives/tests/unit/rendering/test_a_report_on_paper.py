"""A unit's report on paper: addressed upward, its outline, its figures in a table."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
from docx import Document
from docx.oxml import parse_xml

from directives.documents.proposal import propose
from directives.domain.form import Signer
from directives.rendering.measures import BAR
from directives.rendering.paper import Chart, Grid
from directives.rendering.pdf import write_pdf
from directives.rendering.report import Answered, Figure, Report, paper_of_report
from directives.rendering.word import write_docx

REPORT = Report(
    unit="Trường THPT Bến Đá",
    parent="Sở Giáo dục và Đào tạo Minh Giang",
    number="07",
    notation="BC-THPTBĐ",
    place="Minh Giang",
    day=date(2026, 12, 10),
    subject="Kết quả hoạt động đọc sách năm học 2025-2026",
    addressee="Sở Giáo dục và Đào tạo",
    answers_code="761/SGDĐT-GDPT",
    sections=(
        Answered("I. CÔNG TÁC CHỈ ĐẠO", ()),
        Answered("1. Các văn bản chỉ đạo", ("Kế hoạch số 12/KH-THPTBĐ", "Công văn số 15/THPTBĐ")),
        Answered("2. Kết quả", ("Nhà trường đã tổ chức ngày hội đọc sách cho toàn thể học sinh.",)),
    ),
    periods=("2024-2025", "2025-2026"),
    figures=(
        Figure("Số tiết đọc sách", "tiết", (1200, None)),
        Figure("Đã có thư viện đạt chuẩn", "trường", (False, True)),
    ),
    recipients=("Lưu: VT",),
    signer=Signer((), "Hiệu trưởng", "Trần Thị Mẫu"),
)


@pytest.mark.parametrize(("form", "write"), [("docx", write_docx), ("pdf", write_pdf)])
def test_a_report_is_read_again(form, write) -> None:
    made = write(paper_of_report(REPORT))

    proposal = propose(f"a.{form}", made)

    assert made == write(paper_of_report(REPORT))
    assert (proposal.document_type.value, proposal.number.value, proposal.notation.value) == (
        "report",
        "07",
        "BC-THPTBĐ",
    )
    assert (proposal.subject.value, proposal.day.on) == (REPORT.subject, REPORT.day)
    assert [each.source.value for each in proposal.addressees] == ["Sở Giáo dục và Đào tạo"]
    assert (proposal.signer.position.value, proposal.signer.name.value) == ("HIỆU TRƯỞNG", "Trần Thị Mẫu")
    words = " ".join(proposal.text.split())
    assert "1.200" in words
    assert "Không" in words
    assert "- Kế hoạch số 12/KH-THPTBĐ" in words


def test_what_was_not_stated_is_blank_and_not_nought() -> None:
    grid = paper_of_report(REPORT).blocks[-1]

    assert [row[3:] for row in grid.rows] == [("1.200", ""), ("Không", "Có")]


def test_a_report_of_text_alone_ends_as_documents_end() -> None:
    assert paper_of_report(replace(REPORT, figures=())).blocks[-1].text.endswith("học sinh./.")


@pytest.mark.parametrize(("form", "write"), [("docx", write_docx), ("pdf", write_pdf)])
def test_evidence_stands_under_its_heading_as_a_list_of_files(form, write) -> None:
    shown = Answered("3. Minh chứng", (), ("Ngày hội đọc sách.jpg", "Biên bản.pdf"))

    proposal = propose(f"a.{form}", write(paper_of_report(replace(REPORT, sections=(*REPORT.sections, shown)))))

    words = " ".join(proposal.text.split())
    assert "Minh chứng kèm theo: 1. Ngày hội đọc sách.jpg 2. Biên bản.pdf" in words


SHOWN = Answered(
    "4. Kết quả của các xã",
    (),
    tables=(
        Grid(("TT", "Đơn vị", "Số tiết (tiết)", "Tỷ lệ", "a", "b"), (("1", "Xã A & B", "1.200", "17,66%", "-", "x"),)),
    ),
    charts=(Chart("Số tiết <đọc sách>", "tiết", (("Xã A & B", 1200), ("Xã C", 300), ("Xã D", 0))),),
)


@pytest.mark.parametrize(("form", "write"), [("docx", write_docx), ("pdf", write_pdf)])
def test_tables_and_charts_stand_under_their_heading(form, write) -> None:
    paper = paper_of_report(replace(REPORT, sections=(*REPORT.sections, SHOWN)))
    made = write(paper)

    assert made == write(paper)
    words = " ".join(propose(f"a.{form}", made).text.split())
    for each in ("Xã A & B", "17,66%"):
        assert each in words


def test_a_chart_of_a_word_document_has_its_figures_in_it() -> None:
    made = write_docx(paper_of_report(replace(REPORT, sections=(SHOWN, SHOWN))))

    with ZipFile(BytesIO(made)) as parts:
        charts = [each for each in parts.namelist() if each.startswith("word/charts/")]
        drawn = parse_xml(parts.read(charts[0]))
    a, c = (
        "{http://schemas.openxmlformats.org/drawingml/2006/main}",
        "{http://schemas.openxmlformats.org/drawingml/2006/chart}",
    )
    assert len(charts) == 2
    assert [each.text for each in drawn.iter(f"{a}t")] == ["Số tiết <đọc sách> (tiết)"]
    [values] = drawn.iter(f"{c}numLit")
    assert [each.text for each in values.iter(f"{c}v")] == ["1200", "300", "0"]
    linked = {each.rId for each in Document(BytesIO(made)).part.rels.values() if each.reltype.endswith("/chart")}
    named = {
        each.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
        for each in Document(BytesIO(made)).element.iter(f"{c}chart")
    }
    assert linked == named


def test_the_bars_of_a_chart_are_as_long_as_their_figures() -> None:
    document = pypdfium2.PdfDocument(write_pdf(paper_of_report(replace(REPORT, sections=(SHOWN,), figures=()))))
    blue, lengths = tuple(round(255 * each) for each in BAR), []
    for page in document:
        picture = page.render(scale=1).to_pil().convert("RGB")
        for line in range(picture.height):
            length = sum(picture.getpixel((column, line)) == blue for column in range(picture.width))
            if length and (not lengths or lengths[-1] != length):
                lengths.append(length)
    assert len(lengths) == 2
    assert lengths[0] / lengths[1] == pytest.approx(4, rel=0.05)
