"""Where a document departs from Nghị định 30/2020/NĐ-CP, Phụ lục I. Warnings: real documents do, and are valid."""

import re
from dataclasses import dataclass

from directives.documents.found import Addressee, FoundRecipient, Signer, Span, pattern, piece
from directives.documents.heading import Head
from directives.documents.page import TYPES, Page, line_span

_NATION = pattern(r"CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0)
_MOTTO = re.compile(r"Độc\s*lập\s*([-–])\s*Tự\s*do\s*([-–])\s*Hạnh\s*phúc")
_MOTTO_RIGHT = re.compile(r"Độc lập - Tự do - Hạnh phúc")
_LETTERS = ("official_letter", "proposal")
_SIGNS = re.compile(r"(?:KT|TL|TM|TUQ|Q)\.(?=\S)")


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure from a rule that is named; `where` is null when something is not there at all."""

    code: str
    rule: str
    what_vi: str
    what_en: str
    where: Span | None


def lint(
    page: Page, head: Head, addressees: list[Addressee], recipients: list[FoundRecipient], signer: Signer | None
) -> list[Departure]:
    """Return the departures, in the order of the rules."""
    return [
        *_nation(page),
        *_number(page, head),
        *_day(head),
        *_addressees(page, head, addressees),
        *_body(page),
        *_recipients(page, addressees, recipients),
        *_signer(signer),
    ]


def _warning(code: str, rule: str, vi: str, en: str, where: Span | None = None) -> Departure:
    return Departure(code, f"Nghị định 30/2020/NĐ-CP, {rule}", vi, en, where)


def _nation(page: Page) -> list[Departure]:
    found = []
    if not _NATION.search(page.text, 0, page.body_start):
        found.append(
            _warning("nation-missing", "Phụ lục I, II.1.a", "Không có Quốc hiệu.", "The name of the state is missing.")
        )
    motto = _MOTTO.search(page.text, 0, page.body_start)
    if motto is None:
        found.append(_warning("motto-missing", "Phụ lục I, II.1.b", "Không có Tiêu ngữ.", "The motto is missing."))
    elif not _MOTTO_RIGHT.fullmatch(motto[0]):
        found.append(
            _warning(
                "motto-spacing",
                "Phụ lục I, II.1.b",
                "Giữa các cụm từ của Tiêu ngữ là gạch nối có cách chữ.",
                "The hyphens of the motto have a space on either side.",
                piece(page.text, motto.start(), motto.end()),
            )
        )
    return found


def _number(page: Page, head: Head) -> list[Departure]:
    if head.notation is None:
        return [
            _warning("notation-missing", "Phụ lục I, II.3", "Không có số, ký hiệu.", "There is no number and notation.")
        ]
    found = []
    notation = head.notation
    rule = "Phụ lục I, II.3"
    if head.number is None:
        found.append(_warning("number-missing", rule, "Chưa ghi số.", "There is no number.", notation))
    elif re.fullmatch(r"\d", head.number.text):
        found.append(
            _warning(
                "number-one-digit",
                rule,
                "Số dưới 10 phải có số 0 phía trước.",
                "Below 10 a leading 0 is due.",
                head.number,
            )
        )
    if head.number is not None and re.search(r"\s", page.text[head.number.end : notation.start]):
        found.append(
            _warning(
                "number-spacing",
                rule,
                "Không cách chữ quanh dấu gạch chéo.",
                "No space stands around the slash.",
                notation,
            )
        )
    first = re.split(r"[-–]", notation.text)[0]
    kind = head.document_type.value if head.document_type else None
    if first == "CV":
        found.append(
            _warning(
                "letter-abbreviated",
                rule,
                "Công văn không có chữ viết tắt tên loại.",
                "A letter has no abbreviation.",
                notation,
            )
        )
    expected = next((abbreviation for code, abbreviation in TYPES.values() if code == kind), "")
    if expected and first != expected:
        found.append(
            _warning(
                "type-not-in-notation",
                "Phụ lục I, II.3; Phụ lục III",
                f"Ký hiệu phải bắt đầu bằng «{expected}».",
                f"The notation begins with {expected}.",
                notation,
            )
        )
    if "&" in notation.text:
        found.append(
            _warning(
                "notation-with-sign", rule, "Ký hiệu chỉ gồm chữ cái viết tắt.", "A notation is letters only.", notation
            )
        )
    return found


def _day(head: Head) -> list[Departure]:
    rule = "Phụ lục I, II.4"
    if head.day is None or head.place is None:
        return [_warning("day-missing", rule, "Không có địa danh, thời gian ban hành.", "There is no place and day.")]
    if head.day.on is None:
        return [
            _warning(
                "day-blank", rule, "Thời gian ban hành chưa đủ.", "The day is not written in full.", head.day.source
            )
        ]
    match = re.match(r"ngày\s+(\d+)\s+tháng\s+(\d+)", head.day.source.text)
    if match and (len(match[1]) < 2 or (head.day.month in (1, 2)) != match[2].startswith("0")):
        return [
            _warning(
                "day-zeros",
                rule,
                "Ngày dưới 10 và tháng 1, 2 có số 0 phía trước; các tháng khác không.",
                "Days below 10 and months 1 and 2 have a leading 0, other months have none.",
                head.day.source,
            )
        ]
    return []


def _addressees(page: Page, head: Head, addressees: list[Addressee]) -> list[Departure]:
    if head.document_type is None or head.document_type.value not in _LETTERS:
        return []
    rule = "Phụ lục I, II.9.a"
    if not addressees:
        return [
            _warning("addressees-missing", rule, "Công văn, tờ trình phải có «Kính gửi».", "It must say whom it is to.")
        ]
    if len(addressees) > 1:
        last = addressees[-1].source
        if not page.text.startswith(".", last.end):
            return [
                _warning(
                    "addressees-stop",
                    rule,
                    "Dòng cuối của «Kính gửi» kết thúc bằng dấu chấm.",
                    "The last ends with a stop.",
                    last,
                )
            ]
    return []


def _body(page: Page) -> list[Departure]:
    body = page.within(page.body_start, page.foot_start)
    if body and not body[-1].text.endswith("./."):
        where = line_span(page.text, body[-1])
        return [
            _warning(
                "ending-missing", "Phụ lục I, II.6", "Nội dung kết thúc bằng «./.».", "The body ends with ./.", where
            )
        ]
    return []


def _recipients(page: Page, addressees: list[Addressee], recipients: list[FoundRecipient]) -> list[Departure]:
    rule = "Phụ lục I, II.9.b"
    if not recipients:
        return [_warning("recipients-missing", rule, "Không có «Nơi nhận».", "No recipients are listed.")]
    found = []
    if addressees and not recipients[0].is_addressees:
        found.append(
            _warning(
                "as-above-not-first",
                rule,
                "Dòng đầu của Nơi nhận là «Như trên».",
                "The first recipient is Như trên.",
                recipients[0].source,
            )
        )
    kept = recipients[-1]
    if kept.purpose != "archive":
        found.append(
            _warning(
                "archive-missing",
                rule,
                "Dòng cuối của Nơi nhận là «Lưu: VT».",
                "The last line is Lưu: VT.",
                kept.source,
            )
        )
    elif not re.match(r"Lưu\s*:\s*VT", kept.source.text):
        found.append(_warning("archive-form", rule, "Viết «Lưu: VT, …».", "It is written Lưu: VT, ….", kept.source))
    unstopped = [each for each in recipients[:-1] if not page.text.startswith(";", each.source.end)]
    vi, en = "Mỗi dòng Nơi nhận kết thúc bằng dấu chấm phẩy.", "Each line of recipients ends with a semicolon."
    return [*found, *(_warning("recipient-stop", rule, vi, en, each.source) for each in unstopped)]


def _signer(signer: Signer | None) -> list[Departure]:
    rule = "Phụ lục I, II.7"
    if signer is None:
        return [_warning("signer-missing", rule, "Không có chức vụ, họ tên người ký.", "Nobody signs.")]
    found = []
    if signer.competence_source is not None and _SIGNS.match(signer.competence_source.text):
        found.append(
            _warning(
                "competence-spacing",
                rule,
                "Sau «KT.», «TL.», … có cách chữ.",
                "A space follows KT., TL., …",
                signer.competence_source,
            )
        )
    if signer.name is not None and re.match(r"(?:TS|ThS|PGS|GS)\b", signer.name.text):
        found.append(
            _warning(
                "name-with-degree",
                rule,
                "Không ghi học hàm, học vị trước họ tên.",
                "No degree before the name.",
                signer.name,
            )
        )
    return found
