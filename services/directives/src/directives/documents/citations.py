"""Documents a letter cites: as written, with what they could be looked up by."""

import re
from dataclasses import replace

from directives.documents.found import Citation, Doubt, Relation, Span, one_line, part, pattern, piece
from directives.documents.heading import LETTER, dated_in
from directives.documents.page import TYPES, Page, Paragraph

_TYPE_WORDS = "|".join(
    (
        *(word.replace(" ", r"\s+") for word in TYPES),
        r"thông\s+tư(?:\s+liên\s+tịch)?",
        r"nghị\s+định",
        r"luật(?:\s+[^\d\n;,]{1,60}?)?(?=\s+số)",
        r"kết\s+luận",
        "pháp lệnh",
    )
)
_ORGAN = rf"(?:{LETTER}|[&.])+\d*(?:[-–](?:{LETTER}|[&.])+\d*)+"
_CITED = re.compile(
    rf"(?:(?P<type>\b(?:{_TYPE_WORDS}))\s+(?:(?:liên\s+tịch|cá\s+biệt)\s+)?(?:số\s*:?\s*)?)?(?<![\d/\w])(?:"
    rf"(?P<number>\d{{1,6}}[a-z]?)\s*/\s*(?:(?P<year>(?:19|20)\d{{2}})\s*/\s*)?(?P<notation>{_ORGAN}|QH\d+)"
    rf"|(?P<party>\d{{1,4}})-(?P<party_notation>(?:NQ|CT|QĐ|QyĐ|KL|TB|HD|KH|BC|CV)/{LETTER}+)"
    rf"|(?P<short>\d{{1,6}})/(?P<short_notation>{LETTER}[\w&]+))",
    re.IGNORECASE,
)
_DAY_AFTER = pattern(r"[,]?\s*(?:ban hành )?ngày \d{1,2}(?:[/.-]\d{1,2}[/.-]\d{4}| tháng \d{1,2} năm \d{4})")
_AUTHOR = re.compile(
    r",?\s+của\s+(?P<author>(?:(?!\s(?:về|tại|phê\s+duyệt|trên|giai\s+đoạn|quy\s+định|hướng\s+dẫn|ban\s+hành|đối|sửa|đến)\b)[^,;.:\n“]|\n(?!\s*[-+]))+)"
)
_ALIAS = pattern(
    rf"\((?:(?:sau đây )?(?:gọi|viết) (?:tắt )?là:? ?)?(?P<alias>(?:{_TYPE_WORDS})(?: số)? \d{{1,6}}[^()\n]{{0,40}})\)"
)
_REPLACES = pattern(r"thay thế(?: cho)?(?: nội dung)?(?: các)? *$")
_BASIS = pattern(r"(?:Căn cứ|Thực hiện|Thi hành|Theo|Tiếp theo|Trên cơ sở)\b", 0)
_ABBREVIATIONS = {abbreviation: code for code, abbreviation in TYPES.values() if abbreviation}
_PEOPLE_COMMITTEE = pattern(r"UBND|[ỦU]y ban nhân dân")
_DEPARTMENT = pattern(r"\bSở\b")


def read_citations(page: Page) -> list[Citation]:
    """Return every document cited in the body or what is attached, in the order of the text."""
    found: list[Citation] = []
    known: dict[tuple[str, str], int] = {}
    zones = [*(("body", each) for each in page.body), *(("attached", each) for each in page.attached)]
    opening = True
    for zone, paragraph in zones:
        opening = opening and zone == "body" and paragraph.depth == 9
        is_basis = opening and bool(_BASIS.match(page.text, paragraph.start))
        for match in _CITED.finditer(page.text, paragraph.start, paragraph.end):
            citation = _citation(page.text, match, paragraph.start, paragraph.end, is_basis=is_basis)
            if citation is None:
                continue
            key = (citation.number.lstrip("0"), citation.notation.upper())
            earlier = known.setdefault(key, len(found))
            found.append(citation if earlier == len(found) else replace(citation, same_as=earlier))
        _note_aliases(page.text, paragraph, found)
    return found


def _note_aliases(text: str, paragraph: Paragraph, found: list[Citation]) -> None:
    """Give «(gọi tắt là Kế hoạch số 134)» to the document of that number before it."""
    for match in _ALIAS.finditer(text, paragraph.start, paragraph.end):
        number = re.search(r"\d+", match["alias"])
        for place in reversed(range(len(found))):
            cited = found[place]
            before = paragraph.start <= cited.source.start < match.start()
            if before and number and cited.number == number[0] and cited.same_as is None:
                found[place] = replace(cited, alias=part(text, match, "alias", 0.8))
                break


def doubts_of_citations(citations: list[Citation]) -> list[Doubt]:
    """Return the citations a person should look at: cut short, at odds with themselves, written in two ways."""
    doubts = []
    for citation in citations:
        if "-" not in citation.notation and "/" not in citation.notation and not citation.notation.startswith("QH"):
            doubts.append(
                Doubt(
                    "citation-incomplete",
                    f"Ký hiệu «{citation.number}/{citation.notation}» thiếu phần sau gạch nối.",
                    f"The notation of {citation.number}/{citation.notation} is cut short.",
                    where=citation.source,
                )
            )
        doubts.extend(_at_odds(citation))
        if citation.same_as is not None and (other := citations[citation.same_as]).year != citation.year:
            doubts.append(
                Doubt(
                    "cited-two-ways",
                    f"Cùng một văn bản được viết hai cách: «{other.source.value}» và «{citation.source.value}».",
                    f"One document is written in two ways: {other.source.value}; {citation.source.value}.",
                    where=citation.source,
                )
            )
    return doubts


def _citation(text: str, match: re.Match[str], start: int, end: int, *, is_basis: bool) -> Citation | None:
    if match["short"] is not None and match["type"] is None:
        return None  # a bare 12/ab may be anything
    number = match["number"] or match["party"] or match["short"]
    notation = (match["notation"] or match["party_notation"] or match["short_notation"]).rstrip(".")
    stop = match.end() - (1 if match[0].endswith(".") else 0)
    day = _DAY_AFTER.match(text, stop, end)
    stop = day.end() if day else stop
    author = _AUTHOR.match(text, stop, min(end, stop + 120))
    relation: Relation = "basis" if is_basis else "refers_to"
    if _REPLACES.search(text[max(start, match.start() - 60) : match.start()]):
        relation = "replaces"
    typed = one_line(match["type"]).lower() if match["type"] else None
    return Citation(
        source=piece(text, match.start(), stop, 0.75 if match["short"] else 0.95),
        document_type=typed,
        number=number,
        year=int(match["year"]) if match["year"] else None,
        notation=notation,
        dated=dated_in(text, day.start(), day.end()) if day else None,
        author=part(text, author, "author", 0.8) if author else None,
        alias=None,
        relation=relation,
        same_as=None,
    )


def _at_odds(citation: Citation) -> list[Doubt]:
    doubts: list[Doubt] = []
    first, _, rest = citation.notation.partition("-")
    if (
        citation.document_type in TYPES
        and first in _ABBREVIATIONS
        and _ABBREVIATIONS[first] != TYPES[citation.document_type][0]
    ):
        doubts.append(_doubt("type-and-notation-differ", citation.source, citation.document_type, citation.notation))
    if citation.author is not None:
        organ = rest or first
        by_committee = bool(_PEOPLE_COMMITTEE.match(citation.author.text))
        by_department = bool(_DEPARTMENT.match(citation.author.text))
        if (by_committee and organ.upper().startswith("SGD")) or (by_department and organ.upper().startswith("UBND")):
            doubts.append(
                _doubt("author-and-notation-differ", citation.source, citation.author.value, citation.notation)
            )
    return doubts


def _doubt(code: str, where: Span, said: str, notation: str) -> Doubt:
    vi = f"Văn bản ghi «{said}» nhưng ký hiệu là «{notation}»."
    en = f"The text says {said}; the notation says {notation}."
    if code == "type-and-notation-differ":
        return Doubt("type-and-notation-differ", vi, en, where)
    return Doubt("author-and-notation-differ", vi, en, where)
