"""Templates: what may stand in one, what it is filled with, and what comes out. Pure.

Jinja2 is asked for when there is a template, and not before: a house that keeps our words does not carry it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unicodedata import normalize

from notify.domain import Kind, Owed, Quoted, Text
from notify.templates.problems import TemplateUnfit
from notify.words import letters
from notify.words.parts import Line, deadline, in_english, one_line
from notify.words.short import SMS_LENGTH, ZNS_LENGTH, shortened, unaccented

if TYPE_CHECKING:
    from jinja2.environment import Environment

LONGEST: Mapping[str, int] = {
    "subject_vi": 240,
    "subject_en": 240,
    "body_vi": 8_000,
    "body_en": 8_000,
    "sms": SMS_LENGTH,
    "zns": ZNS_LENGTH - 30,  # the rest is the number of the directive
}
"""Characters of each text when it is filled; of a short message as telephones show it."""
SHORT_SUBJECT = 60
PLACEHOLDERS = {
    "code": "số, ký hiệu văn bản / number of the directive",
    "subject": "trích yếu / subject",
    "short_subject": f"trích yếu, tối đa {SHORT_SUBJECT} ký tự / subject, at most {SHORT_SUBJECT} characters",
    "requirement": "tên yêu cầu / title of the requirement",
    "unit": "mã đơn vị / unit",
    "due": "hạn nộp / deadline",
    "title": "nội dung thông báo, một cụm từ / what is told, in a few words",
    "opening": "câu mở đầu có sẵn / our opening sentence",
    "details": "các dòng chi tiết có sẵn / our lines of details",
    "closing": "câu kết có sẵn / our closing sentence",
}
"""What may stand in a template; empty where a letter has none. In texts in English: in English."""
_PERSONAL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|(?<!\d)(?:\+?84|0)(?:[ .-]?\d){9,10}(?!\d)")


@dataclass(frozen=True, slots=True)
class Template:
    """The texts of letters of one kind; null: our own."""

    subject_vi: str | None = None
    body_vi: str | None = None
    subject_en: str | None = None
    body_en: str | None = None
    sms: str | None = None
    zns: str | None = None

    def texts(self) -> dict[str, str]:
        """Return those that are there, by name."""
        return {each.name: text for each in fields(self) if (text := getattr(self, each.name)) is not None}


def fit(kind: Kind, template: Template) -> Template:
    """Return a template by which letters can be written; raise `TemplateUnfit` saying which text and why.

    Each text is filled with the longest there can be and with the shortest.
    """
    for name, text in template.texts().items():
        _check(name, text)
    for quoted in (_example(long=True), _example(long=False), _example(long=False, owed=False)):
        filled = filled_texts(kind, quoted, template)
        for name, said in filled.items():
            if len(said) > LONGEST[name]:
                raise TemplateUnfit(
                    f"{name}: sau khi điền dài {len(said)} ký tự, tối đa {LONGEST[name]}.",
                    f"{name}: {len(said)} characters when filled, at most {LONGEST[name]}.",
                )
            if not said.strip():
                raise TemplateUnfit(f"{name}: có thể thành trống.", f"{name}: can come out empty.")
            if name.startswith("subject") and "\n" in said:
                raise TemplateUnfit(f"{name}: phải nằm trên một dòng.", f"{name}: must be on one line.")
    return template


def fill(kind: Kind, quoted: Quoted, template: Template | None) -> Text:
    """Return the words of a letter, by a template where there is one."""
    own = letters.write(kind, quoted)
    if template is None or not template.texts():
        return own
    filled = filled_texts(kind, quoted, template)
    return Text(
        subject_vi=filled.get("subject_vi", own.subject_vi),
        body_vi=filled.get("body_vi", own.body_vi),
        subject_en=filled.get("subject_en", own.subject_en),
        body_en=filled.get("body_en", own.body_en),
        sms=filled.get("sms"),
        zns=filled.get("zns"),
    )


def filled_texts(kind: Kind, quoted: Quoted, template: Template) -> dict[str, str]:
    """Return the texts of a template filled for one letter, by name."""
    filled = {}
    for name, text in template.texts().items():
        said = _environment().from_string(text).render(_values(kind, quoted, english=name.endswith("_en")))
        said = normalize("NFC", said.strip())
        filled[name] = unaccented(said) if name == "sms" else said
    return filled


def preview(kind: Kind, template: Template) -> Text:
    """Return an example of a letter."""
    return fill(kind, _example(long=False), template)


def _check(name: str, text: str) -> None:
    from jinja2 import TemplateSyntaxError, nodes

    if _PERSONAL.search(text):
        raise TemplateUnfit(
            f"{name}: không ghi địa chỉ thư hoặc số điện thoại; thư đi ra ngoài hệ thống.",
            f"{name}: no e-mail addresses or telephone numbers; letters leave the house.",
        )
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        raise TemplateUnfit(
            f"{name}, dòng {error.lineno}: sai cú pháp ({error.message}).",
            f"{name}, line {error.lineno}: {error.message}.",
        ) from error
    # Words and conditions are all a letter needs, and cannot run for long, whoever writes them.
    known = (nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, known):
            raise TemplateUnfit(
                f"{name}, dòng {node.lineno}: chỉ dùng được {{{{ tên }}}} và {{% if tên %}}.",
                f"{name}, line {node.lineno}: only {{{{ name }}}} and {{% if name %}} may be used.",
            )
        if isinstance(node, nodes.Name) and node.name not in PLACEHOLDERS:
            raise TemplateUnfit(
                f"{name}, dòng {node.lineno}: không có biến “{node.name}”.",
                f"{name}, line {node.lineno}: there is no “{node.name}”.",
            )


def _environment() -> "Environment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _values(kind: Kind, quoted: Quoted, *, english: bool) -> dict[str, str]:
    title, opening, details, closing = letters.parts(kind, quoted)
    tongue = 1 if english else 0
    subject, owed = one_line(quoted.subject), quoted.owed
    due = deadline(owed.due_at) if owed is not None else ""

    def said(line: Line) -> str:
        return line[tongue]

    return {
        "code": one_line(quoted.code),
        "subject": shortened(subject, letters.SUBJECT_LENGTH, "…"),
        "short_subject": shortened(subject, SHORT_SUBJECT, "…"),
        "requirement": one_line(owed.requirement) if owed is not None else "",
        "unit": owed.unit_id if owed is not None else "",
        "due": in_english(due) if english else due,
        "title": said(title),
        "opening": said(opening),
        "details": "\n".join(map(said, details)),
        "closing": said(closing),
    }


def _example(*, long: bool, owed: bool = True) -> Quoted:
    moment = datetime(2026, 12, 20, 17, 0, tzinfo=UTC)
    more = {
        "number": 12, "is_late": True, "is_nil": True, "media_count": 20, "period": "2025-2026", "former": "U-CU",
        "refusal": "not-allowed", "measured": None, "allowed": None, "wished": moment.isoformat(),
        "until": moment.isoformat(), "by_code": "812/SGDĐT-GDPT", "how": "amends", "purpose": "execute",
        "unit": "U-THCS-SONGHAC", "asks": "question", "asked_by": "you", "as_of": "2026-05-31",
        "units_reported": 612, "units_due": 640, "changed_figures": 40, "service": "submissions", "parked": 12,
        "subscription_id": "01a2055d-b5a5-707e-afa7-67b57f2e149a", "because": "failing",
    }  # fmt: skip
    return Quoted(
        code="1761/KH-SGDĐT-GDMNTHPT" if long else "761/SGDĐT-GDPT",
        subject="V/v báo cáo kết quả " + "rất " * 120 if long else "V/v báo cáo STEM",
        occurred_at=moment,
        more=more,
        owed=Owed(
            "Báo cáo kết quả thực hiện " + "nhiệm vụ " * 20 if long else "Báo cáo",
            "U-THCS-PHUONG-RAT-DAI-TEN-CUA-DON-VI" if long else "U-THCS-1",
            "U-THCS-1",
            moment,
        )
        if owed
        else None,
    )
