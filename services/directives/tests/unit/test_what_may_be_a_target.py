"""What may be a target, and how a table of what is assigned is read."""

import pytest

from contracts.directives import IndicatorAsked, TargetAsked, TargetAssigned
from directives.domain.target import Assigned, assigned_to, check_targets
from directives.domain.target_table import read_table
from directives.problems import TargetUnfit

PERIODS = ("2024-2025", "2025-2026")


def figure(code, kind="int", **said):
    return IndicatorAsked(code=code, name=code, type=kind, unit_of_measure="học sinh", **said)


FIGURES = (
    figure("streaming.grads"),
    figure("streaming.to_gdnn"),
    figure("streaming.registered"),
    figure("study.fund", "money"),
    figure("startup.has_plan", "bool"),
    figure("streaming.rate", "ratio", numerator="streaming.to_gdnn", denominator="streaming.grads"),
)


def check(*targets, assigned=(), periods=PERIODS):
    check_targets([TargetAsked(**each) for each in targets], assigned, FIGURES, periods, where="requirements.0")


GOOD = [
    {"indicator": "streaming.rate", "kind": "policy", "value": 2000},
    {"indicator": "startup.has_plan", "kind": "policy", "value": 10_000, "periods": ("2025-2026",)},
    {"indicator": "study.fund", "kind": "policy", "value": 10**12},
    {"indicator": "streaming.to_gdnn", "kind": "assigned"},
    {"indicator": "streaming.to_gdnn", "kind": "registered", "registered_in": "streaming.registered"},
    {"indicator": "streaming.rate", "kind": "previous", "holds": "at_most"},
]


def test_the_four_kinds_stand_side_by_side() -> None:
    check(
        *GOOD, assigned=[Assigned("streaming.to_gdnn", "U-1", 5), Assigned("streaming.to_gdnn", "U-1", 6, PERIODS[1])]
    )


@pytest.mark.parametrize(
    "target",
    [
        {"indicator": "stem.lessons", "kind": "policy", "value": 1},
        {"indicator": "streaming.rate", "kind": "policy"},
        {"indicator": "streaming.rate", "kind": "policy", "value": 100_001},
        {"indicator": "streaming.rate", "kind": "policy", "value": 1, "periods": ("2030-2031",)},
        {"indicator": "streaming.rate", "kind": "assigned"},
        {"indicator": "streaming.to_gdnn", "kind": "assigned", "value": 3},
        {"indicator": "startup.has_plan", "kind": "previous"},
        {"indicator": "startup.has_plan", "kind": "registered", "registered_in": "streaming.grads"},
        {"indicator": "streaming.to_gdnn", "kind": "registered"},
        {"indicator": "streaming.to_gdnn", "kind": "registered", "registered_in": "streaming.to_gdnn"},
        {"indicator": "streaming.to_gdnn", "kind": "registered", "registered_in": "study.fund"},
        {"indicator": "streaming.to_gdnn", "kind": "previous", "registered_in": "streaming.registered"},
    ],
)
def test_what_cannot_be_compared_is_named_with_its_place(target) -> None:
    with pytest.raises(TargetUnfit):
        check(GOOD[0], target)


def test_the_same_target_twice_is_refused() -> None:
    with pytest.raises(TargetUnfit, match="stands twice"):
        check(GOOD[0], GOOD[0])


@pytest.mark.parametrize(
    "assigned",
    [
        [Assigned("streaming.grads", "U-1", 5)],
        [Assigned("streaming.to_gdnn", "U-1", 5), Assigned("streaming.to_gdnn", "U-1", 6)],
        [Assigned("streaming.to_gdnn", "U-1", 5, "2030-2031")],
    ],
)
def test_what_is_assigned_is_declared_and_assigned_once(assigned) -> None:
    with pytest.raises(TargetUnfit):
        check({"indicator": "streaming.to_gdnn", "kind": "assigned"}, assigned=assigned)


def test_a_unit_is_told_what_is_its_own_and_of_its_period() -> None:
    assigned = [Assigned("a.b", "U-1", 1), Assigned("a.b", "U-2", 2, "p-01"), Assigned("a.b", "U-2", 3, "p-02")]

    assert assigned_to(assigned, "p-01") == {
        "U-1": (TargetAssigned(indicator="a.b", value=1),),
        "U-2": (TargetAssigned(indicator="a.b", value=2, period="p-01"),),
    }
    assert len(assigned_to(assigned, "")["U-2"]) == 2


UNITS = {"U-1", "U-2"}


def read(text):
    found, faults = read_table(text, indicators={"a.b", "c.d"}, units=UNITS)
    return found, [(each.row, each.column) for each in faults]


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_a_table_is_read_however_its_cells_are_parted(separator) -> None:
    text = "\ufeffunit_id|a.b|c.d\r\nU-1|12|\r\n\r\nU-2|0|7".replace("|", separator)

    assert read(text) == ([Assigned("a.b", "U-1", 12), Assigned("a.b", "U-2", 0), Assigned("c.d", "U-2", 7)], [])


@pytest.mark.parametrize(
    ("cell", "value"), [("1.234", 1234), ("1 234 567", 1234567), ("12,000", 12000), ("1\u00a0234", 1234)]
)
def test_thousands_are_parted_as_people_part_them(cell, value) -> None:
    assert read(f"unit_id\ta.b\nU-1\t{cell}") == ([Assigned("a.b", "U-1", value)], [])


@pytest.mark.parametrize("cell", ["1.5", "-3", "nhiều", "1.2345", "٣", "1e3", "9" * 20])
def test_what_is_no_whole_number_is_a_fault_at_its_cell(cell) -> None:
    assert read(f"unit_id\ta.b\nU-1\t{cell}") == ([], [(2, "a.b")])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", (1, "unit_id")),
        ("a.b\n1", (1, "unit_id")),
        ("unit_id\tx.y\nU-1\t1", (1, "x.y")),
        ("unit_id\ta.b\ta.b\nU-1\t1\t2", (1, "unit_id")),
        ("unit_id\ta.b\nU-9\t1", (2, "unit_id")),
        ("unit_id\ta.b\nU-1\t1\nU-1\t2", (3, "unit_id")),
        ("unit_id\ta.b\nU-1\t1\t2", (2, "unit_id")),
    ],
)
def test_a_table_that_is_not_understood_assigns_nothing(text, fault) -> None:
    assert read(text) == ([], [fault])


def test_a_unit_may_stand_once_per_period() -> None:
    found, faults = read("unit_id\tperiod\ta.b\nU-1\tp-01\t1\nU-1\tp-02\t2")
    assert ([each.period for each in found], faults) == (["p-01", "p-02"], [])
