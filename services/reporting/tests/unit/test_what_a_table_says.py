"""Tables as officials print them: nothing, nought and not asked stay apart; parts stand behind their whole."""

from datetime import UTC, date, datetime

import openpyxl
import pytest

from reporting.domain import Tally
from reporting.exports import sheet
from reporting.exports.sheet import Empty, Figure, Heading, Line
from reporting.exports.text_file import TextFile, defused
from reporting.exports.workbook import A3, A4, HEAD_ROWS, Book

LESSONS = Figure("stem.lessons", "Số bài học STEM", "bài")
GIRLS = Figure("pupils.girls", "Nữ", "học sinh", of_which="pupils")
PUPILS = Figure("pupils", "Học sinh tham gia", "học sinh")
SHARE = Figure("share", "Tỉ lệ", "%", numerator="pupils.girls", denominator="pupils")
HEADING = Heading(
    issuer="Sở Giáo dục và Đào tạo",
    code="761/SGDĐT-GDPT",
    subject="V/v báo cáo kết quả giáo dục STEM",
    issued_on=date(2026, 5, 20),
    title="Báo cáo kết quả giáo dục STEM",
    period="2025-2026",
    as_of=date(2026, 5, 31),
    due_at=datetime(2026, 12, 14, 17, tzinfo=UTC),
    cut_off_at=datetime(2026, 12, 10, 17, tzinfo=UTC),
    figures=sheet.ordered([LESSONS, GIRLS, PUPILS, SHARE]),
)
LINES = (
    Line("total", "", "TỔNG SỐ", (12, 0, 0, Empty.NOT_ASKED), 3, 2),
    Line("group", "I", "Phường A", (12, 300, 153, 0.51), 3, 2),
    Line("unit", "1", "=HYPERLINK(1)", (12, 300, 153, 0.51), 1, 1, "Nộp muộn"),
    Line("unit", "2", "Trường\tB", (Empty.BLANK,) * 4, 1, 0),
    Line("unit", "3", "Trường C", (Empty.NOT_ASKED,) * 4, 0, 0, "Được miễn"),
    Line("unit", "4", "Trường D", (10**18 + 1, 0, 0, Empty.NOT_ASKED), 1, 1),
)


def test_parts_stand_behind_their_whole_and_nothing_is_lost_in_a_circle():
    assert [each.code for each in HEADING.figures] == ["stem.lessons", "pupils", "pupils.girls", "share"]
    circle = [Figure("a", "", "", of_which="b"), Figure("b", "", "", of_which="a"), Figure("c", "", "", of_which="c")]
    assert {each.code for each in sheet.ordered(circle)} == {"a", "b", "c"}
    assert [each.code for each in sheet.ordered([Figure("d", "", "", of_which="gone")])] == ["d"]


@pytest.mark.parametrize(
    ("stated", "is_nil", "is_owed", "cells"),
    [
        (None, False, True, (Empty.BLANK,) * 3),
        ({}, True, True, (0, 0, Empty.NOT_ASKED)),
        ({}, False, True, (Empty.BLANK,) * 3),
        ({"pupils": 10}, False, True, (Empty.BLANK, 10, Empty.BLANK)),
        ({"stem.lessons": 0, "pupils": 10, "pupils.girls": 5}, False, True, (0, 10, 0.5)),
        ({"stem.lessons": 5}, False, False, (Empty.NOT_ASKED,) * 3),
    ],
)
def test_nothing_known_nought_and_not_asked_are_three_things(stated, is_nil, is_owed, cells):
    figures = [LESSONS, PUPILS, SHARE]
    assert sheet.unit_cells(figures, stated, is_nil=is_nil, is_owed=is_owed, levels=["primary"]) == cells


def test_a_figure_of_another_level_is_not_asked():
    figure = Figure("x", "x", "x", levels=("upper_secondary",))

    assert sheet.unit_cells([figure], {"x": 0}, is_owed=True, levels=["primary"]) == (Empty.NOT_ASKED,)
    assert sheet.unit_cells([figure], {"x": 0}, is_owed=True, levels=["primary", "upper_secondary"]) == (0,)
    assert sheet.unit_cells([figure], {"x": 0}, is_owed=True, levels=[]) == (0,)


def test_a_total_is_blank_while_nobody_has_told_a_figure():
    assert sheet.total_cells([LESSONS], Tally(due=2)) == (Empty.BLANK,)
    assert sheet.total_cells([LESSONS], Tally(due=2, reported=1, silent={"stem.lessons": 1})) == (Empty.BLANK,)
    assert sheet.total_cells([LESSONS], Tally(due=2, reported=1)) == (0,)
    assert sheet.total_cells([LESSONS], Tally(due=2, reported=1, nil=1)) == (0,)


def written(path, file):
    book = file(path, HEADING)
    for line in LINES:
        book.line(line)
    book.close()
    return path


def test_a_workbook_has_real_numbers_in_the_layout_that_is_printed(tmp_path):
    opened = openpyxl.load_workbook(written(tmp_path / "t.xlsx", Book))["Biểu"]
    rows = [[cell.value for cell in row] for row in opened.iter_rows()]

    assert rows[0][0] == "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
    assert rows[2][0] == "BÁO CÁO KẾT QUẢ GIÁO DỤC STEM"
    assert rows[4][0] == (
        "Kỳ báo cáo: 2025-2026 – Theo mạng lưới đơn vị ngày 31/05/2026 – Chốt số liệu: 00:00 11/12/2026"
    )
    top, below, numbers = rows[HEAD_ROWS - 3 : HEAD_ROWS]
    assert top[:4] == ["STT", "Đơn vị", "Số bài học STEM (bài)", "Học sinh tham gia (học sinh)"]
    assert below[3:5] == ["Tổng số", "Trong đó: Nữ (học sinh)"]
    assert numbers == ["A", "B", "1", "2", "3", "4", "5", "6", "7"]
    body = rows[HEAD_ROWS : HEAD_ROWS + len(LINES)]
    assert body[0] == [None, "TỔNG SỐ", 12, 0, 0, "x", 3, 2, None]
    assert body[2] == ["1", "=HYPERLINK(1)", 12, 300, 153, 0.51, 1, 1, "Nộp muộn"]
    assert body[3][2:6] == [None] * 4
    assert body[4][2:6] == ["x"] * 4
    assert body[5][2] == "1000000000000000001"
    nought = opened.cell(HEAD_ROWS + 1, 4)
    assert (nought.data_type, nought.number_format.endswith('"-"')) == ("n", True)
    assert opened.cell(HEAD_ROWS + 3, 2).data_type == "s"
    assert opened.cell(HEAD_ROWS + 3, 6).number_format.startswith("0.00%")
    assert "ô trống là chưa báo cáo" in rows[HEAD_ROWS + len(LINES) + 1][0]
    assert "NGƯỜI LẬP BIỂU" in rows[HEAD_ROWS + len(LINES) + 4]


def test_it_prints_across_with_its_heading_on_every_page(tmp_path):
    narrow = openpyxl.load_workbook(written(tmp_path / "n.xlsx", Book))["Biểu"]
    wide = Heading(**{**_fields(HEADING), "figures": tuple(Figure(str(n), str(n), "") for n in range(10))})
    Book(tmp_path / "w.xlsx", wide).close()

    assert (narrow.page_setup.orientation, int(narrow.page_setup.paperSize)) == ("landscape", A4)
    assert int(openpyxl.load_workbook(tmp_path / "w.xlsx")["Biểu"].page_setup.paperSize) == A3
    assert narrow.print_title_rows == f"${HEAD_ROWS - 2}:${HEAD_ROWS}"
    assert narrow.sheet_properties.pageSetUpPr.fitToPage


def _fields(heading):
    return {name: getattr(heading, name) for name in heading.__slots__}


def test_the_same_figures_make_the_same_file(tmp_path):
    first, second = (written(tmp_path / name, Book).read_bytes() for name in ("a", "b"))

    assert first == second


def test_text_opens_by_double_click_whatever_the_machine_parts_lists_with(tmp_path):
    raw = written(tmp_path / "t.csv", TextFile).read_bytes()
    rows = [line.split("\t") for line in raw.decode("utf-16").split("\r\n")]

    assert raw.startswith(b"\xff\xfe")
    assert rows[4] == ["", "TỔNG SỐ", "12", "0", "0", "x", "3", "2", ""]
    assert rows[6][1:6] == ["'=HYPERLINK(1)", "12", "300", "153", "51,00%"]
    assert rows[7][1:6] == ["Trường B", "", "", "", ""]
    assert rows[8][2:6] == ["x"] * 4


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", " \r=1", '="a"', "-", "＝1＋1", "＠SUM"])
def test_no_text_is_a_formula(text):
    assert defused(text).lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["-5", "0", "17,66%", "Trường Lê Lợi", "12"])
def test_what_is_harmless_stays_as_it_is(text):
    assert defused(text) == text
