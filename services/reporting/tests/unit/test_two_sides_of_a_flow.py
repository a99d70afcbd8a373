"""Where pupils came from and where they went is held together, though different units say so."""

import pytest

from reporting.domain import Rule
from reporting.domain.flow import broken_flows

ORIGIN = {"thcs-1": {"streaming.to_gdnn": 20, "streaming.grads": 90}, "thcs-2": {"streaming.to_gdnn": 12}}


def flow(holds="equals", left=(("streaming.to_gdnn", 1),), right=(("streaming.from_thcs", 1),)):
    return Rule("flow", left, holds, right, "Nơi đi và nơi đến không khớp.", "Origin and destination differ.")


def broken(figures, *rules):
    return [(each.left, each.right, each.left_units, each.right_units) for each in broken_flows(rules, figures)]


def test_sums_that_agree_are_not_odd():
    assert broken(ORIGIN | {"centre": {"streaming.from_thcs": 32}}, flow()) == []


def test_sums_that_do_not_are_shown_with_who_stands_behind_them():
    assert broken(ORIGIN | {"centre": {"streaming.from_thcs": 30}}, flow()) == [(32, 30, 2, 1)]


def test_a_side_nobody_has_stated_yet_is_held_against_nothing():
    assert broken(ORIGIN, flow()) == []
    assert broken({"centre": {"streaming.from_thcs": 30}}, flow()) == []


def test_a_rule_within_one_answer_says_nothing_of_sums():
    both = {"thcs-1": {"streaming.to_gdnn": 20, "streaming.from_thcs": 1}}
    assert broken(both, flow()) == []


@pytest.mark.parametrize(("holds", "found"), [("at_most", 0), ("equals", 1), ("at_least", 1)])
def test_it_holds_as_the_rule_says(holds, found):
    assert len(broken(ORIGIN | {"centre": {"streaming.from_thcs": 33}}, flow(holds))) == found


def test_terms_count_as_often_as_they_say_and_a_nought_is_stated():
    rule = flow(right=(("streaming.from_thcs", 2), ("streaming.elsewhere", 1)))
    assert broken(ORIGIN | {"centre": {"streaming.from_thcs": 15, "streaming.elsewhere": 2}}, rule) == []
    assert broken(ORIGIN | {"centre": {"streaming.from_thcs": 0}}, rule) == [(32, 0, 2, 1)]
