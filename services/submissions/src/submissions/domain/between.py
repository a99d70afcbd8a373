"""What must hold between the figures of an answer.

Figures that are both stated per education level are compared level by level; otherwise the sums over all levels are.
"""

from collections.abc import Iterator, Mapping
from operator import eq, ge, le

from contracts.directives import IndicatorAsked, RuleAsked, TermAsked
from submissions.domain.asked import UNDIVIDED, Requirement
from submissions.domain.fault import Fault, Remark

Accepted = Mapping[tuple[str, str, str], tuple[int, bool | int]]
"""Values that are right in themselves, by indicator, period and education level, each with its place in the body."""
HOLDS = {"at_most": le, "equals": eq, "at_least": ge}
SIGNS = {"at_most": "≤", "equals": "=", "at_least": "≥"}
LEVELS_VI = {
    "preschool": "mầm non",
    "primary": "tiểu học",
    "lower_secondary": "THCS",
    "upper_secondary": "THPT",
    "continuing": "GDTX",
}


def figure_of(
    requirement: Requirement, accepted: Accepted, code: str, period: str, level: str = UNDIVIDED
) -> tuple[int, bool | int] | None:
    """Return a figure with its place: of one level, or undivided the whole of its levels; null while any is missing.

    Of a yes or no the whole is yes when any level says so.
    """
    if level != UNDIVIDED:
        return accepted.get((code, period, level))
    found = [accepted.get((code, period, each)) for each in requirement.levels_of(code)]
    stated = [each for each in found if each is not None]
    if not stated or len(stated) < len(found):
        return None
    values = [value for _, value in stated]
    return stated[0][0], any(values) if isinstance(values[0], bool) else sum(values)


def relations_broken(requirement: Requirement, accepted: Accepted) -> Iterator[Fault]:
    """Give the figures that break what they say of another one; a figure that is wrong itself breaks nothing more."""
    for asked in requirement.related:
        for period in requirement.periods:
            for code in filter(None, (asked.at_most, asked.of_which)):
                yield from _exceeding(requirement, accepted, asked, code, period)
            if asked.only_if is not None:
                yield from _unfounded(requirement, accepted, asked, asked.only_if, period)


def _exceeding(
    requirement: Requirement, accepted: Accepted, asked: IndicatorAsked, code: str, period: str
) -> Iterator[Fault]:
    for level in _compared(requirement, asked.code, code):
        mine, other = (figure_of(requirement, accepted, each, period, level) for each in (asked.code, code))
        if mine is not None and other is not None and mine[1] > other[1]:
            named = requirement.indicators[code].name
            yield Fault(
                f"values[{mine[0]}]",
                asked.code,
                f"Không được lớn hơn «{named}» ({other[1]}){_at_vi(level)}.",
                f"The value must not exceed {code} ({other[1]}){_at_en(level)}.",
            )


def _unfounded(
    requirement: Requirement, accepted: Accepted, asked: IndicatorAsked, condition: str, period: str
) -> Iterator[Fault]:
    for level in _compared(requirement, asked.code, condition):
        mine, holds = (figure_of(requirement, accepted, each, period, level) for each in (asked.code, condition))
        if mine is not None and holds is not None and mine[1] > 0 and not holds[1]:
            named = requirement.indicators[condition].name
            yield Fault(
                f"values[{mine[0]}]",
                asked.code,
                f"Chỉ được lớn hơn 0 khi «{named}» là có{_at_vi(level)}.",
                f"The value may be above 0 only if {condition} is true{_at_en(level)}.",
            )


def _compared(requirement: Requirement, *codes: str) -> tuple[str, ...]:
    """Return the levels at which figures are compared: theirs when they have the same, else their wholes."""
    first, *others = [requirement.levels_of(code) for code in codes]
    return first if all(each == first for each in others) else (UNDIVIDED,)


def rules_broken(requirement: Requirement, accepted: Accepted) -> Iterator[Fault]:
    """Give the rules of the outline that a period breaks, at the first figure on their left, with both sums.

    A rule is asked only where all its figures are right in themselves; one that is not asked of the unit counts as
    nothing. A yes counts as one.
    """
    for rule in requirement.rules:
        if not rule.only_warns:
            for period in requirement.periods:
                yield from _broken(requirement, accepted, rule, period)


def rules_warning(requirement: Requirement, accepted: Accepted) -> Iterator[Remark]:
    """Give the rules that only warn and that a period breaks, as `rules_broken` does."""
    for rule in requirement.rules:
        if rule.only_warns:
            for period in requirement.periods:
                for fault in _broken(requirement, accepted, rule, period):
                    code = fault.indicator or ""
                    needs = rule.needs_explanation or requirement.indicators[code].needs_explanation
                    yield Remark(fault.where, code, period, fault.what_vi, fault.what_en, needs)


def _broken(requirement: Requirement, accepted: Accepted, rule: RuleAsked, period: str) -> Iterator[Fault]:
    named = dict.fromkeys(
        term.indicator for term in (*rule.left, *rule.right) if term.indicator in requirement.indicators
    )
    codes = [code for code in named if code is not None]
    if not codes:
        return
    for level in _compared(requirement, *codes):
        figures = {code: figure_of(requirement, accepted, code, period, level) for code in codes}
        known = {code: found for code, found in figures.items() if found is not None}
        if len(known) < len(codes):
            continue
        left, right = (_sum(side, known) for side in (rule.left, rule.right))
        if not HOLDS[rule.holds](left, right):
            sums = f"({left} {SIGNS[rule.holds]} {right}?)"
            yield Fault(
                f"values[{known[codes[0]][0]}]",
                codes[0],
                f"{rule.message_vi} {sums}{_at_vi(level)}",
                f"{rule.message_en} {sums}{_at_en(level)}",
            )


def _sum(terms: tuple[TermAsked, ...], figures: Mapping[str, tuple[int, bool | int]]) -> int:
    total = 0
    for term in terms:
        if term.indicator is None:
            total += term.times
        elif term.indicator in figures:
            total += term.times * int(figures[term.indicator][1])
    return total


def _at_vi(level: str) -> str:
    return f" ở cấp {LEVELS_VI.get(level, level)}" if level else ""


def _at_en(level: str) -> str:
    return f" at level {level}" if level else ""
