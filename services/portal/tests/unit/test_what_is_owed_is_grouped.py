"""What a unit owes, under the headings people look for."""

from datetime import datetime, timedelta

from chassis.clock import VIETNAM
from portal import owing
from portal.words import words_in

NOW = datetime(2026, 11, 22, 9, tzinfo=VIETNAM)


def owed(number: int, due_at: datetime, answer_state: str = "none", state: str = "open") -> dict:
    return {
        "directive_id": "d",
        "obligation_id": f"o{number}",
        "title": f"việc {number}",
        "code": "761/SGDĐT-GDPT",
        "kind": "report",
        "issuer_unit_id": "U-SGD",
        "unit_id": "U-1",
        "answering_unit_id": "U-1",
        "due_at": due_at.isoformat(),
        "due_phrase": "trước ngày",
        "answer_state": answer_state,
        "state": state,
    }


def grouped(*told: dict) -> dict[str, list[str]]:
    tasks = [owing.task(each, NOW) for each in told]
    return {
        group.heading: [task.obligation_id for task in group.tasks]
        for group in owing.groups(tasks, NOW, words_in("vi"))
    }


def test_the_nearest_deadline_comes_first_and_what_is_done_comes_last() -> None:
    assert grouped(
        owed(1, NOW + timedelta(days=30)),
        owed(2, NOW + timedelta(days=3)),
        owed(3, NOW - timedelta(days=2)),
        owed(4, NOW - timedelta(days=9), "accepted"),
        owed(5, NOW + timedelta(days=1), "submitted"),
        owed(6, NOW + timedelta(days=1), "returned"),
        owed(7, NOW + timedelta(days=1), state="exempt"),
        owed(8, NOW - timedelta(days=8), "returned"),
    ) == {
        "Quá hạn": ["o8", "o3"],
        "Trong 7 ngày": ["o6", "o2"],
        "Tháng 12/2026": ["o1"],
        "Đã gửi, chờ duyệt": ["o5"],
        "Đã xong": ["o4", "o7"],
    }


def test_a_deadline_at_midnight_belongs_to_the_month_it_ends() -> None:
    assert list(grouped(owed(1, datetime(2027, 1, 1, tzinfo=VIETNAM)))) == ["Tháng 12/2026"]


def test_what_two_of_our_units_share_is_shown_once() -> None:
    twice = owed(1, NOW + timedelta(days=1))

    assert grouped(twice, twice) == {"Trong 7 ngày": ["o1"]}


def test_a_state_nobody_has_heard_of_is_shown_as_it_is() -> None:
    task = owing.task(owed(1, NOW, state="dormant"), NOW)

    assert (task.state, words_in("vi").one_of("state", task.state)) == ("dormant", "dormant")


def test_late_is_what_nobody_has_answered_in_time() -> None:
    past = NOW - timedelta(minutes=1)

    assert [owing.state_of(owed(1, past, answer), NOW) for answer in ("none", "submitted", "returned", "accepted")] == [
        "late",
        "submitted",
        "returned",
        "accepted",
    ]


def test_a_return_says_each_of_its_reasons_once_and_only_while_it_lasts() -> None:
    review = {
        "reason": "Xem lại.",
        "fields": [{"field": "a", "reason": "Đếm lại."}, {"field": "b", "reason": "Đếm lại."}],
    }
    returned = {"state": "returned", "versions": [{"review": None}, {"review": review}]}

    assert owing.reasons(returned) == ["Xem lại.", "Đếm lại."]
    assert owing.reasons(returned | {"state": "submitted"}) == []
    assert owing.reasons(None) == []
