"""What an outline says between its figures is checked once those figures are right in themselves."""

from contracts.directives import IndicatorAsked, RuleAsked, TermAsked
from submissions.domain.answer import Answer, Stated, faults_of
from submissions.domain.asked import Requirement


def indicator(code, kind="int", **more) -> IndicatorAsked:
    return IndicatorAsked(code=code, name=code.upper(), type=kind, unit_of_measure="em", **more)


def total(*parts: str, whole="p.all", holds="equals") -> RuleAsked:
    return RuleAsked(
        code="R1",
        left=tuple(TermAsked(indicator=each) for each in parts),
        holds=holds,
        right=(TermAsked(indicator=whole),),
        message_vi="Tổng các khối phải bằng toàn trường.",
        message_en="The grades must add up to the school.",
    )


def faults(asked, stated, *, indicators=(), rules=(), period="2025-2026"):
    requirement = Requirement.issued(
        asked.report(
            indicators=(indicator("p.all"), indicator("p.6"), indicator("p.7"), *indicators),
            sections=(),
            rules=rules,
        )
    )
    values = tuple(Stated(code, period, value) for code, value in stated.items())
    found = faults_of(requirement, Answer(values, {}, (), False))
    return [(fault.where, fault.indicator, fault.what_en) for fault in found]


def test_a_sum_that_adds_up_is_taken(asked) -> None:
    assert faults(asked, {"p.all": 30, "p.6": 10, "p.7": 20}, rules=(total("p.6", "p.7"),)) == []


def test_a_sum_that_does_not_is_told_at_its_first_figure_with_both_sides(asked) -> None:
    assert faults(asked, {"p.all": 31, "p.6": 10, "p.7": 20}, rules=(total("p.6", "p.7"),)) == [
        ("values[1]", "p.6", "The grades must add up to the school. (30 = 31?)")
    ]


def test_figures_count_as_often_as_the_rule_says_and_numbers_stand_for_themselves(asked) -> None:
    """At least half of the school, less one, is in grade 6."""
    rule = RuleAsked(
        code="R1",
        left=(TermAsked(indicator="p.6", times=2), TermAsked(times=1)),
        holds="at_least",
        right=(TermAsked(indicator="p.all"),),
        message_vi="Chưa đủ.",
        message_en="Too few.",
    )

    assert faults(asked, {"p.all": 21, "p.6": 10, "p.7": 0}, rules=(rule,)) == []
    assert faults(asked, {"p.all": 22, "p.6": 10, "p.7": 0}, rules=(rule,)) == [
        ("values[1]", "p.6", "Too few. (21 ≥ 22?)")
    ]


def test_a_yes_counts_as_one(asked) -> None:
    open_ = indicator("p.open", "bool")
    rule = total("p.open", whole="p.6", holds="at_most")

    assert faults(asked, {"p.all": 1, "p.6": 0, "p.7": 1, "p.open": True}, indicators=(open_,), rules=(rule,)) == [
        ("values[3]", "p.open", "The grades must add up to the school. (1 ≤ 0?)")
    ]


def test_a_rule_is_silent_about_figures_that_are_wrong_themselves(asked) -> None:
    found = faults(asked, {"p.all": 31, "p.6": -1, "p.7": 20}, rules=(total("p.6", "p.7"),))

    assert found == [("values[1]", "p.6", "The value must not be negative.")]


def test_a_part_is_no_more_than_its_whole(asked) -> None:
    girls = indicator("p.girls", of_which="p.all")

    assert faults(asked, {"p.all": 3, "p.6": 1, "p.7": 2, "p.girls": 3}, indicators=(girls,)) == []
    assert faults(asked, {"p.all": 3, "p.6": 1, "p.7": 2, "p.girls": 4}, indicators=(girls,)) == [
        ("values[3]", "p.girls", "The value must not exceed p.all (3).")
    ]


def test_nobody_states_a_ratio_and_nobody_misses_it(asked) -> None:
    share = indicator("p.share", "ratio", numerator="p.6", denominator="p.all")
    right = {"p.all": 3, "p.6": 1, "p.7": 2}

    assert faults(asked, right, indicators=(share,)) == []
    assert faults(asked, {**right, "p.share": 33}, indicators=(share,)) == [
        ("values[3]", "p.share", "This ratio is worked out; it is not stated.")
    ]
