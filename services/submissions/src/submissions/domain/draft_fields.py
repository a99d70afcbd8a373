"""What the fields of a draft may hold: by what is asked, never by whether it is right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from submissions.domain import consolidated
from submissions.domain.answer import EXPLANATION_CHARACTERS, LIST_LINES, TEXT_CHARACTERS
from submissions.domain.asked import Requirement
from submissions.domain.draft import MEDIA, NIL, Content
from submissions.domain.draft_kinds import (
    DELEGATES,
    DOCUMENT,
    holds_delegates,
    holds_of_document,
    takes_of_document,
)
from submissions.domain.submission import SubmissionVersion
from submissions.problems import FieldsNotTaken


def refuse_no_such_fields(requirement: Requirement, version: SubmissionVersion, names: Iterable[str]) -> None:
    """Raise `FieldsNotTaken` for names that are neither fields of the form nor files of the version."""
    files = {f"{MEDIA}/{each}" for each in version.media_ids}
    faults = [
        _fault(name, "Bản nộp không có mục hoặc tệp này.", "There is no such field or file.")
        for name in names
        if name not in files and _wanted(requirement, name) is None
    ]
    if faults:
        raise FieldsNotTaken(
            f"Có {len(faults)} lý do nêu cho mục không có trong bản nộp; xem danh sách «errors».",
            f"{len(faults)} reason(s) name no field of this submission; see `errors`.",
            errors=faults,
        )


def refuse_not_asked(requirement: Requirement, changes: Mapping[str, Content]) -> None:
    """Raise `FieldsNotTaken` with every field that is not asked for or cannot hold what it is given.

    Whether it is right, the draft need not be: a figure may still be wrong, only not a text.
    """
    faults = [fault for name, content in changes.items() for fault in _not_taken(requirement, name, content)]
    if faults:
        raise FieldsNotTaken(
            f"Có {len(faults)} mục không lưu được; xem danh sách «errors».",
            f"{len(faults)} of these fields cannot be kept; see `errors`.",
            errors=faults,
        )


def _not_taken(requirement: Requirement, name: str, content: Content) -> Iterable[dict[str, str]]:
    wanted = _wanted(requirement, name)
    if wanted is None:
        yield _fault(name, "Văn bản không hỏi mục này.", "This is not asked for.")
    elif content is not None and not wanted.holds(content):
        yield _fault(name, f"Mục này phải là {wanted.vi}.", f"This field holds {wanted.en}.")


def _fault(field: str, vi: str, en: str) -> dict[str, str]:
    return {"field": field, "what_vi": vi, "what_en": en}


@dataclass(frozen=True, slots=True)
class _Holding:
    vi: str
    en: str
    types: tuple[type, ...]
    characters: int = TEXT_CHARACTERS

    def holds(self, content: Content) -> bool:
        if isinstance(content, list):
            longest = sum(map(len, content))
            return list in self.types and len(content) <= LIST_LINES and longest <= TEXT_CHARACTERS
        if isinstance(content, str):
            return str in self.types and len(content) <= self.characters
        return type(content) in self.types


class _Files(_Holding):
    def holds(self, content: Content) -> bool:
        return isinstance(content, list) and len(content) <= 100 and all(map(_is_id, content))


class _Parts(_Holding):
    def holds(self, content: Content) -> bool:
        return isinstance(content, list) and consolidated.holds_parts(content)


class _Delegates(_Holding):
    def holds(self, content: Content) -> bool:
        return isinstance(content, list) and holds_delegates(content)


@dataclass(frozen=True, slots=True)
class _OfDocument(_Holding):
    part: str = ""

    def holds(self, content: Content) -> bool:
        return isinstance(content, str) and holds_of_document(self.part, content)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


_YES_OR_NO = _Holding("có hoặc không", "yes or no", (bool,))
_FIGURE = _Holding("số nguyên", "a whole number", (int,))
_TEXT = _Holding(f"một đoạn văn, tối đa {TEXT_CHARACTERS} ký tự", f"a text of {TEXT_CHARACTERS} characters", (str,))
_EXPLANATION = _Holding(
    f"một đoạn văn, tối đa {EXPLANATION_CHARACTERS} ký tự",
    f"a text of {EXPLANATION_CHARACTERS} characters",
    (str,),
    EXPLANATION_CHARACTERS,
)
_LIST = _Holding(f"danh sách, tối đa {LIST_LINES} dòng", f"a list of {LIST_LINES} lines", (list,))
_PARTS = _Parts("đơn vị = số liệu, mỗi đơn vị một dòng", "a line `unit = value` for each unit", (list,))
_DELEGATES = _Delegates("họ tên | vai trò | môn | đơn vị, mỗi người một dòng", "a line for each person", (list,))
_FILES = _Files("danh sách mã tệp", "a list of ids of files", (list,))
_HELD_UNDER = {"text": _TEXT, "list": _LIST, "evidence": _FILES}


def _wanted(requirement: Requirement, name: str) -> _Holding | None:
    if name == NIL:
        return _YES_OR_NO
    if name == MEDIA:
        takes_files = requirement.media is not None or requirement.document is not None or requirement.has_evidence
        return _FILES if takes_files else None
    if name == DELEGATES:
        return _DELEGATES if requirement.registration is not None else None
    kind, _, rest = name.partition("/")
    if kind == "narrative":
        section = requirement.sections.get(rest)
        return None if section is None else _HELD_UNDER[section.kind]
    if kind == DOCUMENT:
        part = _OfDocument("chữ đúng mẫu", "what can stand there", (str,), part=rest)
        return part if takes_of_document(requirement, rest) else None
    return _of_figure(requirement, kind, *rest.partition("/")[::2])


def _of_figure(requirement: Requirement, kind: str, indicator: str, when: str) -> _Holding | None:
    if kind == "explanations":
        return _EXPLANATION if requirement.is_of_figure(indicator, when) else None
    asked = requirement.indicators.get(indicator)
    if asked is None:
        return None
    if kind == "consolidates":
        return _PARTS if requirement.answering.is_consolidated and when in requirement.periods else None
    period, _, level = when.partition("/")
    is_asked = period in requirement.periods and level in requirement.levels_of(indicator)
    if kind != "values" or not is_asked or when.endswith("/"):
        return None
    return _YES_OR_NO if asked.type == "bool" else _FIGURE
