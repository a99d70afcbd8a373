"""What a report is made of: its headings, its figures, and what must hold between them."""

from collections.abc import Iterable, Iterator

from contracts.directives import IndicatorAsked, RuleAsked, SectionAsked
from directives.problems import CodeTwice, RuleUnfit

MOST_TERMS = 50
MOST_TIMES = 10**12
"""A number in a rule may be an amount of money, in đồng."""
MOST_PERCENT = 10_000
"""A figure that may be a hundred times that of the period before is not compared with it."""


def check_outline(
    periods: tuple[str, ...],
    indicators: tuple[IndicatorAsked, ...],
    sections: tuple[SectionAsked, ...],
    rules: tuple[RuleAsked, ...],
    *,
    where: str,
) -> None:
    """Raise `CodeTwice` or `RuleUnfit` with the place of what keeps an outline from being filled in."""
    _check_once((each.code for each in indicators), f"{where}.indicators")
    _check_once((each.code for each in sections), f"{where}.sections")
    _check_once(periods, f"{where}.periods")
    _check_once((each.code for each in rules), f"{where}.rules")
    by_code = {each.code: each for each in indicators}
    for place, each in enumerate(indicators):
        _check_indicator(each, by_code, f"{where}.indicators.{place}")
    for place, rule in enumerate(rules):
        _check_rule(rule, by_code, f"{where}.rules.{place}")


def _check_once(codes: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            raise CodeTwice(f"Mã «{code}» bị lặp lại.", f"The code {code!r} stands twice.", where=f"{where}.{place}")
        seen.add(code)


def _check_indicator(asked: IndicatorAsked, others: dict[str, IndicatorAsked], where: str) -> None:
    if asked.levels and not asked.per_level:
        raise RuleUnfit(
            f"«{asked.code}» nêu cấp học nhưng không hỏi theo từng cấp học.",
            f"{asked.code!r} names education levels and is not asked per level.",
            where=f"{where}.levels",
        )
    _check_once(asked.levels, f"{where}.levels")
    if asked.type == "ratio":
        _check_ratio(asked, others, where)
        return
    if asked.numerator is not None or asked.denominator is not None:
        raise RuleUnfit(
            f"«{asked.code}» không phải là tỉ lệ nên không có tử số và mẫu số.",
            f"{asked.code!r} is no ratio: it has no numerator and no denominator.",
            where=where,
        )
    for name, words_vi, words_en in (
        ("at_most", "không được vượt", "at most"),
        ("of_which", "nằm trong", "part of"),
    ):
        other = getattr(asked, name)
        if other is not None and not _is_number_beside(asked, others.get(other)):
            raise RuleUnfit(
                f"«{asked.code}» {words_vi} «{other}»: cần một chỉ tiêu số khác, cùng loại, cùng yêu cầu.",
                f"{asked.code!r} {words_en} {other!r}: that takes another number of the same type and requirement.",
                where=f"{where}.{name}",
            )
    _check_comparisons(asked, others, where)
    if any(code == asked.code for code in _wholes(asked, others)):
        raise RuleUnfit(
            f"«{asked.code}» là một phần của chính nó.",
            f"{asked.code!r} is a part of itself.",
            where=f"{where}.of_which",
        )
    if asked.only_if is not None:
        condition = others.get(asked.only_if)
        if asked.type == "bool" or condition is None or condition.type != "bool":
            raise RuleUnfit(
                f"«{asked.code}» chỉ khi «{asked.only_if}»: cần một chỉ tiêu có/không trong cùng yêu cầu.",
                f"{asked.code!r} only if {asked.only_if!r}: that takes a number, and a yes or no beside it.",
                where=f"{where}.only_if",
            )


def _check_comparisons(asked: IndicatorAsked, others: dict[str, IndicatorAsked], where: str) -> None:
    for name in ("previous_percent", "ceiling"):
        if getattr(asked, name) is not None and asked.type == "bool":
            raise RuleUnfit(
                f"«{asked.code}» là có/không nên không so với kỳ trước hay quy mô được.",
                f"{asked.code!r} is a yes or no: there is nothing to compare it with.",
                where=f"{where}.{name}",
            )
    if asked.ceiling in others:
        raise RuleUnfit(
            f"«{asked.code}» so với «{asked.ceiling}» của cùng yêu cầu: hãy dùng «at_most».",
            f"{asked.code!r} is held against {asked.ceiling!r} of the same requirement: that is `at_most`.",
            where=f"{where}.ceiling",
        )


def _wholes(asked: IndicatorAsked, others: dict[str, IndicatorAsked]) -> Iterator[str]:
    """Give what an indicator is a part of, and what that is a part of, once around at most."""
    seen: set[str] = set()
    part: IndicatorAsked | None = asked
    while part is not None and part.of_which is not None and part.of_which not in seen:
        seen.add(part.of_which)
        yield part.of_which
        part = others.get(part.of_which)


def _is_number_beside(asked: IndicatorAsked, other: IndicatorAsked | None) -> bool:
    return other is not None and asked.type != "bool" and other.code != asked.code and other.type == asked.type


def _check_ratio(asked: IndicatorAsked, others: dict[str, IndicatorAsked], where: str) -> None:
    conditions = (asked.at_most, asked.only_if, asked.of_which, asked.previous_percent, asked.ceiling)
    if asked.per_level or any(each is not None for each in conditions):
        raise RuleUnfit(
            f"Tỉ lệ «{asked.code}» do hệ thống tính nên không có điều kiện nhập.",
            f"The ratio {asked.code!r} is worked out; nothing can be asked of how it is stated.",
            where=where,
        )
    for name in ("numerator", "denominator"):
        other = others.get(getattr(asked, name) or "")
        if other is None or other.type == "ratio":
            raise RuleUnfit(
                f"Tỉ lệ «{asked.code}» cần tử số và mẫu số là hai chỉ tiêu được khai trong cùng yêu cầu.",
                f"The ratio {asked.code!r} takes two figures of the same requirement, one over the other.",
                where=f"{where}.{name}",
            )
    if asked.numerator == asked.denominator:
        raise RuleUnfit(
            f"Tỉ lệ «{asked.code}» có tử số và mẫu số trùng nhau.",
            f"The ratio {asked.code!r} is a figure over itself.",
            where=f"{where}.denominator",
        )


def _check_rule(rule: RuleAsked, indicators: dict[str, IndicatorAsked], where: str) -> None:
    if rule.needs_explanation and not rule.only_warns:
        raise RuleUnfit(
            f"Quy tắc «{rule.code}» là bắt buộc nên không giải trình được.",
            f"The rule {rule.code!r} must hold; nothing explains an answer that breaks it.",
            where=f"{where}.needs_explanation",
        )
    for side, terms in (("left", rule.left), ("right", rule.right)):
        for place, term in enumerate(terms):
            if term.indicator is None:
                continue
            found = indicators.get(term.indicator)
            if found is None or found.type == "ratio":
                raise RuleUnfit(
                    f"Quy tắc «{rule.code}» nêu «{term.indicator}», không phải chỉ tiêu được khai của yêu cầu này.",
                    f"The rule {rule.code!r} names {term.indicator!r}, which nobody states for this requirement.",
                    where=f"{where}.{side}.{place}.indicator",
                )
    if not any(term.indicator for term in (*rule.left, *rule.right)):
        raise RuleUnfit(
            f"Quy tắc «{rule.code}» không nói về chỉ tiêu nào.",
            f"The rule {rule.code!r} speaks of no figure.",
            where=where,
        )
