"""What a unit passes on begins as the directive above: what was chosen, for its own schools, earlier."""

from datetime import date, datetime

from chassis.clock import VIETNAM
from portal import passing_on, tracking

ABOVE = {
    "directive_id": "d1",
    "code": "761/SGDĐT-GDPT",
    "subject": "V/v STEM",
    "body": "Nội dung.",
    "requirements": [
        {"requirement_id": "r1", "kind": "report", "title": "Báo cáo", "frequency": None, "as_of": "2026-11-01",
         "periods": ["2025-2026"], "indicators": [], "media": None, "answering": {"is_consolidated": True},
         "audience": {"include": ["U-X"]}},
        {"requirement_id": "r2", "kind": "video", "title": "Phim", "frequency": None, "as_of": "2026-11-01"},
        {"requirement_id": "r3", "kind": "registration", "title": "Cử người", "frequency": None, "as_of": "2026-11-01"},
        {"requirement_id": "r4", "kind": "report", "title": "Hằng tháng", "frequency": {}, "as_of": "2026-11-01"},
    ],
}  # fmt: skip


def test_what_was_chosen_is_asked_of_ones_own_schools_and_how_one_answers_oneself_is_left_out() -> None:
    body = passing_on.draft(
        ABOVE, ["r1", "r3", "r4"], issuer="U-1", units=["U-2"], last_day=date(2026, 12, 7), addition="Thêm."
    )

    [asked] = body["requirements"]
    assert (asked["passes_on"], asked["audience"], asked["periods"]) == (
        "r1",
        {"unit_types": [], "include": ["U-2"]},
        ["2025-2026"],
    )
    assert (asked["due_at"], asked["due_phrase"]) == ("2026-12-08T00:00:00+07:00", "hết ngày 07/12/2026")
    assert "answering" not in asked
    assert body["body"].split("\n\n") == ["Triển khai văn bản số 761/SGDĐT-GDPT V/v STEM.", "Thêm.", "Nội dung."]
    assert body["relations"] == [{"kind": "cascades", "directive_id": "d1"}]


def test_some_days_before_ones_own_deadline_are_proposed_and_never_a_day_past() -> None:
    due_at = datetime(2026, 12, 13, tzinfo=VIETNAM)

    assert passing_on.proposed_day([due_at], date(2026, 11, 20)) == date(2026, 12, 7)
    assert passing_on.proposed_day([due_at], date(2026, 12, 10)) == date(2026, 12, 10)
    assert passing_on.proposed_day([], date(2026, 12, 10)) == date(2026, 12, 10)


def test_a_letter_waits_for_whom_its_state_is_for_the_longest_first() -> None:
    told = [
        {"state": state, "code": place} for place, state in enumerate(("signed", "submitted", "issued", "submitted"))
    ]

    assert [each["code"] for each in tracking.waiting_for(told, [("U-1", "leader")])] == [3, 1]
    assert [each["code"] for each in tracking.waiting_for(told, [("U-1", "clerk"), ("U-1", "viewer")])] == [0]
    assert tracking.waiting_for(told, [("U-1", "reporter")]) == []
