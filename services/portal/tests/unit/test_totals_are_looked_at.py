"""Totals as people look at them: figures, the tree, charts."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import VIETNAM
from portal import summing

ASKED = {
    "indicators": [
        {"code": "a.lessons", "name": "Số bài", "type": "int", "unit_of_measure": "bài"},
        {"code": "a.does", "name": "Có làm", "type": "bool", "unit_of_measure": "trường"},
        {"code": "a.share", "name": "Tỷ lệ", "type": "ratio", "unit_of_measure": "%"},
    ]
}
NOW = datetime(2026, 12, 20, 9, tzinfo=VIETNAM)


def total(unit, lessons, *, reported=1, due=1, name=None, relation="reporting"):
    return {
        "unit_id": unit, "name": name or unit, "relation": relation, "units_reported": reported, "units_due": due,
        "totals": {"a.lessons": lessons, "a.does": reported}, "marks": {},
        "ratios": {"a.share": {"numerator": 1, "denominator": 4}}, "targets": [],
    }  # fmt: skip


def unit(unit_id, parent):
    return {"unit_id": unit_id, "reporting_parent_id": parent}


def came(day, due="2026-12-14T00:00:00+07:00"):
    return {"submitted_at": day and f"{day}T10:00:00+07:00", "due_at": due}


def test_each_unit_stands_below_the_one_it_reports_to_and_clusters_do_not():
    rows = summing.rows(
        ASKED,
        [
            *(total("S2", 1, name="Ấp"), total("S1", 2, name="Bến"), total("C", 3), total("P", 3)),
            total("K", 9, relation="cluster"),
        ],
        [unit("S1", "C"), unit("S2", "C"), unit("C", "P"), unit("P", None)],
    )  # fmt: skip

    assert [(row.unit_id, row.depth) for row in rows] == [("P", 0), ("C", 1), ("S2", 2), ("S1", 2)]


def test_a_reader_of_a_part_sees_the_part_as_the_whole():
    rows = summing.rows(ASKED, [total("S1", 2), total("C", 2)], [unit("S1", "C"), unit("C", "P")])

    assert [(row.unit_id, row.depth) for row in rows] == [("C", 0), ("S1", 1)]
    assert summing.whole([total("S1", 2), total("C", 2, due=3)], "P")["unit_id"] == "C"


def test_a_ratio_is_sum_over_sum_and_a_yes_is_of_those_who_reported():
    lessons, does, share = summing.figures(ASKED, total("P", None, reported=3))

    assert (lessons.value, lessons.share) == (None, None)
    assert (does.value, does.of, does.share) == (3, 3, 1.0)
    assert (share.value, share.of, share.share) == (1, 4, 0.25)


def test_a_figure_beside_its_target_says_what_is_missing():
    told = {
        "indicator": "a.lessons",
        "kind": "policy",
        "holds": "at_least",
        "target": 40,
        "variance": -10,
        "missing": 10,
    }

    [aim] = summing.aims(ASKED, {"targets": [told, {**told, "target": None}]})

    assert (aim.value, aim.missing, aim.filled, aim.tick) == (30, 10, 360.0, 480.0)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_every_unit_is_in_exactly_one_column(values):
    rows = summing.rows(
        ASKED,
        [total(f"S{place}", value) for place, value in enumerate(values)],
        [unit(f"S{n}", None) for n in range(60)],
    )

    columns = summing.columns(rows, "a.lessons")

    assert sum(each.units for each in columns) == len(values)
    assert len(columns) <= summing.MOST_COLUMNS
    for each in columns:
        assert each.units == sum(each.least <= value <= each.most for value in values)


def test_what_came_is_counted_by_day_and_nothing_is_drawn_before_anything_has():
    told = [came("2026-12-10"), came("2026-12-10"), came("2026-12-13"), came(None)]

    line = summing.line(told, NOW)

    assert [(each.day.day, each.count) for each in line.days] == [(10, 2), (13, 3)]
    assert line.everyone == 4
    assert line.due_x == 480.0
    assert summing.line([came(None)], NOW) is None


@given(st.lists(st.none() | st.integers(0, 10**9), min_size=2, max_size=6))
def test_a_figure_over_the_periods_is_drawn_as_it_is(values):
    tallies = {f"20{place}": value if value is None else {"totals": {"a": value}} for place, value in enumerate(values)}

    bars = summing.across(tallies, "a")

    known = [value for value in values if value is not None]
    assert [each.value for each in bars] == (values if len(known) > 1 else [])
    for before, bar in zip([None, *bars], bars, strict=False):
        assert 0 <= bar.y <= summing.HIGH
        assert abs(bar.y + bar.height - summing.HIGH) < 0.2
        is_compared = before is not None and bar.value is not None and before.value
        assert (bar.change is not None) == bool(is_compared)


def test_a_period_is_shown_with_those_before_it():
    periods = [f"20{year}" for year in range(10, 20)]

    assert summing.periods_beside(periods, "2019") == periods[-summing.MOST_PERIODS :]
    assert summing.periods_beside(periods, "2011") == periods[: summing.MOST_PERIODS]
    assert summing.periods_beside(periods, "-") == []
