"""A figure is sensitive because it says so, or because a sensitive one could be worked out from it."""

from contracts.asked import IndicatorAsked, RuleAsked, TermAsked
from reporting.domain.heard import sensitive_among


def asked(code, **more):
    return IndicatorAsked(code=code, name=code, type="int", unit_of_measure="học sinh", **more)


def rule(left, holds, *right):
    sides = [tuple(TermAsked(indicator=each) for each in side) for side in ((left,), right)]
    return RuleAsked(code="r", left=sides[0], holds=holds, right=sides[1], message_vi="…", message_en="…")


def test_nothing_is_unless_something_says_so():
    assert sensitive_among([asked("a.a"), asked("a.b", of_which="a.a")], [rule("a.a", "equals", "a.b")]) == ()


def test_parts_of_it_are_and_the_other_parts_of_its_whole_but_not_the_whole():
    figures = [
        asked("all.pupils"),
        asked("all.out", of_which="all.pupils", is_sensitive=True),
        asked("all.in", of_which="all.pupils"),
        asked("all.out_girls", of_which="all.out"),
        asked("all.books"),
    ]
    assert sensitive_among(figures, []) == ("all.out", "all.in", "all.out_girls")


def test_what_adds_up_to_a_sum_with_it_is():
    figures = [asked("s.leavers"), asked("s.on"), asked("s.off", is_sensitive=True), asked("s.other")]
    assert sensitive_among(figures, [rule("s.leavers", "equals", "s.on", "s.off")]) == ("s.on", "s.off")
    assert sensitive_among(figures, [rule("s.leavers", "at_least", "s.on", "s.off")]) == ("s.off",)


def test_all_of_it_is_where_it_is_the_sum_itself():
    figures = [asked("s.off", is_sensitive=True), asked("s.girls"), asked("s.boys")]
    assert sensitive_among(figures, [rule("s.off", "equals", "s.girls", "s.boys")]) == ("s.off", "s.girls", "s.boys")


def test_a_ratio_over_it_is():
    share = IndicatorAsked(
        code="p.rate", name="p", type="ratio", unit_of_measure="%", numerator="p.out", denominator="p.all"
    )
    assert sensitive_among([asked("p.all"), asked("p.out", is_sensitive=True), share], []) == ("p.out", "p.rate")
