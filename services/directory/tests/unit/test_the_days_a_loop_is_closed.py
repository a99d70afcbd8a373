"""Nobody may stand above themselves, on any day."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.domain.cycles import Edge, find_cycles
from directory.domain.days import holds_on


def day(number):
    return date(2026, 1, number)


def edge(unit_id, parent_id, first=1, last=None):
    return Edge(unit_id, parent_id, day(first), None if last is None else day(last))


def test_a_tree_has_no_loop():
    assert find_cycles([edge("school", "commune"), edge("commune", "department"), edge("other", "commune")]) == []


def test_a_diamond_is_no_loop():
    assert find_cycles([edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d")]) == []


def test_a_loop_is_told_with_its_edges_and_the_day_it_closes():
    ring = [edge("a", "b"), edge("b", "c", first=3), edge("c", "a", first=2)]

    [cycle] = find_cycles([*ring, edge("x", "a"), edge("c", "y")])

    assert set(cycle.edges) == set(ring)
    assert cycle.day == day(3)
    assert all(one.parent_id == next_.unit_id for one, next_ in zip(cycle.edges, cycle.edges[1:], strict=False))


def test_edges_that_never_hold_on_the_same_day_are_no_loop():
    assert find_cycles([edge("a", "b", 1, 4), edge("b", "a", 5)]) == []


def test_edges_that_share_one_day_are_a_loop():
    [cycle] = find_cycles([edge("a", "b", 1, 5), edge("b", "a", 5)])

    assert cycle.day == day(5)


def test_whoever_stands_above_themselves_is_a_loop():
    assert len(find_cycles([edge("a", "a")])) == 1


def test_a_long_line_is_searched_without_recursion():
    line = [edge(f"u{number}", f"u{number + 1}") for number in range(20_000)]

    assert find_cycles(line) == []
    assert len(find_cycles([*line, edge("u20000", "u0")])) == 1


_nodes = st.sampled_from("abcde")
_days = st.integers(1, 6)


@st.composite
def edges(draw):
    first = draw(_days)
    return edge(draw(_nodes), draw(_nodes), first, draw(st.none() | st.integers(first, 7)))


def reaches(graph, start):
    seen, waiting = set(), [each.parent_id for each in graph if each.unit_id == start]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [each.parent_id for each in graph if each.unit_id == node]
    return seen


@settings(deadline=None)
@given(st.lists(edges(), max_size=12))
def test_a_loop_is_found_exactly_when_somebody_can_reach_themselves_on_some_day(graph):
    closed = [
        number
        for number in range(1, 8)
        for on_day in [[each for each in graph if holds_on(each.valid_from, each.valid_to, day(number))]]
        if any(node in reaches(on_day, node) for node in "abcde")
    ]

    assert bool(find_cycles(graph)) == bool(closed)


@pytest.mark.parametrize("repeated", [1, 3])
def test_a_loop_that_stays_closed_is_told_once(repeated):
    later = [edge("x", "y", first=number + 4) for number in range(repeated)]

    assert len(find_cycles([edge("a", "b"), edge("b", "a"), *later])) == 1
