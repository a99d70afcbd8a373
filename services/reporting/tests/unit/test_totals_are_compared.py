"""A total stands beside its target: what a policy asks, what was assigned or registered, the period before."""

from datetime import date

import pytest

from chassis.transaction import new_id
from reporting.domain import Ratio, Requirement, Tally, Target
from reporting.domain.targets import compared

RATE = Ratio("streaming.gdnn_rate", "streaming.to_gdnn", "streaming.grads")


def required(*targets):
    return Requirement(
        requirement_id=new_id(),
        version=1,
        directive_id=new_id(),
        issuer_unit_id="U-SO",
        kind="report",
        as_of=date(2026, 5, 31),
        periods=("2024-2025", "2025-2026"),
        indicators=("streaming.to_gdnn", "streaming.grads", "startup.has_plan"),
        ratios=(RATE,),
        bools=("startup.has_plan",),
        targets=targets,
    )


def target(indicator, kind="policy", holds="at_least", value=None, registered_in=None, periods=()):
    return Target(indicator, kind, holds, value, registered_in, periods)


def beside(tally, *targets, before=None, period="2025-2026"):
    found = compared(required(*targets), tally, period, before)
    return [(each.target, each.variance, each.missing) for each in found]


STREAMING = Tally(28, 28, {"streaming.to_gdnn": 888, "streaming.grads": 5027})


def test_the_policy_of_the_province_is_missed_by_118_pupils() -> None:
    assert beside(STREAMING, target("streaming.gdnn_rate", value=2000)) == [(1006, -118, 118)]


def test_seven_schools_of_41_have_no_plan() -> None:
    assert beside(Tally(41, 41, {"startup.has_plan": 34}), target("startup.has_plan", value=10_000)) == [(41, -7, 7)]


def test_what_is_reached_is_short_of_nothing() -> None:
    assert beside(STREAMING, target("streaming.gdnn_rate", value=1000)) == [(503, 385, 0)]


@pytest.mark.parametrize(("total", "missing"), [(0, 0), (3, 3)])
def test_at_most_so_many_counts_what_is_over(total, missing) -> None:
    none_at_all = target("streaming.to_gdnn", holds="at_most", value=0)
    assert beside(Tally(5, 5, {"streaming.to_gdnn": total}), none_at_all) == [(0, total, missing)]


def test_a_figure_each_unit_is_to_reach_adds_up_over_those_who_owe() -> None:
    assert beside(Tally(4, 3, {"streaming.to_gdnn": 7}), target("streaming.to_gdnn", value=2)) == [(8, -1, 1)]


def test_what_was_assigned_is_the_sum_of_what_each_was_assigned() -> None:
    tally = Tally(2, 1, {"streaming.to_gdnn": 7}, {"streaming.to_gdnn": 10})
    assert beside(tally, target("streaming.to_gdnn", "assigned")) == [(10, -3, 3)]
    assert beside(Tally(2, 1), target("streaming.to_gdnn", "assigned")) == [(None, None, None)]


def test_what_was_registered_is_the_sum_of_what_units_stated() -> None:
    tally = Tally(2, 2, {"streaming.to_gdnn": 7, "streaming.grads": 9})
    assert beside(tally, target("streaming.to_gdnn", "registered", registered_in="streaming.grads")) == [(9, -2, 2)]


def test_the_period_before_is_a_target_as_far_as_anybody_reported_in_it() -> None:
    before = Tally(3, 3, {"streaming.to_gdnn": 100, "streaming.grads": 400})
    now = Tally(3, 3, {"streaming.to_gdnn": 90, "streaming.grads": 500})
    assert beside(now, target("streaming.to_gdnn", "previous"), before=before) == [(100, -10, 10)]
    # A quarter of those who left then; a quarter of 500 now.
    assert beside(now, target("streaming.gdnn_rate", "previous"), before=before) == [(125, -35, 35)]
    assert beside(now, target("streaming.to_gdnn", "previous"), before=Tally(3)) == [(None, None, None)]
    assert beside(now, target("streaming.to_gdnn", "previous")) == [(None, None, None)]


def test_nobody_is_short_of_anything_before_anybody_has_reported() -> None:
    """Blank is not zero; what is set for all stands beside it all the same."""
    assert beside(Tally(41), target("startup.has_plan", value=10_000)) == [(41, None, None)]
    assert beside(Tally(41), target("streaming.gdnn_rate", value=2000)) == [(None, None, None)]


def test_a_target_of_one_period_is_no_target_of_another() -> None:
    of_last_year = target("streaming.gdnn_rate", value=2000, periods=["2024-2025"])
    assert beside(STREAMING, of_last_year) == []
    assert beside(STREAMING, of_last_year, period="2024-2025") == [(1006, -118, 118)]
