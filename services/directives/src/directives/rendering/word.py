"""A document as .docx, laid out by Nghị định 30/2020/NĐ-CP. The same document gives the same bytes."""

from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from directives.rendering import fonts
from directives.rendering.archive import settled
from directives.rendering.charts import put_chart
from directives.rendering.measures import (
    ABOUT_PT,
    ADDRESSED_MM,
    BETWEEN_PT,
    BOTTOM_MM,
    CODE_PT,
    DAY_PT,
    FAMILY,
    FIRST_LINE_MM,
    FOOT_MM,
    GRID_PT,
    HEAD_MM,
    ISSUER_PT,
    LEADING,
    LEFT_MM,
    MANY_COLUMNS,
    MOTTO_PT,
    NATION_PT,
    PAGE_MM,
    PAGE_NUMBER_PT,
    RECEIVER_PT,
    RECEIVERS_PT,
    RED,
    RIGHT_MM,
    RULE_SHARE,
    SIGNATURE_MM,
    SIGNER_PT,
    SMALL_GRID_PT,
    STAMP_PT,
    TEXT_PT,
    TITLE_PT,
    TOP_MM,
)
from directives.rendering.paper import MOTTO, NATION, Block, Chart, Grid, Paper

_CENTRE, _JUSTIFIED, _LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT
_LONG_AGO = datetime(2020, 3, 5)  # noqa: DTZ001  the library writes it as UTC; the day of the decree
_POINTS_PER_MM = 72 / 25.4
_TEXT_PT = (PAGE_MM[0] - LEFT_MM - RIGHT_MM) * _POINTS_PER_MM


def write_docx(paper: Paper) -> bytes:
    """Return a document as a Word file, to be opened, changed and printed like any other."""
    document = Document()
    _set_page(document, paper)
    _head(document, paper)
    _addressed(document, paper)
    for place, each in enumerate(paper.blocks, start=1):
        if isinstance(each, Grid):
            _grid(document, each)
        elif isinstance(each, Chart):
            put_chart(document, each, number=place, width_mm=PAGE_MM[0] - LEFT_MM - RIGHT_MM)
        else:
            _block(document, each, is_last=place == len(paper.blocks))
    _foot(document, paper)
    made = BytesIO()
    document.save(made)
    return settled(made.getvalue())


def _set_page(document: Any, paper: Paper) -> None:
    known = document.core_properties
    known.author, known.title, known.language = paper.issuer, f"{paper.code_line} {paper.subject}"[:255], "vi-VN"
    known.created = known.modified = _LONG_AGO
    known.comments = known.last_modified_by = ""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FAMILY, Pt(TEXT_PT)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FAMILY)
    form = normal.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = 1.0
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance = Mm(TOP_MM / 2)
    section.different_first_page_header_footer = True  # page 1 bears no number
    line = section.header.paragraphs[0]
    line.alignment = _CENTRE
    run = line.add_run()
    run.font.size = Pt(PAGE_NUMBER_PT)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)  # noqa: SLF001  the library has no word for a field


def _columns(document: Any, widths: tuple[float, float], rows: int) -> Any:
    table = document.add_table(rows=rows, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            margins = OxmlElement("w:tcMar")
            for side in ("left", "right"):
                margin = OxmlElement(f"w:{side}")
                margin.set(qn("w:w"), "0")
                margin.set(qn("w:type"), "dxa")
                margins.append(margin)
            cell._tc.get_or_add_tcPr().append(margins)  # noqa: SLF001  the library has no word for it
    return table


class _Lines:
    """The paragraphs of a cell or of the page, one after another."""

    def __init__(self, place: Any) -> None:
        self.place, self.begun = place, False

    def say(self, text: str, size: float, *, bold: bool = False, italic: bool = False, align: Any = _CENTRE) -> Any:
        """Write a paragraph and return it."""
        line = (
            self.place.add_paragraph() if self.begun or not hasattr(self.place, "width") else self.place.paragraphs[0]
        )
        self.begun = True
        line.alignment = align
        run = line.add_run(text)
        run.bold, run.italic, run.font.size = bold or None, italic or None, Pt(size)
        return line

    def rule(self, length: float, room: float) -> None:
        """Draw a line of this length in the middle of a column, both in points."""
        line = self.say("", 2)
        around = Pt(max(0.0, (room - length) / 2))
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = around
        _border(line, ("top",), 6, "000000")


def _border(line: Any, sides: tuple[str, ...], size: int, colour: str) -> None:
    borders = OxmlElement("w:pBdr")
    for side in sides:
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "1"), ("color", colour)):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    properties = line._p.get_or_add_pPr()  # noqa: SLF001  the library has no word for borders
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _head(document: Any, paper: Paper) -> None:
    table = _columns(document, HEAD_MM, 2)
    left, right = (_Lines(cell) for cell in table.rows[0].cells)
    issuer = paper.issuer.upper()
    if paper.parent:
        left.say(paper.parent.upper(), ISSUER_PT)
    left.say(issuer, ISSUER_PT, bold=True)
    room = HEAD_MM[0] * _POINTS_PER_MM
    left.rule(min(fonts.width(issuer, fonts.BOLD, ISSUER_PT), room) * RULE_SHARE, room)
    right.say(NATION, NATION_PT, bold=True)
    right.say(MOTTO, MOTTO_PT, bold=True)
    right.rule(fonts.width(MOTTO, fonts.BOLD, MOTTO_PT), HEAD_MM[1] * _POINTS_PER_MM)
    under, day = (_Lines(cell) for cell in table.rows[1].cells)
    under.say(paper.code_line, CODE_PT)
    if paper.is_letter:
        under.say(paper.subject_line, ABOUT_PT).paragraph_format.space_before = Pt(BETWEEN_PT)
    if paper.stamp:
        _stamp(under, paper.stamp, room)
    day.say(paper.day_line, DAY_PT, italic=True)
    page = _Lines(document)
    if paper.is_letter:
        page.say("", TEXT_PT / 2)
        return
    page.say(paper.type_name, TITLE_PT, bold=True).paragraph_format.space_before = Pt(TEXT_PT)
    page.say(paper.subject_line, TITLE_PT, bold=True)
    page.rule(min(fonts.width(paper.subject_line, fonts.BOLD, TITLE_PT), _TEXT_PT) * RULE_SHARE, _TEXT_PT)


def _stamp(lines: _Lines, text: str, room: float) -> None:
    line = lines.say(text, STAMP_PT, bold=True)
    colour = RGBColor(*(round(255 * each) for each in RED))
    line.runs[0].font.color.rgb = colour
    around = Pt((room - fonts.width(text, fonts.BOLD, STAMP_PT) - 14) / 2)
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = around
    line.paragraph_format.space_before = Pt(BETWEEN_PT)
    _border(line, ("top", "left", "bottom", "right"), 8, str(colour))


def _addressed(document: Any, paper: Paper) -> None:
    lines = _Lines(document)
    if len(paper.addressees) == 1:
        line = lines.say(f"Kính gửi: {paper.addressees[0].rstrip('.;')}.", TEXT_PT, align=_LEFT)
        line.paragraph_format.left_indent = Mm(ADDRESSED_MM[0])
    elif paper.addressees:
        lines.say("Kính gửi:", TEXT_PT, align=_LEFT).paragraph_format.left_indent = Mm(ADDRESSED_MM[0])
        last = len(paper.addressees) - 1
        for place, each in enumerate(paper.addressees):
            line = lines.say(f"- {each.rstrip('.;')}{'.' if place == last else ';'}", TEXT_PT, align=_LEFT)
            line.paragraph_format.left_indent = Mm(ADDRESSED_MM[1])
    lines.say("", TEXT_PT / 2)


def _block(document: Any, block: Block, *, is_last: bool) -> None:
    is_title = block.role in ("part", "heading")
    line = _Lines(document).say(
        block.text, TEXT_PT, bold=is_title, italic=block.role == "basis", align=_LEFT if is_title else _JUSTIFIED
    )
    form = line.paragraph_format
    form.first_line_indent, form.space_before, form.line_spacing = Mm(FIRST_LINE_MM), Pt(BETWEEN_PT), LEADING - 0.1
    form.keep_with_next = is_title or is_last  # nobody signs an empty page
    form.widow_control = True


def _grid(document: Any, grid: Grid) -> None:
    _Lines(document).say("", TEXT_PT / 2)
    table = document.add_table(rows=0, cols=len(grid.heading))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    size = GRID_PT if len(grid.heading) < MANY_COLUMNS else SMALL_GRID_PT
    for number, row in enumerate((grid.heading, *grid.rows)):
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            is_name = place == 1 and number > 0
            _Lines(cell).say(text, size, bold=number == 0, align=_LEFT if is_name else _CENTRE)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  the library has no word for it


def _foot(document: Any, paper: Paper) -> None:
    _Lines(document).say("", TEXT_PT / 2)
    left, right = (_Lines(cell) for cell in _columns(document, FOOT_MM, 1).rows[0].cells)
    if paper.recipients:
        left.say("Nơi nhận:", RECEIVERS_PT, bold=True, italic=True, align=_LEFT)
        last = len(paper.recipients) - 1
        for place, each in enumerate(paper.recipients):
            left.say(f"- {each.rstrip('.;')}{'.' if place == last else ';'}", RECEIVER_PT, align=_LEFT)
    for each in paper.signer_lines:
        right.say(each, SIGNER_PT, bold=True)
    if paper.signer_lines:
        named = right.say(paper.signer_name or "", SIGNER_PT, bold=True)
        named.paragraph_format.space_before = Mm(SIGNATURE_MM)
