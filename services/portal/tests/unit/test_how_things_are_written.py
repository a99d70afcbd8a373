"""Dates, deadlines, numbers and words, as people read and type them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import VIETNAM
from portal import writing
from portal.words import LANGUAGES, words_in

MIDNIGHT = datetime(2026, 12, 14, tzinfo=VIETNAM)


def test_a_deadline_at_midnight_is_the_end_of_the_day_before() -> None:
    assert writing.due(MIDNIGHT, "vi") == "24h00 Chủ nhật, 13/12/2026"
    assert writing.due(MIDNIGHT, "en") == "24:00 Sunday, 13/12/2026"
    assert writing.due(MIDNIGHT.replace(hour=14, minute=5), "vi") == "14h05 Thứ Hai, 14/12/2026"
    assert f"{writing.last_day(MIDNIGHT):%d/%m}" == "13/12"


def test_an_instant_is_told_in_the_time_of_vietnam() -> None:
    assert writing.day_and_time(writing.moment("2026-12-13T17:30:00Z"), "vi") == "00h30 ngày 14/12/2026"


@pytest.mark.parametrize(
    ("before", "vi", "en"),
    [
        (timedelta(days=21, hours=3), "còn 21 ngày", "21 days left"),
        (timedelta(hours=5), "còn 5 giờ", "5 hours left"),
        (timedelta(minutes=1, seconds=5), "còn 1 phút", "1 minute left"),
        (-timedelta(days=45), "quá 45 ngày", "45 days overdue"),
    ],
)
def test_the_time_left_is_told_in_the_largest_unit(before, vi, en) -> None:
    assert writing.left(MIDNIGHT, MIDNIGHT - before, "vi") == vi
    assert writing.left(MIDNIGHT, MIDNIGHT - before, "en") == en


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12", 12),
        (" 1.012 ", 1012),
        ("1,012", 1012),
        ("1 012 345", 1012345),
        ("-3", -3),
        ("0", 0),
        ("1.5", None),
        ("12,34", None),
        ("mười", None),
        ("", None),
        ("1.012,5", None),
        ("--3", None),
        ("²", None),
        ("१२", None),
        ("9" * 30, None),
    ],
)
def test_a_number_is_read_as_it_was_meant_or_not_at_all(typed, read) -> None:
    assert writing.read_number(typed) == read


def test_a_size_is_told_without_needless_decimals() -> None:
    assert [writing.size(count, "vi") for count in (300_000_000, 68_400_000, 999, 512_000)] == [
        "300 MB",
        "68,4 MB",
        "1 kB",
        "512 kB",
    ]


def test_a_line_that_ran_full_goes_on_and_a_point_of_a_list_begins_anew() -> None:
    text = "Nhằm nhìn lại và\nbàn việc.\n\n3. Chuẩn bị:\na) Mỗi trường gửi\nbáo cáo\nb) Mỗi xã gửi video;\n- Lưu ý"

    assert writing.paragraphs(text) == [
        "Nhằm nhìn lại và bàn việc.",
        "3. Chuẩn bị:",
        "a) Mỗi trường gửi báo cáo",
        "b) Mỗi xã gửi video;",
        "- Lưu ý",
    ]


@given(st.integers(min_value=0, max_value=2**62), st.sampled_from(LANGUAGES))
def test_a_number_that_was_written_is_read_again(value, language) -> None:
    assert writing.read_number(writing.number(value, language)) == value


@given(st.text(max_size=30))
def test_whatever_is_typed_never_breaks_the_reading(typed) -> None:
    read = writing.read_number(typed)

    assert read is None or isinstance(read, int)


def test_both_languages_say_the_same_things_and_name_the_same_places() -> None:
    vi, en = words_in("vi"), words_in("en")

    assert vi.keys == en.keys
    for key in vi.keys:
        assert _places(vi(key)) == _places(en(key)), key


def test_another_language_is_vietnamese() -> None:
    assert words_in("<fr>").language == "vi"


def _places(words: str) -> set[str]:
    return {part.partition("}")[0] for part in words.split("{")[1:]}
