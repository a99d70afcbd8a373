"""Whoever answers is told of targets they miss and of rules that only warn; the answer is taken all the same."""

from datetime import UTC, date, datetime

import pytest

from chassis.transaction import new_id
from contracts.directives import IndicatorAsked, RequirementIssued, RuleAsked, TargetAsked, TermAsked
from submissions.domain.aim import aims_of
from submissions.domain.answer import Answer, Stated, faults_of
from submissions.domain.asked import Particulars, Requirement
from submissions.domain.explaining import remarks_of

LAST, NOW = "2024-2025", "2025-2026"


def figure(code, kind="int", **said):
    return IndicatorAsked(code=code, name=code, type=kind, unit_of_measure="học sinh", **said)


FIGURES = (
    figure("streaming.grads"),
    figure("streaming.to_gdnn"),
    figure("streaming.registered"),
    figure("startup.has_plan", "bool"),
    figure("streaming.rate", "ratio", numerator="streaming.to_gdnn", denominator="streaming.grads"),
)


def required(*targets, rules=(), periods=(NOW,), particulars=None):
    return Requirement.issued(
        RequirementIssued(
            requirement_id=new_id(),
            kind="report",
            title="Báo cáo",
            as_of=date(2026, 5, 31),
            periods=periods,
            indicators=FIGURES,
            sections=(),
            media=None,
            due_phrase="",
            due_at=datetime(2026, 12, 14, tzinfo=UTC),
            cut_off_at=None,
            closes_at=None,
            rules=rules,
            targets=targets,
        )
    ).of(particulars)


def answer(grads=100, to_gdnn=15, registered=20, has_plan=True, before=None):
    def stated(period, *values):
        codes = ("streaming.grads", "streaming.to_gdnn", "streaming.registered", "startup.has_plan")
        return [Stated(code, period, value) for code, value in zip(codes, values, strict=True)]

    values = stated(LAST, *before) if before else []
    return Answer((*values, *stated(NOW, grads, to_gdnn, registered, has_plan)), {}, (), is_nil=False)


def target(indicator, kind="policy", **said):
    return TargetAsked(indicator=indicator, kind=kind, **said)


def told(requirement, given, before=None):
    assert faults_of(requirement, given) == []
    return [(each.indicator, each.what_en) for each in remarks_of(requirement, given, before or {})]


def test_a_share_is_told_in_percent() -> None:
    asked = required(target("streaming.rate", value=2000))
    assert told(asked, answer()) == [
        ("streaming.rate", "streaming.rate of 2025-2026 (15.00%) is short of its policy target 20.00%.")
    ]
    assert told(asked, answer(to_gdnn=20)) == []
    assert told(asked, answer(grads=0, to_gdnn=0)) == []


def test_at_most_so_many_is_told_when_it_is_passed() -> None:
    asked = required(target("streaming.to_gdnn", value=14, holds="at_most"))
    assert [text for _, text in told(asked, answer())] == [
        "streaming.to_gdnn of 2025-2026 (15) is over its policy target 14."
    ]


def test_a_plan_all_are_to_have_is_missed_by_who_has_none() -> None:
    asked = required(target("startup.has_plan", value=10_000))
    assert told(asked, answer(has_plan=False)) == [
        ("startup.has_plan", "startup.has_plan of 2025-2026 is short of its policy target.")
    ]
    assert told(asked, answer()) == []


@pytest.mark.parametrize(("period", "missed"), [(None, 1), (NOW, 1), (LAST, 0)])
def test_what_was_assigned_to_the_unit_for_the_period_counts(period, missed) -> None:
    assigned = Particulars(None, (), (("streaming.to_gdnn", period, 16),))
    asked = required(target("streaming.to_gdnn", "assigned"), particulars=assigned)
    assert len(told(asked, answer())) == missed


def test_what_the_unit_registered_counts() -> None:
    asked = required(target("streaming.to_gdnn", "registered", registered_in="streaming.registered"))
    assert [text for _, text in told(asked, answer())] == [
        "streaming.to_gdnn of 2025-2026 (15) is short of its registered target 20."
    ]
    assert told(asked, answer(registered=15)) == []


def test_the_period_before_is_the_earlier_one_of_the_answer() -> None:
    asked = required(target("streaming.to_gdnn", "previous"), target("streaming.rate", "previous"), periods=(LAST, NOW))
    # More pupils than before, out of so many more that the share has fallen.
    assert told(asked, answer(before=(40, 10, 0, True))) == [
        ("streaming.rate", "streaming.rate of 2025-2026 (15.00%) is short of its previous target 25.00%.")
    ]


def test_or_the_accepted_answer_of_the_period_before() -> None:
    asked = required(target("streaming.to_gdnn", "previous"))
    assert told(asked, answer()) == []
    assert len(told(asked, answer(), {"streaming.to_gdnn": 16})) == 1


def test_what_does_not_warn_is_still_an_aim() -> None:
    asked = required(target("streaming.to_gdnn", value=99, warns=False))
    assert told(asked, answer()) == []
    assert [(each.parts, each.of) for each in aims_of(asked, {})] == [(99, 1)]


def test_a_target_of_one_period_says_nothing_of_another() -> None:
    asked = required(target("streaming.to_gdnn", value=99, periods=(LAST,)), periods=(LAST, NOW))
    found = told(asked, answer(before=(1, 1, 1, True)))
    assert [text.split()[2] for _, text in found] == [LAST]


def test_a_rule_that_only_warns_is_told_and_refuses_nothing() -> None:
    rule = RuleAsked(
        code="R1",
        left=(TermAsked(indicator="streaming.registered"),),
        holds="at_most",
        right=(TermAsked(indicator="streaming.to_gdnn"),),
        message_vi="Đăng ký nhiều hơn thực hiện?",
        message_en="More registered than done?",
        only_warns=True,
    )
    assert told(required(rules=(rule,)), answer()) == [
        ("streaming.registered", "More registered than done? (20 ≤ 15?)")
    ]
    strict = required(rules=(rule.model_copy(update={"only_warns": False}),))
    assert [each.indicator for each in faults_of(strict, answer())] == ["streaming.registered"]
