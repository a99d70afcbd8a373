"""The small sums behind the figures."""

import itertools
from typing import Any

import pytest

from congvan.bench import rest
from congvan.bench.flow import BASE, DIGITS, FIGURES, Misread, School, Seen
from congvan.bench.outcome import Aim, Outcome, percentile, spread
from congvan.bench.sender import VALUE, Body, Target


def test_a_percentile_is_a_value_that_was_measured() -> None:
    ordered = [float(each) for each in range(1, 201)]

    assert [percentile(ordered, each) for each in (0, 50, 95, 99, 100)] == [1, 100, 190, 198, 200]
    assert percentile([7.0], 99) == 7
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_spread_does_not_depend_on_the_order() -> None:
    assert spread([3, 1, 2]) == spread([1, 2, 3]) == {"p50_ms": 2, "p95_ms": 3, "p99_ms": 3, "max_ms": 3}


def test_an_aim_is_met_at_its_bound_and_not_beyond() -> None:
    outcome = Outcome("x", {}, {"least": 0.3, "most": 15.01}, {"least": Aim(at_least=0.3), "most": Aim(at_most=15)})

    assert outcome.met == {"least": True, "most": False}
    assert outcome.as_json()["aims"] == {"least": {"at_least": 0.3}, "most": {"at_most": 15}}


def test_a_body_states_another_figure_and_nothing_else_changes() -> None:
    body = Body(f'{{"a": 1, "b": {VALUE}, "c": "Đề nghị"}}')

    assert body.with_value(42).decode() == '{"a": 1, "b": 42, "c": "Đề nghị"}'
    for wrong in ("{}", f"[{VALUE}, {VALUE}]"):
        with pytest.raises(ValueError, match="exactly once"):
            Body(wrong)


def _schools(count: int) -> list[School]:
    return [School(Target(str(place), "token"), place % len(FIGURES), place // len(FIGURES)) for place in range(count)]


def _answer(school: School) -> int:
    school.sent += 1
    return school.value()


def _totals(included: dict[int, int], schools: list[School]) -> dict[str, int | None]:
    """Add up what the included answers state, as the platform does."""
    totals: dict[str, int | None] = dict.fromkeys(FIGURES, 0)
    for place, value in included.items():
        figure = FIGURES[schools[place].figure]
        totals[figure] = (totals[figure] or 0) + value
    return totals


def test_totals_tell_which_answers_they_include_in_whatever_order_these_come() -> None:
    for order in itertools.permutations(range(4)):
        schools = _schools(len(FIGURES) * DIGITS)
        chosen = [0, 1, 4, len(schools) - 1]
        stated = {chosen[each]: _answer(schools[chosen[each]]) for each in order}
        included: dict[int, int] = {}
        for each in order:
            included[chosen[each]] = stated[chosen[each]]
            totals = _totals(included, schools)
            seen = {place: list(school.see(totals)) for place, school in enumerate(schools)}
            assert {place: numbers for place, numbers in seen.items() if numbers} == {chosen[each]: [1]}


def test_many_answers_of_one_school_are_told_apart_beyond_the_base() -> None:
    schools = _schools(8)
    for number in range(1, 3 * BASE):
        value = _answer(schools[5])
        assert list(schools[5].see(_totals({5: value}, schools))) == [number]


def test_answers_that_were_replaced_before_anybody_looked_count_as_seen() -> None:
    schools = _schools(1)
    for _ in range(BASE - 1):
        value = _answer(schools[0])

    assert list(schools[0].see(_totals({0: value}, schools))) == list(range(1, BASE))


def test_a_total_that_includes_more_than_was_sent_is_a_misreading() -> None:
    [school] = _schools(1)
    school.sent = 2

    with pytest.raises(Misread):
        school.see({FIGURES[0]: 3})


def test_all_figures_fit_into_what_a_figure_may_be() -> None:
    assert BASE**DIGITS <= 2**63


def test_nothing_is_seen_before_it_was_sent() -> None:
    seen = Seen(acknowledged={(0, 1): 10.0, (1, 1): 10.0}, seen={(0, 1): 10.25, (1, 1): 9.9})

    assert seen.milliseconds([(0, 1), (1, 1)]) == [250.0, 0.0]


def _report(ready_after_s: float, mib: int) -> dict[str, Any]:
    row = {"rss_bytes": mib << 20, "pss_bytes": mib << 19, "cpu_share": 0.01}
    totals = {"rss_bytes": 2 * mib << 20, "pss_bytes": mib << 20, "cpu_s": 1.0}
    return {"ready_after_s": ready_after_s, "programs": {"nats": row, "house": row}, "totals": totals}


@pytest.mark.parametrize(
    ("cold", "warm", "met"),
    [((40.0, 512), (15.0, 400), (True, True)), ((9.0, 400), (15.1, 513), (False, False))],
)
def test_rest_is_judged_by_the_larger_size_and_the_warm_start(
    cold: tuple[float, int], warm: tuple[float, int], met: tuple[bool, bool]
) -> None:
    outcome = rest.outcome(_report(*cold), _report(*warm), 10.0)

    assert outcome.met == dict(zip(("rss_gib", "warm_start_s"), met, strict=True))
    assert outcome.figures["cold"]["programs"]["nats"]["rss_bytes"] == cold[1] << 20
    assert outcome.figures["warm"]["cpu_share"] == 0.02
