"""What only some kinds of answers have, as fields of a draft: who is registered, and an official document.

People are one field, `delegates`, one line each: `full name | role | subject | unit`, the last two where they are said.
A document is a field for each of what is written on it: `document/code`, `/subject`, `/issued_on`, `/signed_by`,
`/signed_media_id`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from submissions.domain.asked import Requirement
from submissions.domain.document import Official
from submissions.domain.registration import MOST_DELEGATES, Delegate

DELEGATES = "delegates"
DOCUMENT = "document"
PARTS = ("code", "subject", "issued_on", "signed_by", "signed_media_id")
BETWEEN = "|"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME_CHARACTERS = 100
_NUMBER_AND_NOTATION = re.compile(r"\d{1,6}/[^\W_]+([&.-][^\W_]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def takes_of_document(requirement: Requirement, part: str) -> bool:
    """Say whether an answer is an official document of the unit's own that has such a part."""
    asked = requirement.document
    if requirement.answering.is_official:
        return part in PARTS
    return asked is not None and asked.is_official and part in PARTS and part != "signed_media_id"


def holds_delegates(lines: Sequence[str]) -> bool:
    """Say whether every line is somebody who may be registered."""
    return len(lines) <= MOST_DELEGATES and all(_delegate(line) is not None for line in lines)


def holds_of_document(part: str, text: str) -> bool:
    """Say whether something can stand in a document there."""
    match part:
        case "code":
            return len(text) <= 64 and _NUMBER_AND_NOTATION.fullmatch(text) is not None
        case "issued_on":
            return _day(text) is not None
        case "signed_media_id":
            return _id(text) is not None
        case "subject" | "signed_by":
            return 0 < len(text) <= (_NAME_CHARACTERS if part == "signed_by" else 500) and "\n" not in text
    return False


def delegates_of(lines: Sequence[str]) -> tuple[Delegate, ...]:
    """Return who stands in the lines of a draft."""
    return tuple(each for each in map(_delegate, lines) if each is not None)


def lines_of(delegates: Sequence[Delegate]) -> list[str]:
    """Return who is registered as the lines of a draft."""
    return [f" {BETWEEN} ".join(each or "" for each in delegate).rstrip(f" {BETWEEN}") for delegate in delegates]


def official_of(contents: Mapping[str, str]) -> Official | None:
    """Return the document that is written down, by its parts; null while one of them is missing."""
    issued_on = _day(contents.get("issued_on", ""))
    said = [contents.get(name, "") for name in ("code", "subject", "signed_by")]
    if issued_on is None or not all(said):
        return None
    code, subject, signed_by = said
    return Official(code, subject, issued_on, signed_by, _id(contents.get("signed_media_id", "")))


def parts_of(official: Official) -> dict[str, str]:
    """Return a document as fields of a draft."""
    said = {name: getattr(official, name) for name in PARTS}
    return {f"{DOCUMENT}/{name}": str(each) for name, each in said.items() if each is not None}


def _delegate(line: str) -> Delegate | None:
    full_name, role, subject, unit_id, *more = [each.strip() for each in (line + BETWEEN * 3).split(BETWEEN)]
    is_named = 0 < len(full_name) <= _NAME_CHARACTERS
    is_coded = _CODE.fullmatch(role) is not None and (not subject or _CODE.fullmatch(subject) is not None)
    if any(more) or not is_named or not is_coded or (unit_id and _UNIT.fullmatch(unit_id) is None):
        return None
    return Delegate(full_name, role, subject or None, unit_id or None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
