"""Where an obligation stands, what it contributes, what a change of it changes. Pure."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from reporting.domain import (
    Aggregate,
    AggregateKey,
    Answer,
    AnswerValues,
    Contribution,
    Obligation,
    ObligationChange,
    Place,
    Requirement,
    Standing,
    Tally,
    changes_between,
    marks_of,
    place_on,
)
from reporting.domain.contributing import contribution_of
from reporting.domain.restating import living_on, restate
from unit_tree.tree import Tree

DAY = date(2026, 5, 31)
REQUIREMENT = Requirement(
    UUID(int=1), 1, UUID(int=2), "department", "report", DAY, ("2025-2026",), ("stem.implementing", "stem.lessons")
)
OBLIGATION = Obligation(UUID(int=3), 1, UUID(int=1), "school", "school", datetime(2026, 12, 14, tzinfo=UTC))
STATED = {"2025-2026": {"stem.implementing": 1, "stem.lessons": 12}}
PLACE = Place(("commune", "department"), ("cluster",), "lower_secondary")
EMPTY = Contribution(OBLIGATION.obligation_id, UUID(int=1), ("2025-2026",), PLACE, None, {})


def standing(state=None, *, number=1, stated=STATED, is_nil=False):
    answer = None if state is None else Answer(OBLIGATION.obligation_id, 1, number, state)
    values = None
    if stated is not None and state is not None:
        values = AnswerValues(OBLIGATION.obligation_id, number, False, is_nil, stated, OBLIGATION.due_at)
    return Standing(OBLIGATION, REQUIREMENT, answer, values, None)


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_a_submitted_and_an_accepted_answer_count(state):
    contribution = contribution_of(standing(state, number=2), PLACE)

    assert contribution == EMPTY._replace(number=2, stated=STATED)


@pytest.mark.parametrize(
    ("state", "stated"),
    [(None, None), ("returned", STATED), ("accepted", None), ("submitted", None)],
    ids=["no answer", "returned", "accepted but not known what", "submitted but not known what"],
)
def test_an_obligation_is_due_but_not_counted_while_nothing_stands(state, stated):
    assert contribution_of(standing(state, stated=stated), PLACE) == EMPTY._replace(is_returned=state == "returned")


def test_a_nil_report_counts_and_adds_nothing():
    contribution = contribution_of(standing("submitted", is_nil=True), PLACE)

    assert contribution == EMPTY._replace(number=1, is_nil=True)


def test_what_was_not_asked_for_is_not_added():
    stated = {"2025-2026": {"stem.lessons": 3, "other.figure": 9}, "2024-2025": {"stem.lessons": 5}}

    assert contribution_of(standing("submitted", stated=stated), PLACE).stated == {"2025-2026": {"stem.lessons": 3}}


def test_an_answer_reaches_every_unit_and_cluster_above_and_its_level():
    changes = changes_between([(None, EMPTY._replace(number=1, stated=STATED))])

    tally = Tally(1, 1, {"stem.implementing": 1, "stem.lessons": 12})
    assert {key.unit_id: (key.relation, dict(change.figures)) for key, change in changes.items()} == {
        "commune": ("reporting", {"": tally, "lower_secondary": tally}),
        "department": ("reporting", {"": tally, "lower_secondary": tally}),
        "cluster": ("cluster", {"": tally, "lower_secondary": tally}),
    }


def test_a_unit_without_a_level_is_not_counted_twice():
    changes = changes_between([(None, EMPTY._replace(place=PLACE._replace(level="")))])

    assert [dict(change.figures) for change in changes.values()] == [{"": Tally(1, 0, {})}] * 3


def test_a_correction_changes_by_the_difference_alone():
    before = EMPTY._replace(number=1, stated={"2025-2026": {"stem.lessons": 12, "stem.implementing": 1}})
    after = EMPTY._replace(number=2, stated={"2025-2026": {"stem.lessons": 10, "stem.implementing": 1}})

    changes = changes_between([(before, after)])

    difference = Tally(0, 0, {"stem.lessons": -2})
    assert [dict(change.figures) for change in changes.values()] == [
        {"": difference, "lower_secondary": difference}
    ] * 3


def test_changes_that_cancel_out_touch_nothing():
    other = EMPTY._replace(obligation_id=UUID(int=9))
    gains, loses = EMPTY._replace(number=1, stated=STATED), other._replace(number=1, stated=STATED)

    assert changes_between([(EMPTY, gains), (loses, other)]) == {}


def test_what_many_stand_above_is_their_sum_and_no_other_units():
    schools = [
        EMPTY._replace(obligation_id=UUID(int=10 + number), place=Place((commune, "department"), (), "lower_secondary"))
        for number, commune in enumerate(("north", "south", "south", "west"))
    ]
    moves = [(each, each._replace(number=1, stated=STATED)) for each in schools]

    changes = changes_between(moves)

    lessons = {key.unit_id: change.figures[""].sums["stem.lessons"] for key, change in changes.items()}
    assert lessons == {"north": 12, "south": 24, "west": 12, "department": 48}
    assert {key.unit_id: change.figures[""].due for key, change in changes.items()} == dict.fromkeys(lessons, 0)


def test_periods_that_overlap_add_up_each_by_itself():
    periods = ("2025-2026", "2026-H1")
    stated = {"2025-2026": {"stem.lessons": 12}, "2026-H1": {"stem.lessons": 7}}
    owed = EMPTY._replace(periods=periods)

    changes = changes_between([(owed, owed._replace(number=1, stated=stated))])

    sums = {(key.unit_id, key.period): change.figures[""].sums for key, change in changes.items()}
    assert sums == {(unit, period): stated[period] for unit in (*PLACE.above, *PLACE.clusters) for period in periods}


def test_a_move_takes_from_the_old_units_and_gives_to_the_new():
    moved = EMPTY._replace(place=PLACE._replace(above=("other", "department")))

    changes = changes_between([(EMPTY, moved)])

    assert {key.unit_id: change.figures[""].due for key, change in changes.items()} == {"commune": -1, "other": 1}


def test_a_total_is_null_until_somebody_has_reported_and_zero_after_a_nil_report():
    assert Tally(due=3).totals(["stem.lessons"]) == {"stem.lessons": None}
    assert Tally(due=3, reported=1, nil=1).totals(["stem.lessons"]) == {"stem.lessons": 0}
    assert Tally(due=3, reported=1).totals(["stem.lessons"]) == {"stem.lessons": 0}


def test_blank_zero_nothing_happened_and_not_asked_are_four_things():
    zero, blank = Tally(1, 1), Tally(1, 1, silent={"stem.lessons": 1})
    nothing, nobody = Tally(1, 1, nil=1), Tally(1, 0)
    told = [(each.total("stem.lessons"), each.mark("stem.lessons")) for each in (zero, blank, nothing, nobody)]
    assert told == [(0, None), (None, "blank"), (0, "nil"), (None, "blank")]
    # One figure is enough for a total, and one report of nothing for a nought.
    assert (zero.plus(blank).total("stem.lessons"), blank.plus(nothing).total("stem.lessons")) == (0, 0)

    asked = REQUIREMENT._replace(divided={"stem.lessons": ("primary",)})
    assert marks_of(asked, nobody, "primary") == {"stem.implementing": "blank", "stem.lessons": "blank"}
    assert marks_of(asked, zero, "upper_secondary") == {"stem.lessons": "not_applicable"}


def test_what_an_answer_leaves_out_is_blank_where_it_counts():
    contribution = contribution_of(standing("submitted", stated={"2025-2026": {"stem.implementing": 1}}), PLACE)

    assert contribution.silent == {"2025-2026": {"": ["stem.lessons"], "lower_secondary": ["stem.lessons"]}}
    changes = changes_between([(None, contribution)])
    assert {change.figures[""].total("stem.lessons") for change in changes.values()} == {None}


def test_who_is_exempt_is_counted_beside_those_who_owe():
    change = ObligationChange(OBLIGATION.obligation_id, 2, "exempt", OBLIGATION.due_at)
    changes = changes_between([(None, contribution_of(standing("submitted")._replace(change=change), PLACE))])

    assert [dict(each.figures) for each in changes.values()] == [
        {"": Tally(exempt=1), "lower_secondary": Tally(exempt=1)}
    ] * 3


def test_each_relation_of_the_tree_has_totals_of_its_own():
    place = PLACE._replace(administrative=("committee", "department"), territory=("commune",))

    changes = changes_between([(None, EMPTY._replace(place=place))])
    assert {(key.unit_id, key.relation) for key in changes} == {
        ("commune", "reporting"),
        ("department", "reporting"),
        ("cluster", "cluster"),
        ("committee", "administrative"),
        ("department", "administrative"),
        ("commune", "territory"),
    }


def test_a_programme_is_what_a_code_begins_with():
    asked = REQUIREMENT._replace(indicators=("stem.lessons", "research.projects"), bools=("stem.implementing",))
    assert asked.programmes == ("stem", "research")
    assert asked.of_programme("research").indicators == ("research.projects",)
    assert asked.of_programme("research").bools == ()


def test_money_beyond_64_bits_is_added_exactly():
    huge = Tally(1, 1, {"budget.spent": 2**63 - 1})

    assert huge.plus(huge).sums == {"budget.spent": 2**64 - 2}


def test_levels_are_listed_lowest_first():
    figures = {level: Tally(1) for level in ("continuing", "", "upper_secondary", "primary", "lower_secondary")}

    listed = Aggregate(AggregateKey(UUID(int=1), "u", "-"), 1, figures).by_level

    assert list(listed) == ["primary", "lower_secondary", "upper_secondary", "continuing"]


@pytest.fixture
def tree(new_story):
    unit = new_story.unit
    return Tree(
        [
            unit("department", "so_gddt"),
            unit("commune", "phong_vhxh", reporting="department"),
            unit("school", reporting="commune", cluster="cluster"),
            unit("lead", "thpt", reporting="department", cluster="cluster"),
            unit("cluster", "cum_chuyen_mon", cluster_lead="lead"),
            unit(
                "merged",
                reporting="commune",
                valid_to=date(2026, 8, 14),
                became=[("merged_into", "school", date(2026, 8, 15))],
            ),
            unit(
                "split",
                reporting="commune",
                valid_to=date(2026, 8, 14),
                became=[
                    ("split_into", "school", date(2026, 8, 15)),
                    ("split_into", "lead", date(2026, 8, 15)),
                ],
            ),
            unit("a", valid_to=DAY, became=[("renamed_to", "b", DAY)]),
            unit("b", valid_to=DAY, became=[("renamed_to", "a", DAY)]),
        ]
    )


def test_a_school_stands_below_its_office_its_department_and_its_cluster(tree):
    place = place_on(DAY, tree, unit_id="school", answering_unit_id="school")

    assert place == Place(("commune", "department"), ("cluster",), "lower_secondary")


def test_a_cluster_stands_above_the_school_that_answers_and_for_itself(tree):
    place = place_on(DAY, tree, unit_id="cluster", answering_unit_id="lead")

    assert place == Place(("department",), ("cluster",), "")


def test_a_unit_stands_where_it_stood_although_its_successor_answers(tree):
    place = place_on(DAY, tree, unit_id="merged", answering_unit_id="lead")

    assert place == Place(("commune", "department"), (), "lower_secondary")


def test_a_unit_nobody_has_described_yet_stands_nowhere(tree):
    assert place_on(DAY, tree, unit_id="unknown", answering_unit_id="unknown") == Place((), (), "")


@pytest.mark.parametrize(
    ("unit_id", "day", "living"),
    [
        ("school", DAY, "school"),
        ("merged", date(2026, 8, 14), "merged"),
        ("merged", date(2026, 8, 15), "school"),
        ("split", date(2026, 8, 15), None),
        ("a", date(2026, 6, 1), None),
        ("school", date(2004, 12, 31), None),
        ("unknown", DAY, None),
    ],
)
def test_who_stands_where_a_unit_stood(tree, unit_id, day, living):
    assert living_on(day, tree, unit_id) == living


def test_restating_names_the_units_it_had_to_leave_out(tree):
    counted = EMPTY._replace(number=1, stated=STATED)
    of_split = OBLIGATION._replace(unit_id="split", answering_unit_id="split")

    found, unplaced = restate([(OBLIGATION, counted), (of_split, counted)], day=date(2026, 8, 15), tree=tree)

    assert unplaced == ["split"]
    assert {each.key.unit_id: each.all_units.due for each in found} == {"commune": 1, "department": 1, "cluster": 1}
