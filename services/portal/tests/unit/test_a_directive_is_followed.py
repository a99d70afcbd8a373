"""The board of a directive: each state under its requirement, bars that add up."""

from datetime import datetime

from chassis.clock import VIETNAM
from portal import tracking
from portal.doorkeeping import Form
from portal.pages.board import LONGEST_WORDS, asked_of_board
from portal.pages.directives import issue_of, overdue_count

NOW = datetime(2026, 11, 22, 9, tzinfo=VIETNAM)
DIRECTIVE = {
    "requirements": [
        {"requirement_id": "r1", "title": "Báo cáo", "due_at": NOW.isoformat()},
        {"requirement_id": "r2", "title": "Video", "due_at": NOW.isoformat()},
    ]
}


def stand(requirement: str, shown: str, period: str | None = None) -> dict:
    return {
        "obligation_id": f"{requirement}-{shown}",
        "requirement_id": requirement,
        "due_at": NOW.isoformat(),
        "shown": shown,
        "period": period,
    }


def test_what_a_unit_owes_stands_under_the_requirement_it_is_of() -> None:
    told = [
        {"unit_id": "U-1", "name": "Cụm 1", "answering_name": "Trường An Lạc", "stands": [stand("r2", "submitted")]},
        {
            "unit_id": "U-2",
            "name": "Trường Bến Đá",
            "answering_name": None,
            "stands": [stand("r2", "late"), stand("r1", "none", "T9"), stand("r1", "accepted", "T10")],
        },
    ]

    cluster, school = tracking.lines(DIRECTIVE, told)

    assert (cluster.name, cluster.answering_name, cluster.cells[0]) == ("Cụm 1", "Trường An Lạc", ())
    assert [[(each.state, each.period) for each in cells] for cells in school.cells] == [
        [("none", "T9"), ("accepted", "T10")],
        [("late", None)],
    ]


def test_what_is_counted_adds_up_and_bars_are_full() -> None:
    counts = {"r1": {"accepted": 1, "submitted": 2, "late": 1, "none": 3}}
    reports, films = tracking.columns(DIRECTIVE, counts)

    assert (reports.owed, reports.sent, reports.accepted) == (7, 3, 1)
    assert (films.owed, films.sent, films.accepted, films.bar) == (0, 0, 0, ())
    assert abs(sum(each.width for each in reports.bar) - tracking.WIDTH) < 0.1
    assert tracking.bar({}) == ()


def test_a_board_is_asked_for_what_it_knows() -> None:
    assert asked_of_board("late", "Đức", "U-1") == {"state": "late", "words": "Đức", "under": "U-1"}
    assert asked_of_board("draft", "", "") == {}
    assert len(asked_of_board("", "x" * 500, "")["words"]) == LONGEST_WORDS


def test_what_is_overdue_already_is_issued_only_when_somebody_says_so() -> None:
    now = datetime(2026, 12, 1, 8, tzinfo=VIETNAM)
    due = {"past": "2026-11-30T00:00:00+07:00", "to come": "2026-12-02T00:00:00+07:00"}
    asked = [{"due_at": due[each], "same_as": same_as} for each, same_as in
             [("past", None), ("to come", None), ("past", "an earlier one")]]  # fmt: skip

    assert overdue_count({"requirements": asked}, now) == 1
    assert issue_of(Form([]), now) == {"issued_on": "2026-12-01", "although_overdue": False}
    said = Form([("issued_on", "2026-12-02"), ("although_overdue", "yes")])
    assert issue_of(said, now) == {"issued_on": "2026-12-02", "although_overdue": True}
