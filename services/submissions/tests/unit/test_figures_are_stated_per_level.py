"""A figure that is asked per education level is stated for each level of the unit; the whole is their sum."""

from datetime import UTC, date, datetime

import pytest

from chassis.transaction import new_id
from contracts.directives import IndicatorAsked, PeriodAsked, RequirementIssued, RuleAsked, TermAsked
from submissions.domain.answer import Answer, Stated, faults_of
from submissions.domain.asked import Particulars, Requirement

PERIOD = "2025-2026"
BOTH = Particulars(None, ("lower_secondary", "upper_secondary"))
ONE = Particulars(None, ("lower_secondary",))
COMMUNE = None


def figure(code, **said):
    return IndicatorAsked(**{"code": code, "name": code, "type": "int", "unit_of_measure": "bài", **said})


def required(*indicators, rules=(), **said):
    return Requirement.issued(
        RequirementIssued(
            **{
                "requirement_id": new_id(),
                "kind": "report",
                "title": "Báo cáo",
                "as_of": date(2026, 5, 31),
                "periods": (PERIOD,),
                "indicators": indicators,
                "sections": (),
                "media": None,
                "due_phrase": "",
                "due_at": datetime(2026, 12, 14, tzinfo=UTC),
                "cut_off_at": None,
                "closes_at": None,
                "rules": rules,
                **said,
            }
        )
    )


def faults(requirement, particulars, *stated):
    """Return the faults of an answer of (code, value) and (code, value, level)."""
    values = tuple(Stated(code, PERIOD, value, *level) for code, value, *level in stated)
    found = faults_of(requirement.of(particulars), Answer(values, {}, (), is_nil=False))
    return [(each.where, each.indicator) for each in found]


LESSONS = figure("stem.lessons", per_level=True)
SECONDARY = figure("stem.lessons", per_level=True, levels=("lower_secondary", "upper_secondary"))


def test_a_school_of_two_levels_states_both() -> None:
    lower, upper = ("stem.lessons", 3, "lower_secondary"), ("stem.lessons", 4, "upper_secondary")

    assert faults(required(LESSONS), BOTH, lower, upper) == []
    assert faults(required(LESSONS), BOTH, lower) == [("values", "stem.lessons")]
    assert faults(required(LESSONS), ONE, lower) == []


@pytest.mark.parametrize("level", [(), ("upper_secondary",), ("primary",), ("khong_co",)])
def test_a_level_the_unit_does_not_teach_or_none_at_all_is_a_fault(level) -> None:
    assert ("values[0]", "stem.lessons") in faults(required(LESSONS), ONE, ("stem.lessons", 3, *level))


def test_a_level_is_not_stated_where_nobody_asks_for_it() -> None:
    undivided = required(figure("stem.lessons"))
    assert faults(undivided, BOTH, ("stem.lessons", 3, "upper_secondary"))[0] == ("values[0]", "stem.lessons")
    assert faults(undivided, BOTH, ("stem.lessons", 3)) == []


def test_a_level_stated_twice_is_a_fault() -> None:
    twice = [("stem.lessons", 3, "lower_secondary")] * 2
    assert faults(required(LESSONS), ONE, *twice) == [("values[1]", "stem.lessons")]


def test_a_school_is_asked_of_its_levels_those_that_are_asked_for() -> None:
    primary_too = Particulars(None, ("primary", "lower_secondary"))
    assert faults(required(SECONDARY), primary_too, ("stem.lessons", 3, "lower_secondary")) == []
    only_primary = Particulars(None, ("primary",))
    assert faults(required(SECONDARY), only_primary) == []
    assert faults(required(SECONDARY), only_primary, ("stem.lessons", 3, "primary")) == [("values[0]", "stem.lessons")]


def test_who_teaches_no_level_answers_for_those_asked_for_or_undivided() -> None:
    lower, upper = ("stem.lessons", 3, "lower_secondary"), ("stem.lessons", 0, "upper_secondary")
    assert faults(required(SECONDARY), COMMUNE, lower, upper) == []
    assert faults(required(SECONDARY), COMMUNE, lower) == [("values", "stem.lessons")]
    assert faults(required(LESSONS), COMMUNE, ("stem.lessons", 3)) == []


def test_a_part_is_compared_level_by_level_when_both_are_divided() -> None:
    asked = required(LESSONS, figure("stem.girls", per_level=True, of_which="stem.lessons"))
    stated = [
        ("stem.lessons", 3, "lower_secondary"),
        ("stem.lessons", 9, "upper_secondary"),
        ("stem.girls", 4, "lower_secondary"),
        ("stem.girls", 1, "upper_secondary"),
    ]
    assert faults(asked, BOTH, *stated) == [("values[2]", "stem.girls")]


@pytest.mark.parametrize(("girls", "wrong"), [(7, []), (8, [("values[2]", "stem.girls")])])
def test_a_part_is_compared_with_the_sum_over_the_levels_of_its_whole(girls, wrong) -> None:
    asked = required(LESSONS, figure("stem.girls", of_which="stem.lessons"))
    stated = [("stem.lessons", 3, "lower_secondary"), ("stem.lessons", 4, "upper_secondary"), ("stem.girls", girls)]
    assert faults(asked, BOTH, *stated) == wrong


def test_a_condition_holds_at_the_level_it_is_stated_for() -> None:
    asked = required(
        figure("stem.taught", type="bool", per_level=True), figure("stem.hours", per_level=True, only_if="stem.taught")
    )
    stated = [
        ("stem.taught", True, "lower_secondary"),
        ("stem.taught", False, "upper_secondary"),
        ("stem.hours", 2, "lower_secondary"),
        ("stem.hours", 2, "upper_secondary"),
    ]
    assert faults(asked, BOTH, *stated) == [("values[3]", "stem.hours")]


def test_a_condition_that_is_divided_holds_for_the_whole_when_one_level_says_so() -> None:
    asked = required(figure("stem.taught", type="bool", per_level=True), figure("stem.hours", only_if="stem.taught"))
    said = [("stem.taught", False, "lower_secondary"), ("stem.taught", True, "upper_secondary"), ("stem.hours", 2)]
    assert faults(asked, BOTH, *said) == []


def rule(**said):
    return RuleAsked(
        **{
            "code": "R1",
            "left": (TermAsked(indicator="stem.lessons"),),
            "holds": "equals",
            "right": (TermAsked(indicator="stem.all"),),
            "message_vi": "Phải bằng tổng.",
            "message_en": "Must be the sum.",
            **said,
        }
    )


@pytest.mark.parametrize(("whole", "wrong"), [(7, []), (6, [("values[0]", "stem.lessons")])])
def test_a_rule_across_divided_and_undivided_figures_goes_by_the_sums(whole, wrong) -> None:
    asked = required(LESSONS, figure("stem.all"), rules=(rule(),))
    stated = [("stem.lessons", 3, "lower_secondary"), ("stem.lessons", 4, "upper_secondary"), ("stem.all", whole)]
    assert faults(asked, BOTH, *stated) == wrong


def test_a_rule_between_divided_figures_is_asked_of_each_level() -> None:
    asked = required(LESSONS, figure("stem.all", per_level=True), rules=(rule(),))
    stated = [
        ("stem.lessons", 3, "lower_secondary"),
        ("stem.lessons", 4, "upper_secondary"),
        ("stem.all", 4, "lower_secondary"),
        ("stem.all", 3, "upper_secondary"),
    ]
    assert faults(asked, BOTH, *stated) == [("values[0]", "stem.lessons"), ("values[1]", "stem.lessons")]


def test_an_obligation_of_one_period_is_answered_for_that_period_alone() -> None:
    day = date(2026, 11, 1)
    asked = required(
        figure("stem.lessons"),
        periods=(),
        calendar=(PeriodAsked(code=PERIOD, name="Kỳ", starts_on=day, ends_on=day),),
    )
    november = asked.of(Particulars(PERIOD, ()))
    answer = Answer((Stated("stem.lessons", PERIOD, 1), Stated("stem.lessons", "2026-2027", 1)), {}, (), is_nil=False)

    assert [each.where for each in faults_of(november, answer)] == ["values[1]"]
