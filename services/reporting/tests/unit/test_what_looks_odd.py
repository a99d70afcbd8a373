"""Figures that are formally right and far from what they are held against."""

from reporting.domain.plausibility import FEWEST_PEERS, Oddity, odd_among


def odd(now, before=None):
    return list(odd_among({unit: {"a.b": value} for unit, value in now.items()}, before or {}, ["a.b", "a.c"]))


ORDINARY = {f"school-{number}": 40 + number for number in range(FEWEST_PEERS)}


def test_what_is_like_the_others_is_not_odd():
    assert odd(ORDINARY) == []


def test_one_nought_too_many_is_far_from_the_others():
    assert odd(ORDINARY | {"typo": 450}) == [Oddity("typo", "a.b", 450, "peers", 44)]


def test_among_few_there_is_no_middle():
    assert odd({"one": 4, "two": 5, "three": 4000}) == []


def test_small_differences_are_chance_even_where_all_the_others_agree():
    same = {f"school-{number}": 3 for number in range(FEWEST_PEERS)}
    assert odd(same | {"more": 12}) == []
    assert [each.unit_id for each in odd(same | {"more": 14})] == ["more"]


def test_three_times_as_much_or_as_little_as_before_is_a_jump():
    before = {unit: {"a.b": 30} for unit in ("same", "up", "down", "new_figure")}
    now = {"same": 90, "up": 91, "down": 9, "unknown": 5000}
    assert [(each.unit_id, each.against, each.expected) for each in odd(now, before)] == [
        ("down", "before", 30),
        ("up", "before", 30),
    ]


def test_a_blank_is_held_against_nothing():
    assert list(odd_among({"school": {}}, {"school": {"a.b": 100}}, ["a.b"])) == []
