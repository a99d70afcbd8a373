"""The board of a directive: what needs somebody first, what is found by its name without marks, bars that add up."""

from datetime import datetime, timedelta

from chassis.clock import VIETNAM
from portal import tracking
from portal.doorkeeping import Form
from portal.pages.directives import issue_of, overdue_count

NOW = datetime(2026, 11, 22, 9, tzinfo=VIETNAM)
DIRECTIVE = {
    "requirements": [
        {"requirement_id": "r1", "title": "Báo cáo", "due_at": NOW.isoformat()},
        {"requirement_id": "r2", "title": "Video", "due_at": NOW.isoformat()},
    ]
}


def owed(unit: str, requirement: str, answer: str, *, days: int = 5, state: str = "open", by: str = "") -> dict:
    return {
        "obligation_id": f"{unit}-{requirement}",
        "requirement_id": requirement,
        "unit_id": unit,
        "name": unit,
        "answering_unit_id": by or unit,
        "answering_name": by or unit,
        "due_at": (NOW + timedelta(days=days)).isoformat(),
        "answer_state": answer,
        "state": state,
        "period": None,
    }


OWED = [
    owed("Trường Đức Xuân", "r1", "accepted"),
    owed("Trường An Lạc", "r1", "none", days=-1),
    owed("Cụm 1", "r2", "submitted", by="Trường Đức Xuân"),
    owed("Trường Bến Đá", "r1", "returned"),
    owed("Trường Cao", "r1", "none", state="exempt"),
]


def test_those_who_need_somebody_come_first() -> None:
    lines = tracking.lines(DIRECTIVE, OWED, NOW)

    assert [line.name for line in lines] == ["Trường An Lạc", "Trường Bến Đá", "Cụm 1", "Trường Đức Xuân", "Trường Cao"]
    assert tracking.counts_of(lines) == {"late": 1, "returned": 1, "submitted": 1, "accepted": 1, "exempt": 1}


def test_a_unit_is_found_without_marks_also_by_who_answers_for_it() -> None:
    lines = tracking.lines(DIRECTIVE, OWED, NOW)

    assert [line.name for line in tracking.chosen(lines, state="", words="duc xuan")] == ["Cụm 1", "Trường Đức Xuân"]
    assert [line.name for line in tracking.chosen(lines, state="accepted", words="Đức")] == ["Trường Đức Xuân"]


def test_who_is_nudged_is_exactly_who_is_behind_with_one_requirement() -> None:
    lines = tracking.lines(DIRECTIVE, OWED, NOW)

    assert [line.name for line in tracking.behind(lines, 0, "")] == ["Trường An Lạc", "Trường Bến Đá"]
    assert [line.name for line in tracking.behind(lines, 0, "late")] == ["Trường An Lạc"]
    # A list of those who have sent theirs is no list of people to nudge; whoever is behind on it is.
    assert [line.name for line in tracking.behind(lines, 0, "accepted")] == ["Trường An Lạc", "Trường Bến Đá"]
    assert tracking.behind(lines, 1, "") == []


def test_what_is_owed_no_more_is_counted_nowhere_and_bars_are_full() -> None:
    reports, films = tracking.columns(DIRECTIVE, OWED, NOW)

    assert (reports.owed, reports.sent, reports.accepted) == (3, 1, 1)
    assert (films.owed, films.sent, films.accepted) == (1, 1, 0)
    assert abs(sum(each.width for each in reports.bar) - tracking.WIDTH) < 0.1
    assert tracking.bar({}) == ()


def test_what_is_overdue_already_is_issued_only_when_somebody_says_so() -> None:
    now = datetime(2026, 12, 1, 8, tzinfo=VIETNAM)
    due = {"past": "2026-11-30T00:00:00+07:00", "to come": "2026-12-02T00:00:00+07:00"}
    asked = [{"due_at": due[each], "same_as": same_as} for each, same_as in
             [("past", None), ("to come", None), ("past", "an earlier one")]]  # fmt: skip

    assert overdue_count({"requirements": asked}, now) == 1
    assert issue_of(Form([]), now) == {"issued_on": "2026-12-01", "although_overdue": False}
    said = Form([("issued_on", "2026-12-02"), ("although_overdue", "yes")])
    assert issue_of(said, now) == {"issued_on": "2026-12-02", "although_overdue": True}


def test_a_list_is_narrowed_to_a_unit_and_all_that_report_to_it() -> None:
    units = [{"unit_id": unit, "reporting_parent_id": above} for unit, above in (("P", None), ("C", "P"), ("S", "C"))]
    round_about = [{"unit_id": "A", "reporting_parent_id": "B"}, {"unit_id": "B", "reporting_parent_id": "A"}]

    assert tracking.below(units, "P") == {"P", "C", "S"}
    assert tracking.below(units, "C") == {"C", "S"}
    assert tracking.below(round_about, "A") == {"A", "B"}
    found = [tracking.Line(unit, unit, None, ()) for unit in "PCS"]
    assert [line.name for line in tracking.chosen(found, state="", words="", among={"C", "S"})] == ["C", "S"]
