"""Whom to ask, and the addresses a letter names. People are not told apart from posts: that is flagged for a person."""

import re

from directives.documents.found import LOWER, UPPER, Doubt, Span, part, pattern
from directives.documents.page import Page

_ASK = pattern(
    r"(?:liên hệ:? (?:với |qua |về )?|(?:kịp thời )?(?:báo cáo|phản ánh) (?:về|qua) (?=đồng chí|ông|bà|phòng))"
    r"(?P<who>(?:(?!để (?:được|biết)|\.\s|\./)[^\n;]|\n(?!\s*\n?\s*[-+]))+)"
)
_WEB = re.compile(r"https?://[^\s()\[\]<>“”\"]+[^\s()\[\]<>“”\".,;]")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_PHONE = re.compile(r"(?<![\d/])0\d{2,3}[\d .xX*]{6,10}\b")
_PERSON = pattern(rf"\b(?:đồng chí|ông|bà|đ/c|thầy|cô) (?:[{UPPER}][{LOWER}]*(?: [{UPPER}][{LOWER}]*){{1,4}})", 0)


def read_contact(page: Page) -> Span | None:
    """Return whom the body says to ask."""
    match = _ASK.search(page.text, page.body_start, page.foot_start)
    return None if match is None else part(page.text, match, "who", 0.8)


def read_links(page: Page) -> list[Span]:
    """Return the web addresses of the body, each once."""
    found: dict[str, Span] = {}
    for match in _WEB.finditer(page.text, page.body_start, page.foot_start):
        found.setdefault(match[0], part(page.text, match, 0, 0.95))
    return list(found.values())


def doubts_of_contact(page: Page) -> list[Doubt]:
    """Return named people, mail boxes and telephone numbers: a contact is better a post than a person."""
    return [
        Doubt(
            "personal-contact",
            "Có thể là dữ liệu liên hệ của một người; nên ghi theo chức danh.",
            "This may be somebody's own contact; a post would do.",
            where=part(page.text, match, 0, 0.7),
        )
        for written in (_PERSON, _MAIL, _PHONE)
        for match in written.finditer(page.text, page.body_start, page.foot_start)
        if written is not _PERSON or _near_contact(page.text, match.start())
    ]


def _near_contact(text: str, place: int) -> bool:
    return bool(re.search(r"liên\s+hệ|báo\s+cáo\s+về|ĐT|điện\s+thoại", text[max(0, place - 150) : place + 150]))
