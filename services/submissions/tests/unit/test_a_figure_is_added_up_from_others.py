"""A unit that adds up what others stated says which units stand behind each figure, and why where it says otherwise."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from contracts.directives import AnsweringAsked
from submissions.domain.answer import Answer, Stated, digest_of, faults_of
from submissions.domain.asked import Requirement
from submissions.domain.consolidated import Consolidated, Part, consolidated_of, holds_parts, lines_of, parts_of
from submissions.domain.explaining import remarks_of

PERIOD = "2025-2026"
SENT = UUID(int=7)
PROJECTS = "stem.research_projects"
PARTS = (Part("TH-1", 2, SENT, 1), Part("TH-2", 1))

units = some.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,20}\Z")
parts = some.lists(
    some.one_of(
        some.builds(Part, units, some.integers(-(10**12), 10**12), some.uuids(), some.integers(1, 10**6)),
        some.builds(Part, units, some.integers(0, 2**63 - 1), some.none(), some.none()),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def requirement(asked) -> Requirement:
    return Requirement.issued(asked.report(answering=AnsweringAsked(is_consolidated=True)))


@pytest.fixture
def answer(asked):
    def make(*consolidates: Consolidated) -> Answer:
        values = tuple(Stated(each["indicator"], each["period"], each["value"]) for each in asked.answer()["values"])
        return Answer(values, {}, (), is_nil=False, consolidates=consolidates)

    return make


def told(requirement, given_answer) -> list[tuple[str, bool]]:
    return [(each.what_en, each.needs_explanation) for each in remarks_of(requirement, given_answer)]


def test_what_its_units_add_up_to_raises_no_question(requirement, answer) -> None:
    whole = answer(Consolidated(PROJECTS, PERIOD, PARTS))

    assert faults_of(requirement, whole) == []
    assert told(requirement, whole) == []


def test_what_is_not_their_sum_needs_an_explanation(requirement, answer) -> None:
    other = answer(Consolidated(PROJECTS, PERIOD, PARTS[:1]))

    assert told(requirement, other) == [(f"{PROJECTS} (3) is not what its 1 units add up to (2).", True)]


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ([Consolidated("p.other", PERIOD, PARTS)], "This figure cannot be added up."),
        ([Consolidated("stem.school_implementing", PERIOD, PARTS)], "This figure cannot be added up."),
        ([Consolidated(PROJECTS, "2020-2021", PARTS)], "This figure cannot be added up."),
        ([Consolidated(PROJECTS, PERIOD, PARTS)] * 2, "The figure is added up twice."),
        ([Consolidated(PROJECTS, PERIOD, (PARTS[0], PARTS[0]))], "A unit is counted twice."),
    ],
)
def test_what_cannot_be_added_up_is_a_fault(requirement, answer, said, what) -> None:
    assert [each.what_en for each in faults_of(requirement, answer(*said))] == [what]


def test_where_nothing_is_to_be_added_up_no_unit_is_named(asked, answer) -> None:
    found = faults_of(Requirement.issued(asked.report()), answer(Consolidated(PROJECTS, PERIOD, PARTS)))

    assert [each.what_en for each in found] == ["No figure is to be added up."]


def test_the_units_behind_a_figure_are_part_of_the_digest(answer) -> None:
    digests = {
        digest_of(SENT, answer()),
        digest_of(SENT, answer(Consolidated(PROJECTS, PERIOD, PARTS))),
        digest_of(SENT, answer(Consolidated(PROJECTS, PERIOD, PARTS[:1]))),
    }

    assert len(digests) == 3


@given(parts)
def test_parts_come_back_from_a_draft_and_from_where_they_are_kept(behind) -> None:
    whole = Consolidated(PROJECTS, PERIOD, tuple(behind))

    lines = lines_of(behind)
    assert holds_parts(lines)
    assert parts_of(lines) == tuple(behind)
    assert consolidated_of(json.loads(json.dumps(whole.row))) == whole


@pytest.mark.parametrize(
    "line", ["", "TH-1", "TH-1 = x", "TH 1 = 2", "TH-1 = 2 (x 1)", "= 2", "TH-1 = 2\n", f"TH-1 = 2 ({'-' * 36} 1)"]
)
def test_a_line_that_is_no_part_is_not_taken(line) -> None:
    assert not holds_parts([line])
