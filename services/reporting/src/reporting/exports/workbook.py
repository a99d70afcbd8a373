"""A table as a workbook, in the layout officials print; row by row, in memory that does not grow."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from chassis.clock import VIETNAM
from reporting.exports.plain_rows import PlainCell, PlainRows
from reporting.exports.sheet import Cell, Empty, Figure, Heading, Line

FIXED = 2
"""Columns before the figures: number, unit."""
AFTER = ("Số đơn vị phải báo cáo", "Đã báo cáo", "Ghi chú")
A3, A4 = 8, 9
WIDE_FROM = 12
"""A table of so many columns is printed on A3."""
HEAD_ROWS = 10
FIGURE_FORMAT = '#,##0;-#,##0;"-"'
"""The figure nought is a number like the others; a dash is how it is shown."""
MOST_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; a figure beyond is shown whole, as text."""
MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Two files of the same figures are the same file."""


class Book:
    """Writes one table; `line` for each row in order, then `close`."""

    def __init__(self, path: Path, heading: Heading) -> None:
        self._book = Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self._book.set_properties({"title": heading.title, "created": MADE})
        self._sheet: PlainRows = self._book.add_worksheet("Biểu", worksheet_class=PlainRows)
        self._ratios = [each.is_ratio for each in heading.figures]
        self._last = FIXED + len(heading.figures) + len(AFTER) - 1
        self._row = HEAD_ROWS
        self._formats: dict[tuple[str, ...], Format] = {}
        self._set_page()
        self._write_heading(heading)

    def _format(self, *names: str) -> Format:
        if names not in self._formats:
            told: dict[str, Any] = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
            for name in names:
                told |= _LOOKS[name]
            self._formats[names] = self._book.add_format(told)
        return self._formats[names]

    def _set_page(self) -> None:
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(A3 if self._last + 1 >= WIDE_FROM else A4)
        sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROWS - 3, HEAD_ROWS - 1)
        sheet.freeze_panes(HEAD_ROWS, FIXED)
        sheet.set_footer("&RTrang &P/&N")
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 1, 42)
        sheet.set_column(FIXED, self._last - 1, 13)
        sheet.set_column(self._last, self._last, 18)

    def _write_heading(self, heading: Heading) -> None:
        half = max(FIXED, self._last // 2)
        self._across(0, 0, half - 1, heading.issuer.upper(), "bold", "centre")
        code = f"(Kèm theo văn bản số {heading.code})" if heading.code else ""
        self._across(0, half, self._last, code, "italic", "centre")
        self._across(2, 0, self._last, heading.title.upper(), "bold", "large", "centre")
        self._across(3, 0, self._last, heading.subject, "italic", "centre")
        self._across(4, 0, self._last, _times(heading), "centre")
        units = {each.unit_of_measure for each in heading.figures if each.unit_of_measure and not each.is_ratio}
        measured = f"Đơn vị tính: {units.pop()}" if len(units) == 1 else "Đơn vị tính: ghi ở từng cột"
        self._across(5, 0, self._last, measured, "italic", "right")
        self._columns(heading.figures, show_units="cột" in measured)

    def _columns(self, figures: tuple[Figure, ...], *, show_units: bool) -> None:
        # Three rows: names, parts below what they are part of, and numbers as in printed forms. In constant memory a
        # row that is begun ends the one before: no cell spans two rows, two cells without a line between them look so.
        top, below, numbers = HEAD_ROWS - 3, HEAD_ROWS - 2, HEAD_ROWS - 1
        upper, lower = (self._format("bold", "centre", "wrap", look) for look in ("upper", "lower"))
        head = self._format("bold", "centre", "wrap", "border")
        names = {each.code: _named(each, show_units=show_units) for each in figures}
        groups = list(_groups(figures))
        start = FIXED + len(figures)
        alone = {0: "STT", 1: "Đơn vị"} | {start + number: text for number, text in enumerate(AFTER)}
        alone |= {FIXED + first: names[figures[first].code] for first, count in groups if count == 1}
        for column, text in alone.items():
            self._sheet.write_string(top, column, text, upper)
        for first, count in groups:
            if count > 1:
                self._across(
                    top,
                    FIXED + first,
                    FIXED + first + count - 1,
                    names[figures[first].code],
                    "bold",
                    "centre",
                    "wrap",
                    "border",
                )
        for column in alone:
            self._sheet.write_blank(below, column, None, lower)
        for first, count in groups:
            if count > 1:
                self._sheet.write_string(below, FIXED + first, "Tổng số", head)
                for place in range(first + 1, first + count):
                    part = f"Trong đó: {names[figures[place].code]}"
                    self._sheet.write_string(below, FIXED + place, part, head)
        small = self._format("italic", "centre", "border")
        for column in range(self._last + 1):
            text = ("A", "B")[column] if column < FIXED else str(column - FIXED + 1)
            self._sheet.write_string(numbers, column, text, small)

    def _across(self, row: int, left: int, right: int, text: str, *looks: str) -> None:
        if right > left:
            self._sheet.merge_range(row, left, row, right, text, self._format(*looks))
        else:
            self._sheet.write_string(row, left, text, self._format(*looks))

    def line(self, line: Line) -> None:
        """Write the next row."""
        looks = _LOOKS_OF_LINES[line.kind]
        figure, ratio, centre, wrap = (self._format(*looks, each) for each in ("figure", "ratio", "centre", "wrap"))
        cells: list[PlainCell] = [(line.number or None, centre), (line.name or None, wrap)]
        for cell, is_ratio in zip(line.figures, self._ratios, strict=True):
            cells.append(_plain(cell, ratio if is_ratio else figure, centre))
        cells += ((line.due, figure), (line.reported, figure), (line.remark or None, wrap))
        self._sheet.write_plain_row(self._row, cells)
        self._row += 1

    def close(self) -> None:
        """Write what stands below the figures, and end the file."""
        note = "Ghi chú: dấu “-” là bằng không; ô trống là chưa báo cáo; “x” là không thuộc diện báo cáo."
        self._across(self._row + 1, 0, self._last, note, "italic")
        right = max(FIXED, self._last - 3)
        self._across(
            self._row + 3, right, self._last, "........., ngày ...... tháng ...... năm ......", "italic", "centre"
        )
        row = self._row + 4
        self._across(row, 0, FIXED - 1, "NGƯỜI LẬP BIỂU", "bold", "centre")
        self._across(row, right, self._last, "THỦ TRƯỞNG ĐƠN VỊ", "bold", "centre")
        self._across(row + 1, 0, FIXED - 1, "(Ký, ghi rõ họ tên)", "italic", "centre")
        self._across(row + 1, right, self._last, "(Ký, ghi rõ họ tên, đóng dấu)", "italic", "centre")
        self._book.close()


def _plain(cell: Cell, number: Format, other: Format) -> PlainCell:
    if cell is Empty.BLANK:
        return None, number
    if isinstance(cell, Empty):
        return cell.value, other
    if isinstance(cell, str) or abs(cell) >= MOST_EXACT:
        return str(cell), other
    return cell, number


def _times(heading: Heading) -> str:
    told = [] if heading.period == "-" else [f"Kỳ báo cáo: {heading.period}"]
    told.append(f"Theo mạng lưới đơn vị ngày {heading.as_of:%d/%m/%Y}")
    moment = heading.cut_off_at or heading.due_at
    if moment is not None:
        local = moment.astimezone(VIETNAM)
        told.append(f"{'Chốt số liệu' if heading.cut_off_at else 'Hạn báo cáo'}: {local:%H:%M %d/%m/%Y}")
    return " – ".join(told)


def _named(figure: Figure, *, show_units: bool) -> str:
    name = figure.name or figure.code
    return f"{name} ({figure.unit_of_measure})" if show_units and figure.unit_of_measure else name


def _groups(figures: tuple[Figure, ...]) -> Iterable[tuple[int, int]]:
    # A figure and the parts right behind it share a heading; parts of parts count to it as well.
    groups: list[tuple[int, int]] = []
    members: set[str] = set()
    for place, each in enumerate(figures):
        if each.of_which in members:
            first, count = groups[-1]
            groups[-1] = (first, count + 1)
            members.add(each.code)
        else:
            groups.append((place, 1))
            members = {each.code}
    return groups


_LOOKS_OF_LINES = {"total": ("border", "bold"), "group": ("border", "bold"), "unit": ("border",)}
_LOOKS: dict[str, dict[str, Any]] = {
    "bold": {"bold": True},
    "italic": {"italic": True},
    "large": {"font_size": 14},
    "centre": {"align": "center"},
    "right": {"align": "right"},
    "wrap": {"text_wrap": True},
    "border": {"border": 1},
    "upper": {"left": 1, "right": 1, "top": 1},
    "lower": {"left": 1, "right": 1, "bottom": 1},
    "figure": {"num_format": FIGURE_FORMAT, "align": "right"},
    "ratio": {"num_format": '0.00%;-0.00%;"-"', "align": "right"},
}
