"""A row that is written at once is byte for byte the row XlsxWriter writes cell by cell."""

import zipfile

import openpyxl
import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from reporting.exports.plain_rows import PlainRows
from reporting.exports.workbook import MADE

TEXTS = ("Trường", "a<b>&\"c'", "\tb ", " c", "x\x01y", "_x0001_", "=1+1", "https://a.example", "\ufffe", "dòng\nhai")
NUMBERS = (0, 7, -7, 10**15 - 1, 0.51, 1 / 3, -2.5e-9, 1e22)
ROWS = ((None,) * 30, TEXTS, NUMBERS, (None, "x", None, 12))


def cell_by_cell(sheet, row, cells):
    for column, (value, look) in enumerate(cells):
        if value is None:
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, look)
        else:
            sheet.write_number(row, column, value, look)


def made(path, kind, write, rows=ROWS):
    book = Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE})
    looks = [book.add_format({"border": 1}), book.add_format({"bold": True})]
    sheet = book.add_worksheet("Biểu", worksheet_class=kind)
    sheet.merge_range(0, 0, 0, 4, "trên", looks[1])
    for place, values in enumerate(rows):
        write(sheet, 2 + 2 * place, [(value, looks[column % 2]) for column, value in enumerate(values)])
        sheet.write_string(3 + 2 * place, 1, "giữa")
    book.close()
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_both_ways_make_the_same_file(tmp_path):
    assert made(tmp_path / "a", PlainRows, PlainRows.write_plain_row) == made(tmp_path / "b", Worksheet, cell_by_cell)


@pytest.mark.parametrize("text", ["<r>a</r>", "<r></c>&</r>"])
def test_a_name_is_never_taken_for_what_a_sheet_is_written_in(tmp_path, text):
    made(tmp_path / "t.xlsx", PlainRows, PlainRows.write_plain_row, [(text,)])

    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["Biểu"]["A3"].value == text


def test_a_text_beyond_what_a_cell_holds_is_cut(tmp_path):
    made(tmp_path / "t.xlsx", PlainRows, PlainRows.write_plain_row, [("\U0001f600" * 40_000,)])

    told = openpyxl.load_workbook(tmp_path / "t.xlsx")["Biểu"]["A3"].value
    assert 16_000 < len(told.encode("utf-16-le")) // 2 <= 32_767


def test_a_row_that_was_passed_is_refused(tmp_path):
    def backwards(sheet, row, cells):
        sheet.write_plain_row(row, cells)
        with pytest.raises(ValueError, match="row 1 of 1 cells"):
            sheet.write_plain_row(1, cells)

    made(tmp_path / "t.xlsx", PlainRows, backwards, [("a",)])
