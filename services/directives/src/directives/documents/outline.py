"""The outline a letter attaches: its sections, the figures it asks for, the periods it names."""

import re

from directives.documents.found import Outline, OutlineIndicator, OutlineSection, Span, part, pattern, piece
from directives.documents.page import Page, depth_of

_FIGURE = pattern(r"(?:Tổng )?(?:số(?! hóa)|tỷ lệ|tỉ lệ|kinh phí|số tiền)\b")
_HEADING = pattern(r"(?:về )?số (?:lượng|liệu)[.:]?")
_PERIODS = pattern(r"\b(?:20\d{2} ?[-–] ?20\d{2})\b")
_TITLE = pattern(r"(?:BÁO CÁO|ĐỀ CƯƠNG|BIỂU|PHỤ LỤC)\b", 0)


def read_outline(page: Page) -> Outline | None:
    """Return the attached outline, None when nothing with sections is attached."""
    sections: list[OutlineSection] = []
    indicators: list[OutlineIndicator] = []
    for paragraph in page.attached:
        title = piece(page.text, paragraph.start + len(paragraph.mark), paragraph.end, 0.9)
        mark = paragraph.mark.strip()
        if not mark or not title.text:
            continue
        if _FIGURE.match(title.text) and not _HEADING.fullmatch(title.text) and len(title.text) < 200:
            name = piece(page.text, title.start, title.start + len(title.text.rstrip(" .;:")), 0.85)
            indicators.append(OutlineIndicator(name, sections[-1].mark if sections else None))
        elif depth_of(mark) < 7:
            sections.append(OutlineSection(mark, depth_of(mark), title))
    if not sections:
        return None
    return Outline(_title(page, sections[0].title.start), tuple(sections), tuple(indicators), _periods(page))


def _title(page: Page, before: int) -> Span | None:
    lines = [
        line
        for line in page.within(page.attached_start, before)
        if line.text == line.text.upper() and not re.match(r"ĐƠN|CỘNG|ĐỘC|Số", line.text) and len(line.text) > 5
    ]
    place = next((place for place, line in enumerate(lines) if _TITLE.match(line.text)), None)
    return None if place is None else piece(page.text, lines[place].start, lines[-1].end, 0.8)


def _periods(page: Page) -> tuple[Span, ...]:
    found: dict[str, Span] = {}
    for match in _PERIODS.finditer(page.text, page.attached_start):
        found.setdefault(re.sub(r"\s", "", match[0]), part(page.text, match, 0, 0.85))
    return tuple(found.values())
