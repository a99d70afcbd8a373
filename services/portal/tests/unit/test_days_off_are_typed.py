"""Days off as an administrator types them."""

from portal.pages.administering import days_of


def test_each_line_is_a_day_its_kind_and_its_name_and_what_is_missing_is_left_for_the_service_to_name():
    typed = "2026-01-01 holiday Tết Dương lịch\r\n\r\n  2026-02-21 working\nx"

    assert days_of(typed) == [
        {"day": "2026-01-01", "kind": "holiday", "name": "Tết Dương lịch"},
        {"day": "2026-02-21", "kind": "working", "name": ""},
        {"day": "x", "kind": "", "name": ""},
    ]
