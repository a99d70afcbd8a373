"""What must hold between the figures of an answer."""

from collections.abc import Iterator, Mapping
from operator import eq, ge, le

from contracts.directives import TermAsked
from submissions.domain.asked import Requirement
from submissions.domain.fault import Fault

Accepted = Mapping[tuple[str, str], tuple[int, bool | int]]
"""Values that are right in themselves, by indicator and period, each with its place in the body."""
HOLDS = {"at_most": le, "equals": eq, "at_least": ge}
SIGNS = {"at_most": "≤", "equals": "=", "at_least": "≥"}


def relations_broken(requirement: Requirement, accepted: Accepted) -> Iterator[Fault]:
    """Give the figures that break what they say of another one; a figure that is wrong itself breaks nothing more."""
    for asked in requirement.related:
        for period in sorted(requirement.periods):
            place, value = accepted.get((asked.code, period), (-1, 0))
            if place < 0:
                continue
            where = f"values[{place}]"
            for code in filter(None, (asked.at_most, asked.of_which)):
                _, most = accepted.get((code, period), (-1, value))
                if value > most:
                    other = requirement.indicators[code].name
                    yield Fault(
                        where,
                        asked.code,
                        f"Không được lớn hơn «{other}» ({most}).",
                        f"The value must not exceed {code} ({most}).",
                    )
            if asked.only_if is not None and value > 0:
                _, holds = accepted.get((asked.only_if, period), (-1, True))
                if not holds:
                    other = requirement.indicators[asked.only_if].name
                    yield Fault(
                        where,
                        asked.code,
                        f"Chỉ được lớn hơn 0 khi «{other}» là có.",
                        f"The value may be above 0 only if {asked.only_if} is true.",
                    )


def rules_broken(requirement: Requirement, accepted: Accepted) -> Iterator[Fault]:
    """Give the rules of the outline that a period breaks, at the first figure on their left, with both sums.

    A rule is asked only where all its figures are right in themselves. A yes counts as one.
    """
    for rule in requirement.rules:
        named = [term.indicator for term in (*rule.left, *rule.right) if term.indicator is not None]
        for period in sorted(requirement.periods):
            if any((code, period) not in accepted for code in named):
                continue
            left, right = (_sum(side, period, accepted) for side in (rule.left, rule.right))
            if not HOLDS[rule.holds](left, right):
                place, _ = accepted[named[0], period]
                sums = f"({left} {SIGNS[rule.holds]} {right}?)"
                yield Fault(
                    f"values[{place}]",
                    named[0],
                    f"{rule.message_vi} {sums}",
                    f"{rule.message_en} {sums}",
                )


def _sum(terms: tuple[TermAsked, ...], period: str, accepted: Accepted) -> int:
    return sum(
        term.times * (1 if term.indicator is None else int(accepted[term.indicator, period][1])) for term in terms
    )
