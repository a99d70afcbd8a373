"""A register as a workbook: the columns of the decree, real days and numbers, text that is never a formula."""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from directives.rendering.registers import FORMS, write_register

ROW = ("01/SGDĐT", date(2026, 11, 20), "=1+1", "Lê Thị Mẫu", "@SUM(A1)", "VT", 3, None, None, "-2")


def _sheet(content):
    return load_workbook(BytesIO(content)).active


def test_the_registers_have_the_columns_of_the_decree() -> None:
    assert {kind: len(form.columns) for kind, form in FORMS.items()} == {"outgoing": 10, "incoming": 10, "follow-up": 7}


@pytest.mark.parametrize("kind", FORMS)
def test_the_same_register_is_the_same_file(kind) -> None:
    rows = [ROW[: len(FORMS[kind].columns)]]
    made = [write_register(kind, owner="Sở Giáo dục và Đào tạo", span="Năm 2026", rows=rows) for _ in range(2)]

    assert made[0] == made[1]
    sheet = _sheet(made[0])
    assert sheet["A1"].value == "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
    assert [each.value for each in sheet[4]] == [name for name, _ in FORMS[kind].columns]


def test_a_register_does_not_tell_when_it_was_printed() -> None:
    """Two prints a second apart once differed: the library writes its own clock over the date it is given."""
    properties = load_workbook(BytesIO(write_register("incoming", owner="Sở", span="Năm 2026", rows=[]))).properties

    assert properties.modified == properties.created == datetime(2020, 3, 5)  # noqa: DTZ001  a workbook knows no zones


def test_days_and_numbers_are_real_and_text_is_no_formula() -> None:
    sheet = _sheet(write_register("outgoing", owner="Sở", span="Năm 2026", rows=[ROW]))

    row = sheet[6]
    assert (row[1].value.date(), row[1].number_format, row[6].value) == (date(2026, 11, 20), "dd/mm/yyyy", 3)
    assert [(row[place].value, row[place].data_type) for place in (2, 4, 9)] == [
        ("=1+1", "s"),
        ("@SUM(A1)", "s"),
        ("-2", "s"),
    ]


def test_the_head_stays_in_sight_on_screen_and_on_paper() -> None:
    sheet = _sheet(write_register("outgoing", owner="Sở", span="Năm 2026", rows=[ROW] * 60))

    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A6", "$4:$5")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
