"""A part of a figure that names a version is what that version states of it, over all levels."""

import pytest

from chassis.transaction import new_id
from submissions.domain.answer import Stated
from submissions.domain.consolidated import Consolidated, Part
from submissions.domain.quoted import Quoted, agreement, faults_of, sources_in

SENT = new_id()
STATED = [
    Stated("stem.lessons", "2025-2026", 5, "primary"),
    Stated("stem.lessons", "2025-2026", 7, "lower_secondary"),
    Stated("stem.lessons", "2024-2025", 100),
    Stated("stem.school", "2025-2026", True),
]


def quoted(**changes) -> dict:
    return {(SENT, 2): Quoted(**{"unit_id": "TH-1", "is_newest": True, "is_nil": False, "stated": STATED, **changes})}


def figure(part: Part, indicator: str = "stem.lessons") -> Consolidated:
    return Consolidated(indicator, "2025-2026", (part,))


@pytest.mark.parametrize(
    ("part", "indicator", "changes", "said"),
    [
        (Part("TH-1", 12, SENT, 2), "stem.lessons", {}, "agrees"),
        (Part("TH-1", 12, SENT, 2), "stem.lessons", {"is_newest": False}, "replaced"),
        (Part("TH-1", 5, SENT, 2), "stem.lessons", {}, "differs"),
        (Part("TH-2", 12, SENT, 2), "stem.lessons", {}, "differs"),
        (Part("TH-1", 1, SENT, 2), "stem.school", {}, "agrees"),
        (Part("TH-1", 0, SENT, 2), "stem.other", {}, "differs"),
        (Part("TH-1", 0, SENT, 2), "stem.lessons", {"is_nil": True, "stated": []}, "agrees"),
        (Part("TH-1", 12, SENT, 1), "stem.lessons", {}, None),
        (Part("TH-1", 12), "stem.lessons", {}, None),
    ],
    ids=["levels", "replaced", "one level", "another unit", "yes", "not stated", "nil", "not seen", "not named"],
)
def test_what_is_said_of_a_part(part, indicator, changes, said) -> None:
    of = figure(part, indicator)

    assert agreement(of, part, quoted(**changes)) == said
    assert len(list(faults_of([of], quoted(**changes)))) == (said == "differs")


def test_a_version_is_looked_up_once() -> None:
    part = Part("TH-1", 12, SENT, 2)

    assert sources_in([figure(part), figure(part, "stem.school"), figure(Part("TH-2", 3))]) == {(SENT, 2)}
