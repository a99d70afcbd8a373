"""Who a letter speaks to, who gets it, and who signs it."""

import re

from directives.documents.classes import classes_in
from directives.documents.found import (
    LOWER,
    UPPER,
    Addressee,
    FoundRecipient,
    Missing,
    Purpose,
    Signer,
    Span,
    one_line,
    piece,
)
from directives.documents.page import Line, Page, is_opening, line_span

_TO = re.compile(r"\W*Kính\s+gửi\s*:?[^\S\n]*")
_INVITES = re.compile(r"(?:trân\s+trọng\s+)?kính\s+mời\s*:[^\S\n]*(?P<whom>[^\n]+)", re.IGNORECASE)
_SENTENCES_OF_INVITING = 3
_BULLET = re.compile(r"[-–+•*]\s*")
_POST = re.compile(
    r"(?:các\s+)?(?:đồng\s+chí\s+|ông\s*\(?bà\)?\s+)?(Trưởng\s+phòng|Hiệu\s+trưởng|Giám\s+đốc|Chủ\s+tịch|Thủ\s+trưởng|Trưởng\s+ban|Cụm\s+trưởng|"
    r"Chánh\s+Văn\s+phòng)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\((?P<inside>[^()\n]{1,60})\)\s*$")
_PURPOSES: tuple[tuple[Purpose, str], ...] = (
    ("report_to", r"b/?c\b|báo\s+cáo|b/cáo"),
    ("coordinate", r"p/?h\b|phối\s+hợp"),
    ("execute", r"t/?h\b|thực\s+hiện|thi\s+hành|triển\s+khai"),
    ("monitor", r"theo\s+dõi|kiểm\s+tra|giám\s+sát|chỉ\s+đạo|c/đ"),
    ("inform", r"để\s+biết|biết|thông\s+báo|đưa\s+tin|đăng"),
)
_AS_ABOVE = re.compile(r"như\s+(?:kính\s+(?:gửi|mời)|trên|thành\s+phần\s+mời)", re.IGNORECASE)
_KEPT = re.compile(r"Lưu\b", re.IGNORECASE)
_COMPETENCE = re.compile(r"(?P<sign>TUQ|KT|TL|TM|Q|TUQ)\s*\.\s*(?=\S)")
_TITLE = re.compile(
    r"(?:PHÓ\s+|Q\.\s*|QUYỀN\s+)?(?:GIÁM\s+ĐỐC|CHỦ\s+TỊCH|HIỆU\s+TRƯỞNG|TRƯỞNG\s+PHÒNG|CHÁNH\s+VĂN\s+PHÒNG|TRƯỞNG\s+BAN|BỘ\s+TRƯỞNG|THỨ\s+TRƯỞNG|"
    r"CỤC\s+TRƯỞNG|VỤ\s+TRƯỞNG|PHÓ\s+CHÁNH\s+VĂN\s+PHÒNG|PHÓ\s+HIỆU\s+TRƯỞNG|PHÓ\s+TRƯỞNG\s+PHÒNG|ỦY\s+BAN\s+NHÂN\s+DÂN)"
)
_NAME = re.compile(rf"(?:[{UPPER}][{LOWER}]+|[{UPPER}]\.)(?:\s+[{UPPER}][{LOWER}]*){{1,5}}")
_DEGREE = re.compile(r"(?:TS|ThS|PGS|GS|NGƯT|NGND|BS)\.?\s*")


def read_addressees(page: Page) -> list[Addressee]:
    """Return the lines of *Kính gửi*."""
    lines = page.within(0, page.body_start)
    place = next((place for place, line in enumerate(lines) if _TO.search(line.text)), None)
    if place is None:
        return _invited(page)
    first = lines[place]
    match = _TO.search(first.text)
    begins = first.start + (match.end() if match else 0)
    parts = [(begins, first.end)]
    for line in lines[place + 1 :]:
        bullet = _BULLET.match(line.text)
        if bullet or parts[-1][0] >= parts[-1][1]:
            parts.append((line.start + (bullet.end() if bullet else 0), line.end))
        else:
            parts[-1] = (parts[-1][0], line.end)
    return _taken_apart(page.text, parts)


def _taken_apart(text: str, parts: list[tuple[int, int]]) -> list[Addressee]:
    """Several may stand in one line, as several recipients do."""
    apart = [
        (start + each.start(), start + each.end())
        for start, end in parts
        for each in re.finditer(r"(?:\([^()]*\)|[^;])+", text[start:end])
    ]
    return [_addressee(text, start, end) for start, end in apart if text[start:end].strip(" ;.\n")]


def _invited(page: Page) -> list[Addressee]:
    """Return whom an invitation (giấy mời) invites; it does so in the first sentences of its text."""
    for paragraph in page.body[:_SENTENCES_OF_INVITING]:
        match = _INVITES.search(page.text, paragraph.start, paragraph.end)
        if match is not None:
            return _taken_apart(page.text, [match.span("whom")])
    return []


def read_recipients(page: Page) -> list[FoundRecipient]:
    """Return the lines of *Nơi nhận*, several on a line taken apart."""
    found: list[FoundRecipient] = []
    for line in _receiver_lines(page):
        bullet = _BULLET.match(line.text)
        begins = line.start + (bullet.end() if bullet else 0)
        for piece_ in re.finditer(r"(?:\([^()\n]*\)|[^;\n])+", page.text[begins : line.end]):
            source = _trimmed(page.text, begins + piece_.start(), begins + piece_.end())
            if source.text:
                found.append(_recipient(page.text, source))
    return found


def purposes_missing(recipients: list[FoundRecipient]) -> list[Missing]:
    """Return for which recipients no purpose is written; *Như trên* and *Lưu* need none."""
    return [
        Missing(
            f"recipients[{place}].purpose",
            f"Nơi nhận «{recipient.name}» không ghi mục đích.",
            f"No purpose is written for the recipient {recipient.name}.",
        )
        for place, recipient in enumerate(recipients)
        if recipient.purpose is None and not recipient.is_addressees
    ]


def read_signer(page: Page) -> Signer | None:
    """Return who signs; null parts are not written."""
    titled = [
        line
        for line in page.foot
        if not _BULLET.match(line.text)
        and line.text == line.text.upper()
        and (_TITLE.search(line.text) or _COMPETENCE.match(line.text))
    ]
    if not titled:
        return None
    competent = [(line, match) for line in titled if (match := _COMPETENCE.match(line.text))]
    last = titled[-1]
    after = [line for line in page.foot if line.start > last.start and not _BULLET.match(line.text)]
    named = next((line for line in after if _NAME.fullmatch(_DEGREE.sub("", line.text))), None)
    begins = next((match.end() for line, match in competent if line is last), 0)  # as in «Q. GIÁM ĐỐC»
    position = piece(page.text, last.start + begins, last.end, 0.95)
    return Signer(
        competence=", ".join(f"{match['sign']}." for _, match in competent) or None,
        competence_source=piece(page.text, competent[0][0].start, competent[-1][0].end, 0.95) if competent else None,
        position=position,
        name=line_span(page.text, named, 0.9) if named else None,
    )


def _receiver_lines(page: Page) -> list[Line]:
    lines = page.foot[1:]
    made: list[Line] = []
    for line in lines:
        if _BULLET.match(line.text):
            made.append(line)
        elif made and not is_opening(line.text) and line.text[:1].islower() and not made[-1].text.endswith((";", ".")):
            made[-1] = Line(made[-1].start, line.end, page.text[made[-1].start : line.end], made[-1].after_gap)
    first = page.foot[0] if page.foot else None
    if first is not None and (match := re.match(r"\W*Nơi\s+nhận\s*:\s*(?=\w|-)", first.text)):
        rest = first.text[match.end() :]
        made.insert(0, Line(first.start + match.end(), first.end, rest, after_gap=False))
    return made


def _addressee(text: str, start: int, end: int) -> Addressee:
    source = _trimmed(text, start, end)
    post = _POST.match(source.text)
    return Addressee(source, one_line(post[1]) if post else None, classes_in(source.text))


def _recipient(text: str, source: Span) -> FoundRecipient:
    bracket = _BRACKET.search(source.text)
    purpose, purpose_source = None, None
    name = source.value
    if bracket is not None and (purpose := _purpose(bracket["inside"])) is not None:
        purpose_source = piece(text, source.start + bracket.start("inside"), source.start + bracket.end("inside"), 0.95)
        name = one_line(source.text[: bracket.start()])
    if _KEPT.match(source.text):
        purpose, purpose_source = "archive", piece(text, source.start, source.start + 3, 0.95)
    above = bool(_AS_ABOVE.match(source.text))
    return FoundRecipient(source, name, purpose, purpose_source, above, classes_in(name))


def _purpose(written: str) -> Purpose | None:
    return next((purpose for purpose, words in _PURPOSES if re.search(words, written, re.IGNORECASE)), None)


def _trimmed(text: str, start: int, end: int) -> Span:
    whole = piece(text, start, end)
    kept = re.sub(r"[;.\s]+$", "", whole.text) if not re.search(r"[A-ZĐ]\.$", whole.text) else whole.text.rstrip(".")
    return piece(text, whole.start, whole.start + len(kept), 0.95)
