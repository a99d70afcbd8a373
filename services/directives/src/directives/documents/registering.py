"""From the people a letter wants sent to a registration by quota: roles, subjects, whose people they are."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from directives.documents.found import CandidateRequirement, Missing, one_line

_SUBJECTS = re.compile(
    r"(?:,|của\s+tổ(?:\s+có)?|của|thuộc|dạy)?\s*(?:các\s+)?(?:bộ\s+)?môn:?\s+(?P<names>.+)$", re.IGNORECASE
)
_BETWEEN = re.compile(r",\s*|\s+và\s+")
_OF_SCHOOLS = re.compile(r"\btrường\b|\btổ\s+trưởng\b|\bgiáo\s+viên\b|\bhiệu\s+trưởng\b", re.IGNORECASE)
_OFFICES = frozenset({"phong_vhxh"})
"""Units that send people of the schools below them."""
_LONGEST_CODE = 32


def suggest_registration(
    candidate: CandidateRequirement, unit_types: Sequence[str], lacking: list[Missing]
) -> dict[str, Any] | None:
    """Return whom each unit registers as far as the sentence says it; null when it says of no role how many."""
    if not candidate.quotas or not unit_types:
        lacking.append(
            Missing("registration", "Định mức: mỗi đơn vị cử ai, mấy người.", "The quota: whom each unit sends.")
        )
        return None
    roles: dict[str, str] = {}
    subjects: dict[str, str] = {}
    seats: list[dict[str, Any]] = []
    for quota in candidate.quotas:
        written = one_line(quota.role.value).strip(" ,")
        found = _SUBJECTS.search(written)
        role = written[: found.start()].strip(" ,") if found else written
        named = [each.strip(" .") for each in _BETWEEN.split(found["names"])] if found else []
        code = _code(role, roles)
        roles[code] = role
        for name in named:
            subjects.setdefault(_slug(name), name)
        seats.append(
            {
                "role": code,
                "count": quota.count,
                "subjects": list(dict.fromkeys(_slug(name) for name in named)),
                "from_below": set(unit_types) <= _OFFICES and _OF_SCHOOLS.search(role) is not None,
            }
        )
    lacking.append(Missing("registration.capacity", "Số chỗ của hội trường.", "How many there is room for."))
    return {
        "roles": [{"code": code, "name": name} for code, name in roles.items()],
        "subjects": [{"code": code, "name": name} for code, name in subjects.items()],
        "quotas": [{"unit_types": list(unit_types), "seats": seats}],
        "capacity": None,
    }


def _code(role: str, taken: dict[str, str]) -> str:
    code, number = _slug(role), 1
    while taken.get(code, role) != role or code in taken:
        number += 1
        code = f"{_slug(role)[: _LONGEST_CODE - 3]}_{number}"
    return code


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_CODE].rstrip("_")
    return slug if slug[:1].isalpha() else f"r_{slug}"[:_LONGEST_CODE]
