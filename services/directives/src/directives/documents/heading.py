"""The head of a letter: issuer, number, notation, place, day, type and subject."""

import re
from dataclasses import dataclass
from datetime import date

from directives.documents.found import UPPER, Day, Doubt, Span, Written, part, pattern, piece
from directives.documents.page import TYPES, Line, Page, goes_on_small, is_opening, is_type_line, line_span

LETTER = r"[^\W\d_]"
NOTATION = rf"(?:{LETTER}|[&.])+(?:[-–](?:{LETTER}|[&.])+)*"
_NUMBER = re.compile(
    rf"\bSố[^\S\n]*:?[^\S\n]*(?P<number>\d{{1,6}}[a-z]?)?[^\S\n.…_]*[.…_]*[^\S\n]*/[^\S\n]*(?P<notation>{NOTATION})"
)
_PLACE_AND_DAY = re.compile(
    # Not the end of a notation that stands in the column beside it: no wide gap lies within a name.
    rf"(?<![\w/&.–-])(?P<place>[{UPPER}](?:[^\s,:;]|[^\S\n](?![^\S\n])){{1,40}}),\s{{0,5}}ngày(?P<day>[\s.…_]*\d{{0,2}})[\s.…_]*tháng(?P<month>[\s.…_]*\d{{0,2}})[\s.…_]*năm"
    r"(?P<year>[\s.…_]*(?:\d{4})?)"
)
_ISSUER = re.compile(r"(?:SỞ|PHÒNG|TRƯỜNG|TRUNG\s+TÂM|BỘ|CỤC|BAN|HỘI|PHÂN\s+HIỆU)\s")
_PARENT = re.compile(r"UBND\s|BỘ\s|[ỦU]Y\s+BAN\s+NHÂN\s+DÂN|SỞ\s")
_ABOUT = re.compile(r"V/v:?\s+|Về\s+việc:?\s+")
_BETWEEN = re.compile(
    r"CỘNG\s+H[OÒ]|Độc\s+lập|Kính\s+gửi|Số\s*:|[-—_–]{3,}|.*ngày.*tháng|UBND|SỞ\s|H[ỎO][ẢA]\s+TỐC|(?:THƯỢNG\s+)?KHẨN$"
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a letter says; null is what it does not say."""

    issuer: Span | None
    parent: Span | None
    number: Span | None
    notation: Span | None
    place: Span | None
    day: Day | None
    document_type: Written | None
    subject: Span | None


def read_head(page: Page) -> Head:
    """Read the head of a letter."""
    text = page.text
    numbered = _NUMBER.search(text, 0, page.body_start)
    dated = _PLACE_AND_DAY.search(text, 0, page.body_start)
    lines = page.head
    typed = next((place for place, line in enumerate(lines) if is_type_line(line.text)), None)
    about = next((place for place, line in enumerate(lines) if _ABOUT.match(line.text)), None)
    notation = part(text, numbered, "notation", 0.98) if numbered else None
    issuer = _issuer(text, lines)
    return Head(
        issuer=issuer,
        parent=_parent(text, lines, issuer),
        number=part(text, numbered, "number", 0.98) if numbered and numbered["number"] else None,
        notation=notation,
        place=part(text, dated, "place", 0.95) if dated else None,
        day=_day(text, dated),
        document_type=_type(text, lines, typed, about, notation),
        subject=_subject(text, lines, typed, about),
    )


def doubts_of_head(head: Head) -> list[Doubt]:
    """Return what in the head a person should look at."""
    doubts = []
    if head.notation is not None and (why := irregular(head.notation.text, head.issuer)):
        doubts.append(Doubt("notation-irregular", *why, where=head.notation))
    if head.day is not None and head.day.on is None:
        whole = None not in (head.day.day, head.day.month, head.day.year)
        doubts.append(
            Doubt(
                "date-impossible" if whole else "date-incomplete",
                "Không có ngày này." if whole else "Ngày ban hành chưa đủ ngày, tháng, năm.",
                "There is no such day." if whole else "The day of issue is not written in full.",
                where=head.day.source,
            )
        )
    return doubts


def initials(name: str) -> str:
    """Return what an agency is abbreviated to, as SGDĐT for Sở Giáo dục và Đào tạo."""
    return "".join(word[0].upper() for word in re.findall(r"\w+", name) if word.lower() not in ("và", "của"))


def irregular(notation: str, issuer: Span | None) -> tuple[str, str] | None:
    """Say in two languages what is irregular in a notation, None when nothing is."""
    organ = next((each for each in re.split(r"[-–]", notation) if "GD" in each.upper()), notation)
    expected = initials(issuer.value) if issuer is not None else ""
    if "&" in organ or re.search(r"GD(?:DT|-ĐT)", organ):
        usual = expected if "ĐT" in expected else re.sub(r"GD&?[ĐD]T", "GDĐT", organ)
        return (
            f"Ký hiệu cơ quan «{organ}» khác cách viết thường dùng «{usual}».",
            f"The abbreviation {organ} differs from the usual {usual}.",
        )
    return None


def day_of(text: str, match: re.Match[str], names: tuple[str, str, str], confidence: float = 0.95) -> Day:
    """Return the day a match wrote in three groups; what is blank is null."""
    day, month, year = (_whole(match[name]) for name in names)
    on = None
    if day is not None and month is not None and year is not None:
        try:
            on = date(year, month, day)
        except ValueError:
            on = None
    return Day(day, month, year, on, part(text, match, 0, confidence))


def _day(text: str, dated: re.Match[str] | None) -> Day | None:
    if dated is None:
        return None
    found = day_of(text, dated, ("day", "month", "year"))
    begins = dated.end("place") + 1
    return Day(found.day, found.month, found.year, found.on, piece(text, begins, dated.end(), 0.95))


def _whole(text: str | None) -> int | None:
    digits = re.sub(r"\D", "", text or "")
    return int(digits) if digits else None


def _issuer(text: str, lines: list[Line]) -> Span | None:
    capitals = [line for line in lines if line.text == line.text.upper() and _ISSUER.match(line.text)]
    return line_span(text, capitals[-1], 0.95) if capitals else None


def _parent(text: str, lines: list[Line], issuer: Span | None) -> Span | None:
    for line in lines:
        if (
            issuer is not None
            and line.start < issuer.start
            and line.text == line.text.upper()
            and _PARENT.match(line.text)
        ):
            return line_span(text, line, 0.95)
    return None


def _type(text: str, lines: list[Line], typed: int | None, about: int | None, notation: Span | None) -> Written | None:
    if typed is not None:
        return Written(TYPES[" ".join(lines[typed].text.lower().split())][0], line_span(text, lines[typed], 0.98))
    if about is not None:
        return Written("official_letter", piece(text, lines[about].start, lines[about].start + 3, 0.95))
    if notation is not None:
        by_abbreviation = {abbreviation: code for code, abbreviation in TYPES.values() if abbreviation}
        first = re.split(r"[-–]", notation.text)[0]
        if first in by_abbreviation:
            return Written(by_abbreviation[first], piece(text, notation.start, notation.start + len(first), 0.8))
    return None


def _subject(text: str, lines: list[Line], typed: int | None, about: int | None) -> Span | None:
    if typed is not None:
        taken = _following(lines[typed + 1 :], capitals=True)
        return piece(text, taken[0].start, taken[-1].end) if taken else None
    if about is None:
        return None
    after = lines[about]
    start = after.start + len((_ABOUT.match(after.text) or re.match("", after.text) or [""])[0])
    taken = _following(lines[about + 1 :], capitals=False)
    return piece(text, start, taken[-1].end if _adjacent(text, after, taken) else after.end)


def _following(lines: list[Line], *, capitals: bool) -> list[Line]:
    taken: list[Line] = []
    for line in lines:
        if _BETWEEN.match(line.text) or (taken and is_opening(line.text)) or len(taken) == 6:
            break
        if capitals and taken and line.after_gap and not goes_on_small(line.text):
            break
        taken.append(line)
    return taken


def _adjacent(text: str, first: Line, taken: list[Line]) -> bool:
    # A column on the right may stand between the lines of a subject on the left: then only the first line is sure.
    return bool(taken) and not text[first.end : taken[0].start].strip()


_DATED = pattern(
    r"(?:ngày )?(?P<day>\d{1,2})(?:[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}))?"
    r"| tháng (?P<month2>\d{1,2})(?: năm (?P<year2>\d{4}))?)"
)


def dated_in(text: str, start: int, end: int) -> Day | None:
    """Return the first day written between two places, as 31/8/2022 or 31 tháng 8 năm 2022."""
    match = _DATED.search(text, start, end)
    if match is None:
        return None
    long = match["month2"] is not None
    return day_of(text, match, ("day", "month2", "year2") if long else ("day", "month", "year"))
