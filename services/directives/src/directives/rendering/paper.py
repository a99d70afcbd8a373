"""A document as it is to stand on paper: every box of Nghị định 30/2020/NĐ-CP, Phụ lục I, and the text in blocks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contracts.directives import DeliveryPurpose, Priority
from directives.domain.directive import Directive, Recipient
from directives.domain.document_types import DOCUMENT_TYPES, DocumentType

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
PURPOSES: dict[DeliveryPurpose, str] = {
    "execute": "để thực hiện",
    "inform": "để biết",
    "report_to": "để b/c",
    "coordinate": "để p/h",
    "monitor": "để theo dõi",
    "archive": "",
}
STAMPS: dict[Priority, str | None] = {
    "normal": None,
    "urgent": "KHẨN",
    "very_urgent": "THƯỢNG KHẨN",
    "express": "HỎA TỐC",
    "express_timed": "HỎA TỐC HẸN GIỜ",
}
Role = Literal["basis", "part", "heading", "text", "point"]
"""A legal basis, a numbered part in capitals, a heading, a paragraph, a point of a list."""

_PART = re.compile(r"(?:[IVX]{1,5}\.|(?:Phần|Chương|Mục)\s+[\dIVX]+)")
_NUMBERED = re.compile(r"(?:Điều\s+)?\d{1,2}(?:\.\d{1,2})*\.?\s")
_POINT = re.compile(r"[-–+•]\s|[a-zđ]\)\s")
_BASIS = re.compile(r"(?:Căn cứ|Thực hiện|Theo đề nghị|Xét đề nghị)\s")
_LONGEST_HEADING = 120


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph and what it is."""

    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a row of headings, then rows of cells."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Whole numbers as lying bars, one below the other."""

    title: str
    unit_of_measure: str
    bars: tuple[tuple[str, int], ...]
    """What each stands for, and how long it is: none is below nought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document to be laid out. Null is what it does not say yet; its place is left blank."""

    document_type: DocumentType
    parent: str | None
    issuer: str
    number: str | None
    notation: str | None
    place: str | None
    day: date | None
    subject: str
    addressees: tuple[str, ...]
    blocks: tuple[Block | Grid | Chart, ...]
    recipients: tuple[str, ...]
    signer_lines: tuple[str, ...]
    signer_name: str | None
    stamp: str | None = None

    @property
    def is_letter(self) -> bool:
        """Say whether its subject stands under its number, as V/v."""
        return DOCUMENT_TYPES[self.document_type].is_letter

    @property
    def type_name(self) -> str:
        """Return the name of its type as it is printed."""
        return DOCUMENT_TYPES[self.document_type].name.upper()

    @property
    def code_line(self) -> str:
        """Return number and notation as they are printed; the number of a draft is left blank."""
        return f"Số: {self.number or '       '}/{self.notation or ''}".rstrip("/")

    @property
    def day_line(self) -> str:
        """Return place and day; day below ten and month below three with a leading zero (Phụ lục I, II.4.b)."""
        place = f"{self.place}, " if self.place else ""
        if self.day is None:
            return f"{place}ngày      tháng      năm"
        month = f"{self.day.month:02d}" if self.day.month < 3 else str(self.day.month)
        return f"{place}ngày {self.day.day:02d} tháng {month} năm {self.day.year}"

    @property
    def subject_line(self) -> str:
        """Return the subject as it stands: with V/v in a letter."""
        if not self.is_letter:
            return self.subject
        return self.subject if re.match(r"V/v\b", self.subject) else f"V/v {self.subject}"


def grouped(value: int) -> str:
    """Return a whole number as it is printed: a dot parts the thousands."""
    return f"{value:,}".replace(",", ".")


def paper_of(directive: Directive, *, issuer: str, parent: str | None) -> Paper:
    """Return a directive as it is to stand on paper, under the names its issuer and the body above have that day."""
    form, number = directive.form, directive.number
    is_addressed = bool(directive.addressees)
    return Paper(
        document_type=directive.document_type,
        parent=parent,
        issuer=issuer,
        number=f"{number.value:02d}" if number else None,
        notation=number.notation if number else None,
        place=form.place,
        day=directive.issue.on if directive.issue else None,
        subject=directive.subject,
        addressees=directive.addressees,
        blocks=blocks_of(directive.body, bases=[each.text for each in form.citations if each.relation == "basis"]),
        recipients=recipient_lines(directive.recipients, is_addressed=is_addressed),
        signer_lines=form.signer.lines if form.signer else (),
        signer_name=form.signer.name if form.signer else None,
        stamp=STAMPS[form.priority],
    )


def blocks_of(body: str, *, bases: Sequence[str] = ()) -> tuple[Block, ...]:
    """Return a text in blocks, a line each, led by the legal bases it does not name itself; it ends with `./.`."""
    lines = [line for each in body.splitlines() if (line := " ".join(each.split()))]
    unnamed = [each for each in bases if not any(each in line for line in lines)]
    made = [Block(f"Căn cứ {each.rstrip('.;')};", "basis") for each in unnamed]
    made += [Block(line, _role(line, place, lines)) for place, line in enumerate(lines)]
    if made and not made[-1].text.endswith("./."):
        made[-1] = Block(made[-1].text.rstrip(" .;") + "./.", made[-1].role)
    return tuple(made)


def recipient_lines(recipients: Iterable[Recipient], *, is_addressed: bool) -> tuple[str, ...]:
    """Return the lines of *Nơi nhận*: *Như trên* first where somebody is addressed, *Lưu* last."""
    lines, kept = [], []
    above = re.compile(r"như\s+(?:trên|kính gửi)", re.IGNORECASE)
    for each in recipients:
        name = each.name.strip(" .;-")
        if each.purpose == "archive":
            kept.append(name if name.lower().startswith("lưu") else f"Lưu: {name}")
        elif above.match(name):
            continue
        else:
            lines.append(f"{name} ({PURPOSES[each.purpose]})")
    if is_addressed:
        lines.insert(0, "Như trên")
    return (*lines, *kept)


def _role(line: str, place: int, lines: Sequence[str]) -> Role:
    if _PART.match(line) and len(line) <= _LONGEST_HEADING:
        return "part"
    if _NUMBERED.match(line):
        return "heading" if len(line) <= _LONGEST_HEADING and line[-1] not in ".;," else "text"
    if _POINT.match(line):
        return "point"
    if _BASIS.match(line) and line.endswith(";") and all(_BASIS.match(each) for each in lines[:place]):
        return "basis"
    return "text"
