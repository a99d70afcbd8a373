"""A requirement may wait for something that can happen, and is then due when people can still answer."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import VIETNAM
from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from directives.domain.audience import of_types
from directives.domain.condition import Condition, check_conditions, due_at
from directives.domain.obligation import Duty
from directives.domain.requirement import Requirement
from directives.domain.terms import NO_TERMS, Terms
from directives.problems import NotOwed
from directives.terms_problems import ConditionInCircle, ConditionUnfit

PLAIN = Requirement(
    id=UUID(int=1),
    kind="acknowledgement",
    title="Báo cáo tự khảo sát",
    as_of=date(2026, 5, 31),
    periods=(),
    indicators=(),
    sections=(),
    media=None,
    audience=of_types(("thpt",)),
    due_phrase="trước ngày 10/12/2026",
    due_at=datetime(2026, 12, 9, 17, tzinfo=UTC),
    cut_off_at=None,
    closes_at=None,
)
CALENDAR = WorkingCalendar([YearOfDays(2026, 1, (SpecialDay(date(2026, 11, 24), "holiday", "Ngày Văn hóa"),))])
FRIDAY = date(2026, 11, 20)


def waiting(of, title="Đăng ký lịch") -> Requirement:
    condition = Condition(kind="fact_noted") if of is None else Condition(kind="answer_accepted", of=of)
    return replace(PLAIN, title=title, terms=Terms(condition=condition))


def test_what_can_happen_may_be_waited_for() -> None:
    check_conditions((PLAIN, waiting(0), waiting(1), waiting(None), waiting(0)))


@pytest.mark.parametrize(
    "condition",
    [
        Condition(kind="answer_accepted"),
        Condition(kind="answer_accepted", of=2),
        Condition(kind="document_issued", of=0),
        Condition(kind="fact_noted", of=0),
    ],
)
def test_a_condition_names_another_requirement_when_it_is_its_answer(condition) -> None:
    with pytest.raises(ConditionUnfit) as refused:
        check_conditions((PLAIN, replace(PLAIN, terms=Terms(condition=condition))))

    assert refused.value.more["where"] == "requirements.1.condition.of"


def test_a_circle_is_named_all_the_way_around() -> None:
    with pytest.raises(ConditionInCircle) as refused:
        check_conditions((PLAIN, waiting(3, "A"), waiting(1, "B"), waiting(2, "C")))

    assert refused.value.more["titles"] == ["A", "C", "B", "A"]
    assert "A → C → B → A" in str(refused.value.vi)


def test_nothing_waits_for_itself() -> None:
    with pytest.raises(ConditionInCircle) as refused:
        check_conditions((waiting(0, "A"),))

    assert refused.value.more["titles"] == ["A", "A"]


@given(st.lists(st.one_of(st.none(), st.integers(0, 7)), min_size=8, max_size=8))
def test_whatever_is_not_refused_can_be_met_one_after_the_other(waits_for) -> None:
    requirements = tuple(
        waiting(of, str(place)) if of is not None else replace(PLAIN, terms=NO_TERMS)
        for place, of in enumerate(waits_for)
    )
    met: set[int] = set()
    while ready := {p for p, of in enumerate(waits_for) if p not in met and (of is None or of in met)}:
        met |= ready

    if len(met) == len(requirements):
        check_conditions(requirements)
    else:
        with pytest.raises(ConditionInCircle):
            check_conditions(requirements)


@pytest.mark.parametrize(
    ("working_days", "happened", "known", "due"),
    [
        (3, FRIDAY, FRIDAY, (2026, 11, 27)),  # Monday, (Tuesday is off,) Wednesday, Thursday: until its end
        (0, FRIDAY, FRIDAY, (2026, 11, 24)),  # today would be too soon: the end of Monday
        (-2, date(2026, 12, 9), FRIDAY, (2026, 12, 8)),  # two working days before the visit
        (-2, date(2026, 11, 23), FRIDAY, (2026, 11, 24)),  # the visit is too near: the end of Monday
        (None, FRIDAY, FRIDAY, (2026, 12, 10)),  # as the letter says
        (None, FRIDAY, date(2026, 12, 11), (2026, 12, 15)),  # that has passed: the end of Monday
    ],
)
def test_what_was_waited_for_decides_when_an_answer_is_due(working_days, happened, known, due) -> None:
    condition = Condition(kind="fact_noted", working_days=working_days)

    found = due_at(condition, PLAIN.due_at, happened_on=happened, known_on=known, calendar=CALENDAR)

    assert found == datetime(*due, tzinfo=VIETNAM)


DUTY = Duty(
    id=UUID(int=2), version=1, directive_id=UUID(int=3), requirement_id=UUID(int=1), issuer_unit_id="U-SO",
    reviewing_unit_id="U-SO",
    unit_id="U-1", answering_unit_id="U-1", state="waiting", due_at=PLAIN.due_at, closes_at=None,
    requirement_closes_at=PLAIN.due_at, answer_state="none", is_met=False,
)  # fmt: skip
LATER = datetime(2026, 12, 20, tzinfo=UTC)


def test_what_waits_may_be_exempt_or_recalled_and_waits_again_when_it_is_not() -> None:
    assert DUTY.recalled().state == "recalled"
    assert DUTY.exempted().reopened().state == "waiting"
    assert DUTY.activated(LATER).exempted().reopened().state == "open"
    with pytest.raises(NotOwed):
        DUTY.extended(LATER)


def test_what_is_activated_can_be_answered_until_it_is_due() -> None:
    opened = DUTY.activated(LATER)

    assert (opened.state, opened.version, opened.due_at, opened.closes_at) == ("open", 2, LATER, LATER)
    assert opened.suspended().state == "waiting"
    answered = [replace(opened, answer_state=each) for each in ("none", "returned", "submitted", "accepted")]
    assert [each.may_wait_again for each in answered] == [True, True, False, False]
