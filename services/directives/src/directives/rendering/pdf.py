"""A document as PDF, laid out by Nghị định 30/2020/NĐ-CP. The same document gives the same bytes."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table

from directives.rendering import fonts
from directives.rendering.measures import (
    ABOUT_PT,
    ADDRESSED_MM,
    BAR,
    BAR_EVERY_MM,
    BAR_FIGURE_MM,
    BAR_MM,
    BAR_NAME_MM,
    BETWEEN_PT,
    BOTTOM_MM,
    CODE_PT,
    DAY_PT,
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
    RULE_PT,
    RULE_SHARE,
    SIGNATURE_MM,
    SIGNER_PT,
    SMALL_GRID_PT,
    STAMP_PT,
    TEXT_PT,
    TITLE_PT,
    TOP_MM,
)
from directives.rendering.paper import MOTTO, NATION, Block, Chart, Grid, Paper, grouped

_PAGE = (PAGE_MM[0] * mm, PAGE_MM[1] * mm)
_TEXT_WIDTH = _PAGE[0] - (LEFT_MM + RIGHT_MM) * mm
_NOTHING_AROUND = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def write_pdf(paper: Paper) -> bytes:
    """Return a document as PDF, its fonts in it."""
    with fonts.DRAWING:
        fonts.register()
        made = BytesIO()
        frame = Frame(
            LEFT_MM * mm, BOTTOM_MM * mm, _TEXT_WIDTH, _PAGE[1] - (TOP_MM + BOTTOM_MM) * mm,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        document = BaseDocTemplate(
            made,
            pagesize=_PAGE,
            pageTemplates=[PageTemplate(frames=[frame], onPage=_number_page)],
            title=f"{paper.code_line} {paper.subject}",
            author=paper.issuer,
            lang="vi-VN",
            invariant=1,
        )
        *body, last = list(_body(paper)) or [Spacer(0, 0)]
        document.build([*_head(paper), *body, KeepTogether([last, *_foot(paper)])])  # nobody signs an empty page
        return made.getvalue()


def _number_page(canvas: Canvas, document: BaseDocTemplate) -> None:
    if document.page > 1:
        canvas.setFont(fonts.REGULAR, PAGE_NUMBER_PT)
        canvas.drawCentredString(_PAGE[0] / 2, _PAGE[1] - TOP_MM / 2 * mm - PAGE_NUMBER_PT / 2, str(document.page))


def _style(font: str, size: float, *, leading: float = 1.15, **more: Any) -> ParagraphStyle:
    given: dict[str, Any] = {"alignment": TA_CENTER, "splitLongWords": True, **more}
    return ParagraphStyle(font, fontName=font, fontSize=size, leading=size * leading, **given)


def _said(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)


class _Rule(Flowable):
    """A line in the middle of its column."""

    def __init__(self, length: float, above: float = 4) -> None:
        super().__init__()
        self.length, self.above = length, above

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.room = width
        return width, self.above + RULE_PT

    def draw(self) -> None:
        self.canv.setLineWidth(RULE_PT)
        start = (self.room - self.length) / 2
        self.canv.line(start, 0, start + self.length, 0)


class _Stamp(Flowable):
    """How urgent it is, in a red box."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.box = (max(20 * mm, fonts.width(text, fonts.BOLD, STAMP_PT) + 5 * mm), 8 * mm)

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.room = width
        return width, self.box[1] + BETWEEN_PT

    def draw(self) -> None:
        canvas, (width, height), start = self.canv, self.box, (self.room - self.box[0]) / 2
        canvas.saveState()
        canvas.setStrokeColor(Color(*RED))
        canvas.setFillColor(Color(*RED))
        canvas.rect(start, 0, width, height)
        canvas.setFont(fonts.BOLD, STAMP_PT)
        canvas.drawCentredString(self.room / 2, (height - STAMP_PT * 0.7) / 2, self.text)
        canvas.restoreState()


def _head(paper: Paper) -> Iterator[Flowable]:
    issuer = paper.issuer.upper()
    left: list[Flowable] = []
    if paper.parent:
        left.append(_said(paper.parent.upper(), _style(fonts.REGULAR, ISSUER_PT)))
    left.append(_said(issuer, _style(fonts.BOLD, ISSUER_PT)))
    left.append(_Rule(min(fonts.width(issuer, fonts.BOLD, ISSUER_PT), HEAD_MM[0] * mm) * RULE_SHARE))
    right: list[Flowable] = [
        _said(NATION, _style(fonts.BOLD, NATION_PT)),
        _said(MOTTO, _style(fonts.BOLD, MOTTO_PT)),
        _Rule(fonts.width(MOTTO, fonts.BOLD, MOTTO_PT)),
    ]
    under: list[Flowable] = [_said(paper.code_line.replace("       ", "\u00a0" * 7), _style(fonts.REGULAR, CODE_PT))]
    if paper.is_letter:
        about = _style(fonts.REGULAR, ABOUT_PT, spaceBefore=BETWEEN_PT)
        under += [Spacer(0, BETWEEN_PT / 2), _said(paper.subject_line, about)]
    if paper.stamp:
        under += [Spacer(0, BETWEEN_PT), _Stamp(paper.stamp)]
    day = _said(paper.day_line.replace("      ", "\u00a0" * 6), _style(fonts.ITALIC, DAY_PT))
    yield Table(
        [[left, right], [under, [day]]],
        colWidths=[each * mm for each in HEAD_MM],
        style=[*_NOTHING_AROUND, ("TOPPADDING", (0, 1), (-1, 1), BETWEEN_PT + 2), ("RIGHTPADDING", (0, 0), (0, -1), 4)],
        hAlign="LEFT",
    )
    yield Spacer(0, TEXT_PT)
    if not paper.is_letter:
        yield _said(paper.type_name, _style(fonts.BOLD, TITLE_PT))
        yield _said(paper.subject_line, _style(fonts.BOLD, TITLE_PT))
        line = min(fonts.width(paper.subject_line, fonts.BOLD, TITLE_PT), _TEXT_WIDTH)
        yield _Rule(line * RULE_SHARE, above=5)
        yield Spacer(0, TEXT_PT)


def _body(paper: Paper) -> Iterator[Flowable]:
    yield from _addressed(paper)
    for each in paper.blocks:
        if isinstance(each, Grid):
            yield _grid(each)
        else:
            yield _Bars(each) if isinstance(each, Chart) else _block(each)


def _addressed(paper: Paper) -> Iterator[Flowable]:
    if not paper.addressees:
        return
    style = {"alignment": TA_JUSTIFY, "spaceAfter": 2}
    whole = _style(fonts.REGULAR, TEXT_PT, leftIndent=ADDRESSED_MM[0] * mm, **style)
    if len(paper.addressees) == 1:
        yield _said(f"Kính gửi: {paper.addressees[0].rstrip('.;')}.", whole)
    else:
        yield _said("Kính gửi:", whole)
        listed = _style(fonts.REGULAR, TEXT_PT, leftIndent=ADDRESSED_MM[1] * mm, **style)
        last = len(paper.addressees) - 1
        for place, each in enumerate(paper.addressees):
            yield _said(f"- {each.rstrip('.;')}{'.' if place == last else ';'}", listed)
    yield Spacer(0, TEXT_PT * 0.8)


def _block(block: Block) -> Paragraph:
    font = {"basis": fonts.ITALIC, "part": fonts.BOLD, "heading": fonts.BOLD}.get(block.role, fonts.REGULAR)
    return _said(
        block.text,
        _style(
            font,
            TEXT_PT,
            leading=LEADING,
            alignment=TA_LEFT if block.role in ("part", "heading") else TA_JUSTIFY,
            firstLineIndent=FIRST_LINE_MM * mm,
            spaceBefore=BETWEEN_PT,
            keepWithNext=1 if block.role in ("part", "heading") else 0,
            allowWidows=0,
            allowOrphans=0,
        ),
    )


def _grid(grid: Grid) -> Table:
    size = GRID_PT if len(grid.heading) < MANY_COLUMNS else SMALL_GRID_PT
    cell = _style(fonts.REGULAR, size, alignment=TA_LEFT)
    middle = _style(fonts.REGULAR, size)
    rows = [[_said(each, _style(fonts.BOLD, size)) for each in grid.heading]]
    rows += [[_said(each, cell if place == 1 else middle) for place, each in enumerate(row)] for row in grid.rows]
    narrow, others = 10 * mm, max(1, len(grid.heading) - 2)
    side = min(28 * mm, (_TEXT_WIDTH - narrow) * 0.55 / others)
    widths = [narrow, _TEXT_WIDTH - narrow - side * others, *[side] * others][: len(grid.heading)]
    return Table(
        rows,
        colWidths=widths,
        repeatRows=1,
        spaceBefore=BETWEEN_PT * 2,
        spaceAfter=BETWEEN_PT,
        style=[("GRID", (0, 0), (-1, -1), 0.5, black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
    )


class _Bars(Flowable):
    """Lying bars below their title, with what they stand for before them and their figures behind."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.bars = chart.bars
        self.longest = max((value for _, value in chart.bars), default=0)
        self.title = _said(f"{chart.title} ({chart.unit_of_measure})", _style(fonts.BOLD, GRID_PT))
        self.spaceBefore = self.spaceAfter = BETWEEN_PT * 2

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.room = width - (BAR_NAME_MM + BAR_FIGURE_MM) * mm
        self.below = len(self.bars) * BAR_EVERY_MM * mm
        return width, self.below + BETWEEN_PT + float(self.title.wrap(width, 0)[1])

    def draw(self) -> None:
        canvas, size = self.canv, SMALL_GRID_PT
        self.title.drawOn(canvas, 0, self.below + BETWEEN_PT)
        canvas.setFillColor(black)
        canvas.setFont(fonts.REGULAR, size)
        for place, (name, value) in enumerate(reversed(self.bars)):
            middle = (place + 0.5) * BAR_EVERY_MM * mm
            length = self.room * value / self.longest if self.longest else 0
            line = middle - size * 0.33
            canvas.drawRightString(BAR_NAME_MM * mm - 4, line, _shortened(name, BAR_NAME_MM * mm - 8, size))
            canvas.drawString(BAR_NAME_MM * mm + length + 4, line, grouped(value))
            if length:  # of nothing a hair would be drawn
                canvas.saveState()
                canvas.setFillColor(Color(*BAR))
                canvas.rect(BAR_NAME_MM * mm, middle - BAR_MM * mm / 2, length, BAR_MM * mm, stroke=0, fill=1)
                canvas.restoreState()


def _shortened(name: str, room: float, size: float) -> str:
    if fonts.width(name, fonts.REGULAR, size) <= room:
        return name
    while name and fonts.width(f"{name}…", fonts.REGULAR, size) > room:
        name = name[:-1]
    return f"{name.rstrip()}…"


def _foot(paper: Paper) -> Iterator[Flowable]:
    left: list[Flowable] = []
    if paper.recipients:
        left.append(_said("Nơi nhận:", _style(fonts.BOLD_ITALIC, RECEIVERS_PT, alignment=TA_LEFT)))
        last = len(paper.recipients) - 1
        style = _style(fonts.REGULAR, RECEIVER_PT, alignment=TA_LEFT, leftIndent=6, firstLineIndent=-6)
        left += [
            _said(f"- {each.rstrip('.;')}{'.' if place == last else ';'}", style)
            for place, each in enumerate(paper.recipients)
        ]
    right: list[Flowable] = [_said(each, _style(fonts.BOLD, SIGNER_PT)) for each in paper.signer_lines]
    if right:
        right.append(Spacer(0, SIGNATURE_MM * mm))
        right.append(_said(paper.signer_name or "", _style(fonts.BOLD, SIGNER_PT)))
    yield Spacer(0, TEXT_PT)
    widths = [each * mm for each in FOOT_MM]
    yield Table([[left, right]], colWidths=widths, style=_NOTHING_AROUND, hAlign="LEFT")
