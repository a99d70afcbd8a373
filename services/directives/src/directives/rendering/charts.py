"""A chart of a Word document: drawn by Word from its figures, so it can be changed there like any other."""

from typing import Any
from xml.sax.saxutils import escape

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm, Pt

from directives.rendering.measures import BAR, BAR_EVERY_MM, BETWEEN_PT, FAMILY, GRID_PT, SMALL_GRID_PT
from directives.rendering.paper import Chart

_AROUND_MM = 22.0
"""What the title and the margins of a chart take."""
_COLOUR = "".join(f"{round(255 * each):02X}" for each in BAR)
_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)


def put_chart(document: Any, chart: Chart, *, number: int, width_mm: float) -> None:
    """Add a chart to the end of a document; `number` is its own within it."""
    name = PackURI(f"/word/charts/chart{number}.xml")
    part = Part(name, CONTENT_TYPE.DML_CHART, _drawn(chart).encode(), document.part.package)
    link = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_before = Pt(BETWEEN_PT)
    line.paragraph_format.line_spacing = 1.0  # a line of exact height would cut what stands in it
    height = len(chart.bars) * BAR_EVERY_MM + _AROUND_MM
    line.add_run()._r.append(parse_xml(_frame(chart, link, number, Mm(width_mm), Mm(height))))  # noqa: SLF001  the library has no word for it


def _frame(chart: Chart, link: str, number: int, width: int, height: int) -> str:
    title = escape(chart.title, {'"': "&quot;"})
    return (
        f'<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" {_SPACES}>'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name="Biểu đồ {number}" descr="{title}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{link}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def _drawn(chart: Chart) -> str:
    # The figures are in the chart itself: there is no workbook behind it that could be lost.
    names = "".join(
        f'<c:pt idx="{place}"><c:v>{escape(name)}</c:v></c:pt>' for place, (name, _) in enumerate(chart.bars)
    )
    values = "".join(f'<c:pt idx="{place}"><c:v>{value}</c:v></c:pt>' for place, (_, value) in enumerate(chart.bars))
    count = f'<c:ptCount val="{len(chart.bars)}"/>'
    title = escape(f"{chart.title} ({chart.unit_of_measure})")
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace {_SPACES}><c:roundedCorners val="0"/><c:chart>'
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>{_letters('defRPr', GRID_PT, bold=True)}</a:pPr>"
        f"<a:r>{_letters('rPr', GRID_PT, bold=True)}<a:t>{title}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:v>{title}</c:v></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{_COLOUR}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        '<c:dLbls><c:numFmt formatCode="#,##0" sourceLinked="0"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strLit>{count}{names}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>#,##0</c:formatCode>{count}{values}</c:numLit></c:val></c:ser>"
        '<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/><c:crosses val="autoZero"/>'
        '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="#,##0" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        '<c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx></c:plotArea><c:plotVisOnly val="1"/>'
        '<c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:txPr><a:bodyPr/><a:p><a:pPr>{_letters('defRPr', SMALL_GRID_PT)}</a:pPr></a:p></c:txPr></c:chartSpace>"
    )


def _letters(name: str, size: float, *, bold: bool = False) -> str:
    return (
        f'<a:{name} sz="{round(size * 100)}" b="{int(bold)}"><a:latin typeface="{FAMILY}"/>'
        f'<a:cs typeface="{FAMILY}"/></a:{name}>'
    )
