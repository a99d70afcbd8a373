"""A deadline as offices write it becomes one instant on Vietnam's clock, or is said to be unreadable."""

from datetime import UTC, date, datetime

import pytest

from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from directives.domain.deadline import last_day, read, words
from directives.problems import DuePhraseUnreadable

ISSUED_ON = date(2026, 11, 20)
HOLIDAY = SpecialDay(date(2026, 11, 24), "holiday", "Ngày Văn hóa Việt Nam")
CALENDAR = WorkingCalendar([YearOfDays(2026, 1, (HOLIDAY,))])


def reading(phrase, issued_on=ISSUED_ON):
    return read(phrase, issued_on=issued_on, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("phrase", "semantics", "due_at", "shown"),
    [
        ("trước ngày 31/3/2023", "before_date", "2023-03-31T00:00", "24:00 ngày 30/3/2023"),
        ("trước ngày 14/12/2026", "before_date", "2026-12-14T00:00", "24:00 ngày 13/12/2026"),
        ("Trước ngày 08 tháng 10 năm 2026", "before_date", "2026-10-08T00:00", "24:00 ngày 7/10/2026"),
        ("trước ngày 01/01/2027", "before_date", "2027-01-01T00:00", "24:00 ngày 31/12/2026"),
        ("trước 17h00 ngày 31/3/2023", "at_time", "2023-03-31T17:00", "17:00 ngày 31/3/2023"),
        ("trước 17 giờ 30 phút, ngày 31/3/2023", "at_time", "2023-03-31T17:30", "17:30 ngày 31/3/2023"),
        ("trước 11 giờ ngày 31-3-2023", "at_time", "2023-03-31T11:00", "11:00 ngày 31/3/2023"),
        ("trước 24h00 ngày 31/3/2023", "at_time", "2023-04-01T00:00", "24:00 ngày 31/3/2023"),
        ("chậm nhất ngày 31.3.2023", "by_end_of_date", "2023-04-01T00:00", "24:00 ngày 31/3/2023"),
        ("đến hết ngày 28/2/2027", "by_end_of_date", "2027-03-01T00:00", "24:00 ngày 28/2/2027"),
        ("chậm nhất là 16 giờ ngày 05/12/2026", "at_time", "2026-12-05T16:00", "16:00 ngày 5/12/2026"),
        ("31/3/2023", "by_end_of_date", "2023-04-01T00:00", "24:00 ngày 31/3/2023"),
        ("hết tháng 12/2026", "by_end_of_date", "2027-01-01T00:00", "24:00 ngày 31/12/2026"),
        ("trong tháng 02 năm 2028", "by_end_of_date", "2028-03-01T00:00", "24:00 ngày 29/2/2028"),
        ("trước tháng 4/2027", "before_date", "2027-04-01T00:00", "24:00 ngày 31/3/2027"),
        ("gửi về Sở trước ngày 14/12/2026 để tổng hợp", "before_date", "2026-12-14T00:00", "24:00 ngày 13/12/2026"),
        ("01 ngày làm việc kể từ ngày nhận văn bản", "by_end_of_date", "2026-11-24T00:00", "24:00 ngày 23/11/2026"),
        ("02 ngày làm việc kể từ ngày ban hành", "by_end_of_date", "2026-11-26T00:00", "24:00 ngày 25/11/2026"),
        ("trong 3 ngày làm việc, kể từ 23/11/2026", "by_end_of_date", "2026-11-28T00:00", "24:00 ngày 27/11/2026"),
        ("10 ngày kể từ ngày ký", "by_end_of_date", "2026-12-01T00:00", "24:00 ngày 30/11/2026"),
        ("8 ngày kể từ ngày ký", "by_end_of_date", "2026-12-01T00:00", "24:00 ngày 30/11/2026"),
    ],
)  # fmt: skip
def test_a_deadline_is_read_as_it_is_meant(phrase, semantics, due_at, shown) -> None:
    found = reading(phrase)

    assert (found.semantics, found.due_at.isoformat()) == (semantics, f"{due_at}:00+07:00")
    assert words(found.due_at)[0] == f"Hạn: {shown}"
    assert not found.is_year_assumed


def test_letters_composed_of_parts_read_the_same() -> None:
    assert reading("tru\u031bo\u031b\u0301c nga\u0300y 14/12/2026") == reading("trước ngày 14/12/2026")


@pytest.mark.parametrize(
    ("issued_on", "year"), [(date(2023, 3, 1), 2023), (date(2023, 3, 31), 2023), (date(2023, 4, 1), 2024)]
)
def test_without_a_year_it_is_the_next_such_day_and_says_so(issued_on, year) -> None:
    found = reading("trước ngày 31/3", issued_on)
    assert (found.due_at.year, found.is_year_assumed) == (year, True)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "sớm nhất có thể",
        "trước ngày khai giảng",
        "trước ngày 31/2/2023",
        "trước ngày 0/3/2023",
        "trước 25 giờ ngày 31/3/2023",
        "trước ngày 31/3/9999",
        "trước ngày 1/1/0001",
        "hết tháng 13/2026",
        "tháng 3",
        "đến hết ngày 29/2",
        "999 ngày",
        "trước ngày 1/12/2026, các trường trước ngày 2/12/2026",
        "ngày 31/3/2023 sẽ tổ chức hội thảo",
    ],
)
def test_what_is_no_deadline_is_not_guessed(phrase) -> None:
    with pytest.raises(DuePhraseUnreadable):
        reading(phrase)


def test_several_deadlines_are_named() -> None:
    with pytest.raises(DuePhraseUnreadable) as refused:
        reading("trước ngày 1/12/2026, các trường trước ngày 2/12/2026")
    assert refused.value.more["found"] == ["2026-12-01T00:00:00+07:00", "2026-12-02T00:00:00+07:00"]


def test_the_same_deadline_said_twice_is_one() -> None:
    assert reading("trước ngày 1/12/2026 (trước ngày 01/12/2026)").last_day == date(2026, 11, 30)


def test_midnight_belongs_to_the_day_it_ends_on_whichever_clock_it_is_told() -> None:
    midnight_in_vietnam = datetime(2026, 12, 13, 17, tzinfo=UTC)
    assert last_day(midnight_in_vietnam) == date(2026, 12, 13)
    assert words(midnight_in_vietnam) == (
        "Hạn: 24:00 ngày 13/12/2026",
        "Due: 24:00 on 13/12/2026 (Viet Nam time)",
    )
    assert last_day(datetime(2026, 12, 13, 17, 0, 0, 1, tzinfo=UTC)) == date(2026, 12, 14)
