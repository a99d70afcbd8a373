"""Every fault of an answer is told at once, where it is and in both languages."""

from uuid import uuid4

import pytest

from contracts.directives import IndicatorAsked, MediaAsked
from submissions.domain.answer import LARGEST, LIST_LINES, TEXT_CHARACTERS, Answer, Stated, faults_of, refuse_faulty
from submissions.domain.asked import Requirement
from submissions.problems import ValuesNotValid

RIGHT = {
    "stem.school_implementing": True,
    "stem.lessons": 12,
    "stem.research_projects": 3,
    "stem.research_projects_province": 1,
}


@pytest.fixture
def requirement(asked) -> Requirement:
    return Requirement.issued(asked.report())


@pytest.fixture
def answer(asked):
    def build(*more: Stated, **changes) -> Answer:
        stated = {**RIGHT, **changes.pop("stated", {})}
        values = tuple(Stated(code, asked.period, value) for code, value in stated.items() if value is not None)
        return Answer(**{"values": values + more, "narrative": {}, "media_ids": (), "is_nil": False, **changes})

    return build


def told(faults) -> list[tuple[str, str | None]]:
    return [(fault.where, fault.indicator) for fault in faults]


def test_a_right_answer_has_no_faults(requirement, answer) -> None:
    assert faults_of(requirement, answer()) == []
    assert faults_of(requirement, answer(narrative={"solutions": "x" * TEXT_CHARACTERS, "documents": ["a"]})) == []
    assert faults_of(requirement, answer(stated={"stem.lessons": LARGEST})) == []


@pytest.mark.parametrize(
    ("stated", "where", "indicator", "what_en"),
    [
        ({"stem.lessons": None}, "values", "stem.lessons", "stem.lessons is not stated for 2025-2026."),
        ({"stem.lessons": True}, "values[1]", "stem.lessons", "The value must be a whole number."),
        (
            {"stem.school_implementing": 1},
            "values[0]",
            "stem.school_implementing",
            "The value must be true or false.",
        ),
        ({"stem.lessons": -1}, "values[1]", "stem.lessons", "The value must not be negative."),
        ({"stem.lessons": LARGEST + 1}, "values[1]", "stem.lessons", "The value is too large."),
        (
            {"stem.school_implementing": False},
            "values[1]",
            "stem.lessons",
            "The value may be above 0 only if stem.school_implementing is true.",
        ),
        (
            {"stem.research_projects_province": 4},
            "values[3]",
            "stem.research_projects_province",
            "The value must not exceed stem.research_projects (3).",
        ),
        ({"stem.unasked": 1}, "values[4]", "stem.unasked", "This indicator is not asked for."),
    ],
)
def test_one_wrong_value_is_one_fault(requirement, answer, stated, where, indicator, what_en) -> None:
    [fault] = faults_of(requirement, answer(stated=stated))

    assert (fault.where, fault.indicator, fault.what_en) == (where, indicator, what_en)
    assert fault.what_vi != fault.what_en


def test_a_value_stated_twice_is_a_fault_even_with_the_same_figure(requirement, answer, asked) -> None:
    [fault] = faults_of(requirement, answer(Stated("stem.lessons", asked.period, 12)))

    assert (fault.where, fault.what_en) == ("values[4]", "This indicator is stated twice for the period.")


def test_a_period_nobody_asked_for_is_a_fault(requirement, answer) -> None:
    [fault] = faults_of(requirement, answer(Stated("stem.lessons", "2019-2020", 1)))

    assert (fault.where, fault.indicator) == ("values[4]", "stem.lessons")
    assert "2019-2020" in fault.what_vi


def test_every_indicator_is_asked_for_every_period(asked, answer) -> None:
    requirement = Requirement.issued(asked.report(periods=("2024-2025", asked.period)))

    faults = faults_of(requirement, answer())

    assert told(faults) == [("values", code) for code in RIGHT]
    assert all("2024-2025" in fault.what_vi for fault in faults)


def test_relations_hold_within_one_period_only(asked, answer) -> None:
    requirement = Requirement.issued(asked.report(periods=("2024-2025", asked.period)))
    earlier = {**RIGHT, "stem.research_projects": 9, "stem.research_projects_province": 9}
    more = [Stated(code, "2024-2025", value) for code, value in earlier.items()]

    assert faults_of(requirement, answer(*more)) == []
    [fault] = faults_of(requirement, answer(*more, stated={"stem.research_projects_province": 9}))
    assert (fault.where, fault.indicator) == ("values[3]", "stem.research_projects_province")


@pytest.mark.parametrize("value", [True, -1, LARGEST + 1])
def test_money_is_a_whole_number_too(asked, answer, value) -> None:
    fund = IndicatorAsked(code="study.fund_raised", name="Quỹ", type="money", unit_of_measure="đồng")
    requirement = Requirement.issued(asked.report(indicators=(fund,), sections=()))

    faults = faults_of(requirement, Answer((Stated("study.fund_raised", asked.period, value),), {}, (), is_nil=False))

    assert told(faults) == [("values[0]", "study.fund_raised")]


def test_a_nil_report_states_nothing(requirement, answer) -> None:
    assert faults_of(requirement, Answer((), {"solutions": "Không phát sinh."}, (), is_nil=True)) == []
    assert told(faults_of(requirement, answer(is_nil=True))) == [("values", None)]


@pytest.mark.parametrize(
    ("narrative", "where"),
    [
        ({"unknown": "x"}, "narrative.unknown"),
        ({"solutions": ["x"]}, "narrative.solutions"),
        ({"documents": "x"}, "narrative.documents"),
        ({"solutions": "x" * (TEXT_CHARACTERS + 1)}, "narrative.solutions"),
        ({"documents": ["x" * 5000] * 5}, "narrative.documents"),
        ({"documents": ["x"] * (LIST_LINES + 1)}, "narrative.documents"),
    ],
)
def test_a_text_outside_the_outline_is_a_fault(requirement, answer, narrative, where) -> None:
    assert told(faults_of(requirement, answer(narrative=narrative))) == [(where, None)]


@pytest.mark.parametrize(("count", "named", "faults"), [(1, 0, 1), (1, 2, 1), (2, 2, 0), (0, 1, 1)])
def test_exactly_the_files_asked_for_are_named(asked, count, named, faults) -> None:
    media = MediaAsked(count=count, max_seconds=60, max_bytes=10) if count else None
    requirement = Requirement.issued(asked.video(media=media))

    found = faults_of(requirement, Answer((), {}, tuple(uuid4() for _ in range(named)), is_nil=False))

    assert told(found) == [("media_ids", None)] * faults


def test_a_file_named_twice_is_not_two_files(asked) -> None:
    requirement = Requirement.issued(asked.video(media=MediaAsked(count=2, max_seconds=60, max_bytes=10)))

    assert told(faults_of(requirement, Answer((), {}, (uuid4(),) * 2, is_nil=False))) == [("media_ids", None)]


def test_all_faults_are_told_together(requirement, answer, asked) -> None:
    wrong = answer(
        Stated("stem.unasked", asked.period, 1),
        stated={"stem.lessons": -1, "stem.research_projects": None},
        narrative={"unknown": "x", "documents": "x"},
        media_ids=(asked.report().requirement_id,),
    )

    with pytest.raises(ValuesNotValid) as refused:
        refuse_faulty(requirement, wrong)

    assert [(error["where"], error["indicator"]) for error in refused.value.more["errors"]] == [
        ("values[1]", "stem.lessons"),
        ("values[3]", "stem.unasked"),
        ("values", "stem.research_projects"),
        ("narrative.unknown", None),
        ("narrative.documents", None),
        ("media_ids", None),
    ]
