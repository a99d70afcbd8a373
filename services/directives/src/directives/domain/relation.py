"""How directives refer to one another, and when what one asks is what another asked before."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from unicodedata import normalize
from uuid import UUID

from contracts.directives import IndicatorAsked, RuleAsked
from directives.domain.requirement import Requirement
from directives.problems import NotTheSame, RelationUnfit, SameAsUnfit

RelationKind = Literal["replaces", "amends", "corrects", "recalls", "cascades", "implements", "refers_to"]
"""One that cascades another passes it on to the units below its issuer, who was to act on it."""
_CODE = re.compile(r"(\d{1,6})\s?/\s?([\w&/-]+)")
OWN_ONLY: frozenset[RelationKind] = frozenset({"replaces", "amends", "corrects", "recalls"})
"""What an issuer may do to its own directives, and to nobody else's."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A directive names another one, which was issued before it."""

    kind: RelationKind
    directive_id: UUID
    """The other one."""
    code: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which directive stands in the place of another one, and since when."""

    by_directive_id: UUID
    at: datetime


def check_relations(relations: Collection[Relation]) -> None:
    """Raise unless each directive is named once in each way, and in one way only of those that change it."""
    seen: set[tuple[str, UUID]] = set()
    for place, each in enumerate(relations):
        kind = "own" if each.kind in OWN_ONLY else each.kind
        if (kind, each.directive_id) in seen:
            raise RelationUnfit(
                f"Văn bản {each.code} bị nêu hai lần.",
                f"The directive {each.code} is named twice.",
                where=f"relations.{place}",
            )
        seen.add((kind, each.directive_id))


def check_replaces_code(written: str | None, relations: Iterable[Relation]) -> None:
    """Raise when a draft says on paper that it replaces something, and not what it replaces by its relations.

    A document of another house may be named beside; words without a code say nothing that could be wrong.
    """
    named = _codes_in(written or "")
    unsaid = [each.code for each in relations if each.kind == "replaces" and not _codes_in(each.code) <= named]
    if named and unsaid:
        raise RelationUnfit(
            f"Văn bản ghi là thay thế «{written}» nhưng quan hệ thay thế lại nêu {', '.join(unsaid)}.",
            f"The draft says that it replaces “{written}”; by its relations it replaces {', '.join(unsaid)}.",
            where="replaces_code",
        )


def check_same(requirements: Iterable[Requirement], asked_before: Iterable[Requirement]) -> None:
    """Raise unless each requirement that is said to be one of `asked_before` is, once, and asks for the same."""
    before = {each.id: each for each in asked_before}
    taken: set[UUID] = set()
    for place, each in enumerate(requirements):
        if each.same_as is None:
            continue
        where = f"requirements.{place}.same_as"
        former = before.get(each.same_as)
        if former is None or each.same_as in taken:
            raise SameAsUnfit(
                f"«{each.title}» phải nêu đúng một yêu cầu của văn bản được thay thế, không trùng yêu cầu khác.",
                f"“{each.title}” must name one requirement of a directive that is replaced, and no other may name it.",
                where=where,
            )
        taken.add(each.same_as)
        different = differences(former, each)
        if different:
            raise NotTheSame(
                f"«{each.title}» không giống yêu cầu cũ: {', '.join(different)}.",
                f"“{each.title}” does not ask for what it says it does: {', '.join(different)} differ.",
                where=where,
                differences=different,
            )


def differences(before: Requirement, now: Requirement) -> list[str]:
    """Return in what an answer to `before` may not answer `now`: not in wording, in the form of what is asked."""
    sections = [{(section.code, section.kind, section.evidence) for section in each.sections} for each in (before, now)]
    differ = {
        "kind": before.kind != now.kind,
        "periods": set(before.periods) != set(now.periods) or _calendar_of(before) != _calendar_of(now),
        "indicators": _figures(before.indicators) != _figures(now.indicators),
        "rules": _rules(before.rules) != _rules(now.rules),
        "sections": sections[0] != sections[1],
        "media": not _takes_media_of(before, now),
        "registration": before.terms.registration != now.terms.registration,
        "condition": before.terms.condition != now.terms.condition,
        "document": before.terms.document != now.terms.document,
    }
    return [name for name, is_different in differ.items() if is_different]


def _codes_in(written: str) -> set[tuple[int, str]]:
    found = _CODE.findall(normalize("NFC", written))
    return {(int(number), notation.rstrip("-&").casefold()) for number, notation in found}


def _calendar_of(requirement: Requirement) -> str | None:
    return requirement.frequency.calendar if requirement.frequency is not None else None


def _figures(indicators: Iterable[IndicatorAsked]) -> set[IndicatorAsked]:
    # What whoever answers is only told of keeps no answer from standing.
    unsaid = {"name": "", "is_sensitive": False, "previous_percent": None, "ceiling": None, "needs_explanation": False}
    return {each.model_copy(update=unsaid) for each in indicators}


def _rules(rules: Iterable[RuleAsked]) -> set[RuleAsked]:
    unsaid = {"code": "", "message_vi": "", "message_en": "", "needs_explanation": False}
    return {each.model_copy(update=unsaid) for each in rules}


def _takes_media_of(before: Requirement, now: Requirement) -> bool:
    was, is_now = before.media, now.media
    if was is None or is_now is None:
        return was is is_now
    if not set(was.formats) <= set(is_now.formats) or bool(was.formats) != bool(is_now.formats):
        return False
    if (was.least_pixels or 0) < (is_now.least_pixels or 0):
        return False
    return was.count == is_now.count and was.max_seconds <= is_now.max_seconds and was.max_bytes <= is_now.max_bytes
