"""The board of a directive: what needs somebody first, what is found by its name without marks, whom counts count."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from directives.domain.board import IN_ORDER, Stand, board, shown

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
REPORT, FILM = UUID(int=1), UUID(int=2)


def stand(unit: str, requirement: UUID, how: str, *, is_open: bool = True, by: str = "") -> Stand:
    return Stand(UUID(int=7), requirement, unit, by or unit, NOW, is_open, how, None)


STANDS = [
    stand("Trường Đức Xuân", REPORT, "accepted"),
    stand("Trường An Lạc", REPORT, "late"),
    stand("Cụm 1", FILM, "submitted", by="Trường Đức Xuân"),
    stand("Trường Bến Đá", REPORT, "returned"),
    stand("Trường Bến Đá", FILM, "none"),
    stand("Trường Cao", REPORT, "exempt", is_open=False),
]


def names(each: Stand) -> tuple[str, str | None]:
    return each.unit_id, each.answering_unit_id if each.answering_unit_id != each.unit_id else None


def shown_on(**asked) -> list[str]:
    return [line.name for line in board(STANDS, names, **asked).lines]


@pytest.mark.parametrize(
    ("state", "answer", "days", "expected"),
    [
        ("open", "none", 1, "none"),
        ("open", "none", 0, "late"),
        ("open", "submitted", -1, "submitted"),
        ("exempt", "none", -1, "exempt"),
    ],
)
def test_only_what_is_owed_and_was_not_answered_is_late(state, answer, days, expected) -> None:
    assert shown(state, answer, NOW + timedelta(days=days), NOW) == expected


def test_those_who_need_somebody_come_first_and_everybody_is_counted() -> None:
    found = board(STANDS, names)

    assert [line.name for line in found.lines] == [
        "Trường An Lạc",
        "Trường Bến Đá",
        "Cụm 1",
        "Trường Đức Xuân",
        "Trường Cao",
    ]
    assert found.units == {"late": 1, "returned": 1, "none": 1, "submitted": 1, "accepted": 1, "exempt": 1}
    assert list(found.units) == [each for each in IN_ORDER if each in found.units]
    assert (found.everyone, found.found) == (5, 5)


def test_what_is_owed_no_more_is_counted_under_no_requirement() -> None:
    assert board(STANDS, names).counts == {
        REPORT: {"accepted": 1, "late": 1, "returned": 1},
        FILM: {"submitted": 1, "none": 1},
    }


def test_a_unit_is_found_without_marks_also_by_who_answers_for_it_and_counts_stay() -> None:
    assert shown_on(words="duc xuan") == ["Cụm 1", "Trường Đức Xuân"]
    assert shown_on(state="accepted", words="Đức") == ["Trường Đức Xuân"]
    assert shown_on(among={"Trường Cao", "Cụm 1", "Trường Khác"}) == ["Cụm 1", "Trường Cao"]
    some = board(STANDS, names, words="duc xuan")
    assert (some.found, some.everyone, some.units) == (2, 5, board(STANDS, names).units)


def test_who_is_nudged_is_exactly_who_is_behind_with_one_requirement() -> None:
    assert shown_on(behind=REPORT) == ["Trường An Lạc", "Trường Bến Đá"]
    assert shown_on(behind=REPORT, state="late") == ["Trường An Lạc"]
    assert shown_on(behind=FILM, state="returned") == [], "what was returned is of another requirement"
    # A list of those who have sent theirs is no list of people to nudge; whoever is behind on it is.
    assert shown_on(behind=FILM, state="submitted") == []
    assert shown_on(behind=FILM) == ["Trường Bến Đá"]


@pytest.mark.parametrize(("first", "begins"), [(0, 0), (1, 0), (2, 2), (5, 4), (1000, 4)])
def test_a_page_begins_where_pages_begin_and_none_is_beyond_the_last(first, begins) -> None:
    whole = shown_on()
    found = board(STANDS, names, first=first, most=2)

    assert (found.first, found.found) == (begins, 5)
    assert [line.name for line in found.lines] == whole[begins : begins + 2]


def test_of_nobody_there_is_an_empty_board() -> None:
    empty = board([], names, first=50)
    assert (empty.first, empty.found, empty.everyone, list(empty.lines)) == (0, 0, 0, [])
