"""A unit adds up its own figures and those of the units below it, as the tree is on one of the days that count."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from submissions.domain.consolidated import Consolidated, Part
from submissions.domain.own_units import days_of, faults_of, units_in

ABOVE = {
    "COMMUNE": {"COMMUNE", "DEPARTMENT"},
    "TH-1": {"TH-1", "COMMUNE", "DEPARTMENT"},
    "TH-2": {"TH-2", "OTHER", "DEPARTMENT"},
}
FIGURES = [
    Consolidated("stem.lessons", "2025-2026", (Part("TH-1", 3), Part("TH-2", 4))),
    Consolidated("stem.clubs", "2025-2026", (Part("COMMUNE", 1), Part("DEPARTMENT", 2), Part("TH-9", 3))),
]


def test_only_what_stands_below_is_a_units_own() -> None:
    faults = [(each.where, each.indicator) for each in faults_of("COMMUNE", FIGURES, ABOVE)]

    assert faults == [
        ("consolidates[0].parts[1]", "stem.lessons"),
        ("consolidates[1].parts[1]", "stem.clubs"),
        ("consolidates[1].parts[2]", "stem.clubs"),
    ]
    assert list(faults_of("DEPARTMENT", FIGURES, ABOVE)) == [], "of a unit that is not known nothing is said"
    assert units_in(FIGURES) == {"TH-1", "TH-2", "TH-9", "COMMUNE", "DEPARTMENT"}


def test_the_days_are_those_of_the_province() -> None:
    requirement = SimpleNamespace(as_of=date(2026, 5, 31))
    obligation = SimpleNamespace(due_at=datetime(2026, 6, 10, 18, tzinfo=UTC))

    assert days_of(obligation, requirement, datetime(2026, 6, 1, tzinfo=UTC)) == {
        date(2026, 5, 31),
        date(2026, 6, 11),
        date(2026, 6, 1),
    }
