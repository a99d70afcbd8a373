"""The registers of Nghị định 30/2020/NĐ-CP, Phụ lục IV, as workbooks: out, in, and followed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Literal

from directives.rendering.archive import settled
from directives.rendering.measures import FAMILY

RegisterKind = Literal["outgoing", "incoming", "follow-up"]
Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Form:
    """The title of a register and its columns, with how wide they are."""

    title: str
    columns: tuple[tuple[str, int], ...]


FORMS: dict[RegisterKind, Form] = {
    "outgoing": Form(
        "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
        (
            ("Số, ký hiệu văn bản", 20),
            ("Ngày tháng văn bản", 13),
            ("Tên loại và trích yếu nội dung văn bản", 46),
            ("Người ký", 22),
            ("Nơi nhận văn bản", 34),
            ("Đơn vị, người nhận bản lưu", 18),
            ("Số lượng bản", 9),
            ("Ngày chuyển", 13),
            ("Ký nhận", 12),
            ("Ghi chú", 24),
        ),
    ),
    "incoming": Form(
        "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN",
        (
            ("Ngày đến", 13),
            ("Số đến", 8),
            ("Tác giả", 30),
            ("Số, ký hiệu văn bản", 20),
            ("Ngày tháng văn bản", 13),
            ("Tên loại và trích yếu nội dung văn bản", 46),
            ("Đơn vị hoặc người nhận", 26),
            ("Ngày chuyển", 13),
            ("Ký nhận", 12),
            ("Ghi chú", 24),
        ),
    ),
    "follow-up": Form(
        "SỔ THEO DÕI GIẢI QUYẾT VĂN BẢN ĐẾN",
        (
            ("Số đến", 8),
            ("Tên loại, số, ký hiệu, ngày tháng và tác giả văn bản", 46),
            ("Đơn vị hoặc người nhận", 30),
            ("Thời hạn giải quyết", 20),
            ("Tiến độ giải quyết", 20),
            ("Số, ký hiệu văn bản trả lời", 22),
            ("Ghi chú", 26),
        ),
    ),
}
_LONG_AGO = datetime(2020, 3, 5)  # noqa: DTZ001  a workbook knows no zones; the day of the decree
_FIRST, _A4 = 4, 9


def write_register(kind: RegisterKind, *, owner: str, span: str, rows: Sequence[tuple[Value, ...]]) -> bytes:
    """Return a register as .xlsx: real numbers and days, a head that stays in sight, ready for A4 on its side."""
    # The library comes with the first register: who never prints one does not carry it.
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    form = FORMS[kind]
    book = Workbook()
    book.properties.creator, book.properties.title = owner, form.title
    book.properties.created = book.properties.modified = _LONG_AGO
    sheet: Any = book.active
    sheet.title = form.title.capitalize()[:31]
    width = len(form.columns)
    for place, (text, size, bold) in enumerate(
        ((owner.upper(), 12, True), (form.title, 14, True), (span, 12, False)), 1
    ):
        sheet.merge_cells(start_row=place, start_column=1, end_row=place, end_column=width)
        _write(sheet.cell(place, 1), text, size=size, bold=bold, align="center", framed=False)
    for column, (name, room) in enumerate(form.columns, 1):
        sheet.column_dimensions[get_column_letter(column)].width = room
        _write(sheet.cell(_FIRST, column), name, bold=True, align="center")
        _write(sheet.cell(_FIRST + 1, column), f"({column})", size=10, align="center")
    for number, row in enumerate(rows, _FIRST + 2):
        for column, value in enumerate(row, 1):
            _write(sheet.cell(number, column), value, align="left" if isinstance(value, str) else "center")
    sheet.freeze_panes = sheet.cell(_FIRST + 2, 1)
    sheet.print_title_rows = f"{_FIRST}:{_FIRST + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    made = BytesIO()
    book.save(made)
    return settled(made.getvalue())


def _write(cell: Any, value: Value, *, align: str, size: int = 11, bold: bool = False, framed: bool = True) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side

    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # text stays text: what begins like a formula is none
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    cell.font = Font(name=FAMILY, size=size, bold=bold)
    cell.alignment = Alignment(vertical="top", wrap_text=framed, horizontal=align)
    if framed:
        thin = Side(style="thin")
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
