"""Templates: what may stand in one, what it is filled with, and what comes out. Pure.

Jinja2 is asked for when there is a template, and not before: a house that keeps our words does not carry it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from notify.domain import REMINDERS, Kind, Quoted, Text
from notify.templates.problems import TemplateUnfit
from notify.words import letters
from notify.words.parts import Line, deadline, in_english, one_line
from notify.words.privacy import is_personal
from notify.words.short import SHORT_SUBJECT, SMS_LENGTH, ZNS_LENGTH, shortened, unaccented

if TYPE_CHECKING:
    from jinja2.environment import Environment
    from jinja2.environment import Template as JinjaTemplate

LONGEST: Mapping[str, int] = {
    "subject_vi": 240,
    "subject_en": 240,
    "body_vi": 8_000,
    "body_en": 8_000,
    "sms": SMS_LENGTH,
    "zns": ZNS_LENGTH - 30,  # the rest is the number of the directive
}
"""Characters of each text when it is filled; of a short message as telephones show it."""
LONGEST_DIGEST = 64_000
"""Of the bodies of reminders, which name many things."""
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
    "count": "số việc được nhắc trong thư / how many things a reminder names",
    "message": "ý kiến của Sở khi đôn đốc / what the desk adds to a nudge",
}
"""What may stand in a template; empty where a letter has none, or a reminder more than one. In texts in English: in
English."""
Values = Mapping[str, str]


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


def fit(kind: Kind, template: Template, examples: Iterable[tuple[Values, Values]]) -> Template:
    """Return a template by which letters can be written; raise `TemplateUnfit` saying which text and why.

    Each text is filled with examples, in Vietnamese and in English: the longest there can be among them, and the
    shortest.
    """
    for name, text in template.texts().items():
        _check(name, text)
    for vi, en in examples:
        for name, said in filled_texts(template, vi, en).items():
            longest = LONGEST_DIGEST if kind in REMINDERS and name.startswith("body") else LONGEST[name]
            if len(said) > longest:
                raise TemplateUnfit(
                    f"{name}: sau khi điền dài {len(said)} ký tự, tối đa {longest}.",
                    f"{name}: {len(said)} characters when filled, at most {longest}.",
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
    return put_into(own, template, values(kind, quoted, english=False), values(kind, quoted, english=True))


def put_into(own: Text, template: Template, vi: Values, en: Values) -> Text:
    """Return the words of a letter by a template; what it does not have is ours."""
    filled = filled_texts(template, vi, en)
    return Text(
        subject_vi=filled.get("subject_vi", own.subject_vi),
        body_vi=filled.get("body_vi", own.body_vi),
        subject_en=filled.get("subject_en", own.subject_en),
        body_en=filled.get("body_en", own.body_en),
        sms=filled.get("sms"),
        zns=filled.get("zns"),
    )


def filled_texts(template: Template, vi: Values, en: Values) -> dict[str, str]:
    """Return the texts of a template filled for one letter, by name."""
    filled = {}
    for name, text in template.texts().items():
        said = _compiled(text).render(en if name.endswith("_en") else vi)
        said = normalize("NFC", said.strip())
        filled[name] = unaccented(said) if name == "sms" else said
    return filled


def _check(name: str, text: str) -> None:
    from jinja2 import TemplateSyntaxError, nodes

    if is_personal(text):
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


@lru_cache(maxsize=64)
def _compiled(text: str) -> "JinjaTemplate":
    # A text is filled for thousands of letters in a row.
    return _environment().from_string(text)


def _environment() -> "Environment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def values(kind: Kind, quoted: Quoted, *, english: bool) -> dict[str, str]:
    """Return what stands for each placeholder in a letter."""
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
        "count": "",
        "message": "",
    }
