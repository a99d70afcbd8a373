"""How a letter lies on its pages: lines, paragraphs put together again, head, body, foot and what is attached."""

import re
from dataclasses import dataclass

from directives.documents.found import UPPER, Span, one_line, pattern, piece
from directives.domain.document_types import CATALOGUE

WRAPPED_FROM = 55
"""A line this long that ends without a stop was wrapped by whatever made the file."""

_MARK = re.compile(
    r"[-–+*•]\s+|\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]\s+|\d{1,2}(?:\.\d{1,2}){1,3}\s+|[IVX]{1,5}\.\s+|[a-zđ]\)\s+"
    r"|(?:Điều|Mục|Chương|Phần)\s+(?:\d{1,3}|[IVX]{1,5})[.:]\s+"
)
_STOP = re.compile(r"[.;:!?…][”\"’)]?$|\./\.?$")
_GAP = re.compile(r"\S(?: ?\S)*(?: {2}\S(?: ?\S)*)*")
_RECEIVERS = pattern(r"\W*Nơi nhận\b", re.IGNORECASE)
_ATTACHED = re.compile(
    r"ĐƠN\s+VỊ\s*[:….]|PHỤ\s+LỤC|ĐỀ\s+CƯƠNG|(?:BIỂU\s+)?MẪU(?:\s|$)|BIỂU\s|BÁO\s+CÁO\s*$|CỘNG\s+HO[ÀA]|UBND\s|ỦY\s+BAN|SỞ\s|TRƯỜNG\s"
    r"|(?:Phụ lục|Mẫu|Biểu mẫu)\s*(?:số\s*)?[\dIVX]*\s*$|Đề cương\s"
)
_SECRET = re.compile(r"(?:TUYỆT|TỐI)\s+MẬT|MẬT")
_OPENING = re.compile(
    r"(?:Căn\s+cứ|Thực\s+hiện|Thi\s+hành|Theo\s|Tiếp\s+theo|Triển\s+khai|Nhằm|Để\s|Trong\s|Sau\s|Sở\s|UBND|Ủy\s+ban|"
    r"Phòng\s|Trường\s|Xét\s|Được\s|Ngày\s)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty; `after_gap` when an empty one stands before it."""

    start: int
    end: int
    text: str
    after_gap: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together; `mark` is its number or bullet, `depth` how deep that is (9: none)."""

    start: int
    end: int
    mark: str
    depth: int


@dataclass(frozen=True, slots=True)
class Page:
    """A document in its parts: each ends where the next begins."""

    text: str
    lines: tuple[Line, ...]
    body_start: int
    foot_start: int
    attached_start: int

    def within(self, start: int, end: int) -> list[Line]:
        """Return the lines between two places."""
        return [line for line in self.lines if start <= line.start < end]

    @property
    def head(self) -> list[Line]:
        """Return the lines above the body, columns apart."""
        return columns(self.within(0, self.body_start))

    @property
    def foot(self) -> list[Line]:
        """Return the lines of receivers and signer, columns apart."""
        return columns(self.within(self.foot_start, self.attached_start))

    @property
    def body(self) -> list[Paragraph]:
        """Return the paragraphs of the body."""
        return paragraphs(self.within(self.body_start, self.foot_start))

    @property
    def attached(self) -> list[Paragraph]:
        """Return the paragraphs of what is attached."""
        return paragraphs(self.within(self.attached_start, len(self.text)))


def lay_out(text: str) -> Page:
    """Find the parts of a document."""
    lines = _lines(text)
    foot_start = next((line.start for line in lines if _RECEIVERS.match(line.text)), None)
    attached_start = _attached(lines, foot_start, len(text))
    foot = attached_start if foot_start is None else foot_start
    return Page(text, tuple(lines), min(_body(lines, foot), foot), foot, attached_start)


def columns(lines: list[Line]) -> list[Line]:
    """Take apart what stands side by side: three spaces are a gap between columns, save in blanks to fill in."""
    apart = []
    for line in lines:
        if re.match(r"\W*Số\s*:", line.text) or re.search(r"ngày\s.*tháng", line.text):
            apart.append(line)
            continue
        gap = line.after_gap
        for column in _GAP.finditer(line.text):
            apart.append(Line(line.start + column.start(), line.start + column.end(), column.group(), gap))
            gap = False
    return apart


def paragraphs(lines: list[Line]) -> list[Paragraph]:
    """Put together what was wrapped."""
    made: list[list[Line]] = []
    for line in lines:
        if made and _goes_on(made[-1][-1], line):
            made[-1].append(line)
        else:
            made.append([line])
    return [_paragraph(each) for each in made]


def goes_on_small(text: str) -> bool:
    """Say whether a line begins as no sentence does."""
    return text[:1].islower() or text[:1] in "”,;)"


def is_opening(text: str) -> bool:
    """Say whether a line begins as bodies begin."""
    return bool(_OPENING.match(text) or _MARK.match(text)) or len(text) > 200


def line_span(text: str, line: Line, confidence: float = 0.9) -> Span:
    """Return a whole line as a span."""
    return piece(text, line.start, line.end, confidence)


def is_secret(page: Page) -> bool:
    """Say whether the head bears the mark of a state secret."""
    return any(_SECRET.fullmatch(line.text) for line in page.head)


_SENTENCE_END = re.compile(rf"(?<=[.!?;…])[”\"]?\s+(?=[{UPPER}“\"(+-])")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:TP|TX|TT|Tr|P|Q|Ths|ThS|TS|PGS|GS|BS|Mr|KT|TL|TM|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*)\.$"
)


def sentences(text: str, paragraph: Paragraph) -> list[Span]:
    """Return the sentences of a paragraph, without its number or bullet."""
    start = paragraph.start + len(paragraph.mark)
    found, begin = [], start
    for gap in _SENTENCE_END.finditer(text, start, paragraph.end):
        if not _ABBREVIATED.search(text, max(begin, gap.start() - 8), gap.start()):
            found.append(piece(text, begin, gap.start()))
            begin = gap.end()
    found.append(piece(text, begin, paragraph.end))
    return [each for each in found if each.text]


def _lines(text: str) -> list[Line]:
    lines, gap = [], False
    for found in re.finditer(r"[^\n]*\n?", text):
        written = piece(text, found.start(), found.end())
        if written.text:
            lines.append(Line(written.start, written.end, written.text, gap))
        gap = not written.text
    return lines


def _attached(lines: list[Line], foot_start: int | None, end: int) -> int:
    if foot_start is None:
        return next((line.start for line in lines[5:] if re.match(r"PHỤ\s+LỤC|ĐỀ\s+CƯƠNG", line.text)), end)
    foot = [line for line in lines if line.start > foot_start]
    return next((line.start for line in foot if _ATTACHED.match(line.text)), end)


def _body(lines: list[Line], foot_start: int) -> int:
    head = [line for line in lines if line.start < foot_start]
    for place, line in enumerate(head):
        if re.match(r"\W*Kính\s+gửi", line.text):
            after = head[place + 1 :]
            return next((each.start for each in after if _begins_a_body(each)), line.end)
    place = next((place for place, line in enumerate(head) if is_type_line(line.text)), -1)
    after = head[place + 2 :]  # the line after the type is the subject, whatever it says
    return next((each.start for each in after if is_opening(each.text)), head[0].start if head and place < 0 else 0)


def _begins_a_body(line: Line) -> bool:
    return not re.match(r"[-–+•]\s", line.text) and is_opening(line.text) and not goes_on_small(line.text)


def _goes_on(before: Line, line: Line) -> bool:
    if _STOP.search(before.text) or _MARK.match(line.text):
        return False
    return goes_on_small(line.text) or len(before.text) >= WRAPPED_FROM


def _paragraph(lines: list[Line]) -> Paragraph:
    mark = _MARK.match(lines[0].text)
    written = mark.group() if mark else ""
    return Paragraph(lines[0].start, lines[-1].end, written, depth_of(written.strip()))


def depth_of(mark: str) -> int:
    """Return how deep a number or bullet stands: I. and Điều 1, 1. 2, 1.1. 3, a) 6, - 7, + 8, none 9."""
    if not mark:
        return 9
    if mark in "-–•*":
        return 7
    if mark == "+":
        return 8
    if re.fullmatch(r"[IVX]+\.|[ĐMCP].+", mark):
        return 1
    if mark[0].isdigit() or mark[0] == "(":
        return 2 + mark.rstrip(".)").count(".")
    return 6


TYPES = {each.name.lower(): (each.code, each.abbreviation) for each in CATALOGUE}
"""What each type is called, in small letters, with its code and abbreviation."""


def is_type_line(line: str) -> bool:
    """Say whether a line is the name of a type of document, and nothing else, in capitals."""
    return line == line.upper() and one_line(line).lower() in TYPES
