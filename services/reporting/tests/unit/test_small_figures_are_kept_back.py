"""What is published of sensitive figures gives nothing away to whoever adds and subtracts it."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.withholding import SMALL, Cell, is_small, withheld


def cells_of(tree):
    """Lay a tree out: (own schools' figures, children) → cells, each whole being what stands below."""
    found = []

    def walk(node, name, parent):
        own, children = node
        totals = [list(each) for each in own]
        for place, child in enumerate(children):
            totals.append(walk(child, f"{name}{place}", name))
        whole = [sum(each[figure] for each in totals) for figure in (0, 1)]
        found.append(Cell(name, parent, whole))
        return whole

    walk(tree, "u", None)
    return found


def knows(cells, hidden):
    """Return the hidden totals somebody can work out who solves every sum there is, the rests being unknown too."""
    by_unit = {each.unit_id: each for each in cells}
    unknown, equations = {}, []
    for each in cells:
        parts = [part for part in cells if part.parent_id == each.unit_id]
        if not parts:
            continue
        row = {}
        for unit, sign in ((each.unit_id, 1), *((part.unit_id, -1) for part in parts)):
            if unit in hidden:
                row[unknown.setdefault(unit, len(unknown))] = Fraction(sign)
        rest = [each.totals[figure] - sum(part.totals[figure] for part in parts) for figure in (0, 1)]
        if all(rest):
            # At worst it is known that there is no rest of one of the figures.
            row[unknown.setdefault(f"rest of {each.unit_id}", len(unknown))] = Fraction(-1)
        equations.append(row)
    assert by_unit
    return {unit for unit, column in unknown.items() if unit in hidden and determined(equations, column)}


def determined(equations, wanted):
    """Say whether the sums have one solution for an unknown: whether its unit vector is a combination of their rows."""
    rows = [dict(each) for each in equations if each]
    target = {wanted: Fraction(1)}
    pivots = []
    for each in rows:
        row = each
        for pivot, reduced in pivots:
            if row.get(pivot):
                row = subtract(row, reduced, row[pivot])
        if row:
            pivot = min(row)
            row = subtract({}, row, -1 / row[pivot])
            pivots = [(old, subtract(reduced, row, reduced.get(pivot, 0))) for old, reduced in pivots]
            pivots.append((pivot, row))
    for pivot, reduced in pivots:
        if target.get(pivot):
            target = subtract(target, reduced, target[pivot])
    return not target


def subtract(row, other, times):
    found = {column: row.get(column, 0) - times * other.get(column, 0) for column in row.keys() | other.keys()}
    return {column: value for column, value in found.items() if value}


school = st.tuples(st.integers(0, 12), st.integers(0, 3))
trees = st.recursive(
    st.tuples(st.lists(school, max_size=3), st.just(())),
    lambda below: st.tuples(st.lists(school, max_size=2), st.lists(below, min_size=1, max_size=4)),
    max_leaves=12,
)


@given(trees)
def test_no_small_total_is_published_or_can_be_worked_out(tree):
    cells = cells_of(tree)
    hidden = withheld(cells)
    small = {each.unit_id for each in cells if any(map(is_small, each.totals))}
    assert small <= hidden
    assert not knows(cells, hidden) & small


@given(trees)
def test_those_kept_back_of_a_published_total_are_not_small_together(tree):
    cells = cells_of(tree)
    hidden = withheld(cells)
    for each in cells:
        parts = [part for part in cells if part.parent_id == each.unit_id]
        if parts and each.unit_id not in hidden:
            for figure in (0, 1):
                shown = sum(part.totals[figure] for part in parts if part.unit_id not in hidden)
                assert not is_small(each.totals[figure] - shown)


def test_what_is_large_enough_is_published():
    assert withheld([Cell("province", None, [30]), Cell("a", "province", [10]), Cell("b", "province", [20])]) == set()


def test_one_small_total_takes_the_smallest_of_its_neighbours_with_it():
    cells = [Cell("p", None, [42]), Cell("a", "p", [SMALL - 1]), Cell("b", "p", [8]), Cell("c", "p", [30])]
    assert withheld(cells) == {"a", "b"}


def test_a_total_that_differs_by_a_few_from_one_that_is_out_is_kept_back_with_another():
    out = {"p": [[60]], "a": [[20]], "b": [[15]], "c": [[25]]}
    now = {"p": [72], "a": [22], "b": [25], "c": [25]}
    cells = [Cell(unit, None if unit == "p" else "p", now[unit], out[unit]) for unit in now]
    assert withheld(cells) == {"a", "b"}


def test_a_total_that_is_as_it_was_or_another_by_far_is_published_again():
    cells = [Cell("p", None, [60], [[30], [60]]), Cell("a", "p", [20], [[20]]), Cell("b", "p", [40], [[10]])]
    assert withheld(cells) == set()


def test_what_was_kept_back_beside_a_small_one_stays_so_until_it_is_another_by_far():
    def cells(b):
        p = Cell("p", None, [b + 33], [[41]])
        return [p, Cell("a", "p", [12], kept=[[3]]), Cell("b", "p", [b], kept=[[8]]), Cell("c", "p", [21], [[30]])]

    assert "b" in withheld(cells(8)), "3 of the edition before is what is left of 41"
    assert "b" in withheld(cells(12))
    assert withheld(cells(19)) == set()


def test_what_any_edition_has_shown_is_held_against_it_not_only_the_last():
    assert withheld([Cell("p", None, [60], [[80], [58]])]) == {"p"}


def test_a_nought_hides_nothing():
    cells = [Cell("p", None, [12]), Cell("a", "p", [3]), Cell("b", "p", [0]), Cell("c", "p", [9])]
    assert withheld(cells) == {"a", "c"}


def test_the_whole_goes_when_nothing_else_is_left():
    assert withheld([Cell("p", None, [3]), Cell("a", "p", [3])]) == {"p", "a"}
    assert withheld([Cell("q", None, [50]), Cell("p", "q", [20]), Cell("a", "p", [3]), Cell("b", "p", [17])]) == {
        "a",
        "b",
    }


def test_two_that_are_small_together_take_a_third_with_them():
    cells = [Cell("p", None, [33]), Cell("a", "p", [1]), Cell("b", "p", [2]), Cell("c", "p", [30])]
    assert withheld(cells) == {"a", "b", "c"}


@st.composite
def histories(draw):
    """Three editions of one tree: at each, for each school the change of its figures, mostly none or a pupil or two."""
    tree = draw(trees)
    change = st.sampled_from((0, 0, 0, 1, -1, 2, 7))

    def later(node):
        own, children = node
        moved = [tuple(max(0, figure + draw(change)) for figure in each) for each in own]
        return moved, [later(child) for child in children]

    second = later(tree)
    return [tree, second, later(second)]


@given(histories())
def test_three_editions_give_away_no_small_change_of_those_that_are_not_shown(history):
    editions = []
    for tree in history:
        cells = [
            Cell(
                each.unit_id,
                each.parent_id,
                each.totals,
                [None if each.unit_id in hidden else figures[each.unit_id] for figures, hidden in editions],
                [figures[each.unit_id] for figures, hidden in editions if each.unit_id in hidden],
            )
            for each in cells_of(tree)
        ]
        hidden = withheld(cells)
        assert not knows(cells, hidden) & {each.unit_id for each in cells if any(map(is_small, each.totals))}
        editions.append(({each.unit_id: each.totals for each in cells}, hidden))
    for place, (now, kept_now) in enumerate(editions):
        for then, kept_then in editions[:place]:
            for whole in now.keys() - kept_now - kept_then:
                parts = [each.unit_id for each in cells if each.parent_id == whole]
                both = [each for each in parts if each not in kept_now | kept_then]
                for figure in (0, 1):
                    change_of = {each: now[each][figure] - then[each][figure] for each in (whole, *both)}
                    others = change_of[whole] - sum(change_of[each] for each in both)
                    assert not any(0 < abs(each) < SMALL for each in (*change_of.values(), others))


def test_those_not_shown_change_by_few_together_though_all_that_is_shown_changed_by_far():
    then = {"p": [60], "a": [20], "b": [15], "c": [20]}
    now = {"p": [69], "a": [20], "b": [15], "c": [27]}  # at the top itself: from five to seven
    cells = [Cell(unit, None if unit == "p" else "p", now[unit], [then[unit]]) for unit in now]
    assert withheld(cells) == {"c"}
