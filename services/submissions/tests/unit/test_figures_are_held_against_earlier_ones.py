"""A figure unlike that of the period before, or above what the unit has, raises a question; it is never refused."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.transaction import new_id
from contracts.directives import IndicatorAsked, PeriodAsked, RequirementIssued, RuleAsked, TargetAsked, TermAsked
from submissions.domain.answer import Answer, Explanation, Stated, digest_of, faults_of
from submissions.domain.asked import Particulars, Requirement
from submissions.domain.earlier import Former, bounds_of, earlier_of
from submissions.domain.explaining import refuse_unexplained, remarks_of, unexplained
from submissions.problems import ExplanationNeeded

LAST, NOW = "2024-2025", "2025-2026"


def figure(**said) -> IndicatorAsked:
    return IndicatorAsked(**{"code": "p.in_stem", "name": "Học sinh", "type": "int", "unit_of_measure": "em", **said})


def required(*figures, periods=(NOW,), particulars=None, **said) -> Requirement:
    issued = RequirementIssued(
        requirement_id=new_id(),
        kind="report",
        title="Báo cáo",
        as_of=date(2026, 5, 31),
        periods=periods,
        indicators=figures,
        sections=(),
        media=None,
        due_phrase="",
        due_at=datetime(2026, 12, 14, tzinfo=UTC),
        cut_off_at=None,
        closes_at=None,
        **said,
    )
    return Requirement.issued(issued).of(particulars)


def former(value, *, code="p.in_stem", period=LAST, at=1) -> Former:
    return Former(code, period, value, new_id(), datetime(2026, 1, at, tzinfo=UTC))


def answer(*stated: tuple, explanations=()) -> Answer:
    values = tuple(Stated("p.in_stem", *each) for each in stated)
    return Answer(values, {}, (), is_nil=False, explanations=tuple(explanations))


def told(requirement, given, *formers) -> list[str]:
    return [each.what_en for each in remarks_of(requirement, given, {}, earlier_of(requirement, formers))]


@pytest.mark.parametrize(("value", "is_told"), [(100, False), (120, False), (121, True), (80, False), (79, True)])
def test_a_figure_may_differ_from_the_period_before_by_so_many_percent(value, is_told) -> None:
    requirement = required(figure(previous_percent=20))

    said = told(requirement, answer((NOW, value)), former(100))

    assert said == ([f"p.in_stem ({value}) differs by more than 20% from 100 of 2024-2025."] if is_told else [])
    assert faults_of(requirement, answer((NOW, value))) == []


@given(stated=some.integers(1, 10**6), value=some.integers(0, 2 * 10**6), percent=some.integers(0, 200))
def test_a_page_that_keeps_to_the_bounds_given_out_warns_as_the_service_does(stated, value, percent) -> None:
    requirement = required(figure(previous_percent=percent))
    earlier = earlier_of(requirement, [former(stated)])
    [bound] = [each for _, each in bounds_of(requirement, {}, earlier)]

    is_unlike = abs(value - stated) * 100 > percent * stated

    assert (not bound.least <= value <= bound.most) is is_unlike
    assert bool(remarks_of(requirement, answer((NOW, value)), {}, earlier)) is is_unlike


def test_after_nought_any_figure_will_do() -> None:
    assert told(required(figure(previous_percent=20)), answer((NOW, 50)), former(0)) == []


def test_without_a_period_before_nothing_is_compared() -> None:
    assert told(required(figure(previous_percent=20)), answer((NOW, 50))) == []


def test_a_later_period_of_the_same_form_is_held_against_the_one_before_it() -> None:
    requirement = required(figure(previous_percent=10), periods=(LAST, NOW))

    assert told(requirement, answer((LAST, 100), (NOW, 111)), former(100, period="2023-2024")) == [
        "p.in_stem (111) differs by more than 10% from 100 of 2024-2025."
    ]


def test_what_is_asked_by_a_calendar_is_held_against_its_period_before_and_no_other() -> None:
    months = [
        PeriodAsked(code=f"2026-{month}", name="", starts_on=date(2026, month, 1), ends_on=date(2026, month, 28))
        for month in (10, 11, 12)
    ]
    requirement = required(
        figure(previous_percent=10), periods=(), calendar=months, particulars=Particulars("2026-12", ())
    )

    october, november = former(500, period="2026-10", at=3), former(100, period="2026-11", at=2)

    assert told(requirement, answer(("2026-12", 105)), october, november) == []
    assert told(requirement, answer(("2026-12", 105)), october) == []


def test_levels_are_compared_together() -> None:
    requirement = required(
        figure(previous_percent=10, per_level=True), particulars=Particulars(None, ("primary", "lower_secondary"))
    )
    given = answer((NOW, 60, "primary"), (NOW, 60, "lower_secondary"))

    [remark] = remarks_of(requirement, given, {}, earlier_of(requirement, [former(100)]))

    assert (remark.where, remark.indicator, remark.period) == ("values[0]", "p.in_stem", NOW)


def test_more_than_the_unit_has_is_told_by_what_it_stated_last() -> None:
    requirement = required(figure(ceiling="school.pupils"))
    formers = former(450, code="school.pupils", period="2025-09"), former(400, code="school.pupils", period="2024-09")

    assert told(requirement, answer((NOW, 450)), *formers) == []
    assert told(requirement, answer((NOW, 451)), *formers) == [
        "p.in_stem (451) is above school.pupils, stated as 450 for 2025-09."
    ]


def test_what_needs_an_explanation_is_taken_with_one_for_that_figure_and_period() -> None:
    requirement = required(figure(previous_percent=10, needs_explanation=True), periods=(LAST, NOW))
    silent = answer((LAST, 100), (NOW, 200))
    remarks = remarks_of(requirement, silent)

    def saying(period: str) -> Answer:
        return answer((LAST, 100), (NOW, 200), explanations=[Explanation("p.in_stem", period, "Sáp nhập điểm trường.")])

    with pytest.raises(ExplanationNeeded) as refused:
        refuse_unexplained(remarks, silent)
    [error] = refused.value.more["errors"]
    assert (error["where"], error["indicator"], error["period"]) == ("values[1]", "p.in_stem", NOW)
    assert unexplained(remarks, saying(LAST)) == remarks
    refuse_unexplained(remarks, saying(NOW))
    assert digest_of(requirement.id, saying(NOW)) != digest_of(requirement.id, silent)


def test_a_share_that_misses_its_target_is_explained_too() -> None:
    share = figure(code="p.share", type="ratio", numerator="p.in_stem", denominator="p.in_stem", needs_explanation=True)
    target = TargetAsked(indicator="p.share", kind="policy", value=20_000)
    requirement = required(figure(), share, targets=(target,))
    [remark] = remarks_of(requirement, answer((NOW, 1)))
    explained = answer((NOW, 1), explanations=[Explanation("p.share", NOW, "Mới bắt đầu.")])

    assert (remark.indicator, remark.needs_explanation) == ("p.share", True)
    assert faults_of(requirement, explained) == []
    refuse_unexplained([remark], explained)


def test_a_rule_that_warns_may_ask_for_an_explanation_too() -> None:
    rule = RuleAsked(
        code="R1",
        left=(TermAsked(indicator="p.in_stem"),),
        holds="at_most",
        right=(TermAsked(times=10),),
        message_vi="Thường không quá 10.",
        message_en="Hardly ever above 10.",
        only_warns=True,
        needs_explanation=True,
    )
    requirement = required(figure(), rules=(rule,))

    assert [each.needs_explanation for each in remarks_of(requirement, answer((NOW, 11)))] == [True]


@pytest.mark.parametrize(
    ("explained", "what"),
    [
        ([Explanation("p.other", NOW, "x")], "The figure explained is not asked for."),
        ([Explanation("p.in_stem", LAST, "x")], "The figure explained is not asked for."),
        ([Explanation("p.in_stem", NOW, "x")] * 2, "The figure is explained twice."),
        ([Explanation("p.in_stem", NOW, "x" * 2001)], "The explanation has 2001 characters; at most 2000 are taken."),
    ],
)
def test_an_explanation_of_nothing_that_was_asked_is_a_fault(explained, what) -> None:
    found = faults_of(required(figure()), answer((NOW, 1), explanations=explained))

    assert [each.what_en for each in found] == [what]


def test_no_explanation_passes_an_error() -> None:
    explained = answer((NOW, -1), explanations=[Explanation("p.in_stem", NOW, "Vì thế.")])

    assert [each.where for each in faults_of(required(figure()), explained)] == ["values[0]"]


@pytest.mark.parametrize(
    ("asked", "is_remarked"),
    [({}, False), ({"previous_percent": 10}, True), ({"ceiling": "school.pupils"}, True)],
)
def test_only_what_compares_is_looked_up(asked, is_remarked) -> None:
    assert required(figure(**asked)).is_remarked is is_remarked
