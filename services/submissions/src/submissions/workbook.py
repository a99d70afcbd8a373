"""The form of an obligation as a workbook: written with what the draft holds, read back cell by cell.

Figures stand on the first sheet, one row each with a column per period; texts on the second, a list with one line per
item. A hidden sheet names the form the workbook was made for. What comes back was in strangers' hands.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from submissions.domain.answer import LARGEST
from submissions.domain.asked import Requirement
from submissions.domain.between import LEVELS_VI
from submissions.domain.draft import Content, value_field
from submissions.problems import WorkbookNotValid, WorkbookOutdated

FIGURES, TEXTS, MARK = "Số liệu", "Thuyết minh", "mau"
FIRST_ROW = 4
UNPACKED_BYTES = 8 << 20
"""The largest form there is unpacks to a tenth of this; an archive that unpacks to more is made to hurt."""
MOST_PARTS = 200
MOST_ERRORS = 100
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_YES, _NO = frozenset({"có", "co", "x", "1", "true", "yes"}), frozenset({"không", "khong", "0", "false", "no"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands in the workbook, and how it is read."""

    sheet: str
    row: int
    column: int
    field: str
    kind: str
    """The type of its indicator, or `text` or `list`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands: what a row is headed with, by sheet and row, and where the fields are."""

    heads: Mapping[tuple[str, int], tuple[str, ...]]
    places: tuple[Place, ...]
    periods: tuple[str, ...]

    @property
    def mark(self) -> str:
        """Return what tells this form from any other one."""
        said = [(each.sheet, each.row, each.column, each.field, each.kind) for each in self.places]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


def layout_of(requirement: Requirement) -> Layout:
    """Return where the fields of a form stand in its workbook."""
    heads: dict[tuple[str, int], tuple[str, ...]] = {}
    places: list[Place] = []
    periods = tuple(requirement.periods)
    lines = [(asked, level) for asked in requirement.indicators.values() for level in requirement.levels_of(asked.code)]
    for row, (asked, level) in enumerate(lines, FIRST_ROW):
        of_level = f" – {LEVELS_VI.get(level, level)}" if level else ""
        heads[FIGURES, row] = (asked.code, f"{asked.name}{of_level}", asked.unit_of_measure)
        for column, period in enumerate(periods, 4):
            places.append(Place(FIGURES, row, column, value_field(asked.code, period, level), asked.type))
    # Files are not typed into cells.
    written = [each for each in requirement.sections.values() if each.kind != "evidence"]
    for row, section in enumerate(written, FIRST_ROW):
        heads[TEXTS, row] = (section.code, section.title)
        places.append(Place(TEXTS, row, 3, f"narrative/{section.code}", section.kind))
    return Layout(heads, tuple(places), periods)


def write_workbook(requirement: Requirement, title: str, contents: Mapping[str, Content]) -> bytes:
    """Return the form as .xlsx, filled with what fields hold; text stays text, whatever it begins with."""
    from openpyxl import Workbook  # some megabytes, carried by who needs it

    layout = layout_of(requirement)
    book = Workbook()
    sheets = {FIGURES: book.active, TEXTS: book.create_sheet(TEXTS), MARK: book.create_sheet(MARK)}
    sheets[FIGURES].title = FIGURES
    _write(sheets[FIGURES], 1, 1, title)
    notes = ("Điền vào các ô kỳ báo cáo; có/không: ghi «có» hoặc «không». / Fill in the cells of the periods.",)
    _write(sheets[FIGURES], 2, 1, notes[0])
    for column, text in enumerate(("Mã", "Chỉ tiêu", "Đơn vị tính", *layout.periods), 1):
        _write(sheets[FIGURES], FIRST_ROW - 1, column, text)
    for column, text in enumerate(("Mã", "Đề mục", "Nội dung (danh sách: mỗi dòng một ý)"), 1):
        _write(sheets[TEXTS], FIRST_ROW - 1, column, text)
    for (sheet, row), head in layout.heads.items():
        for column, text in enumerate(head, 1):
            _write(sheets[sheet], row, column, text)
    for place in layout.places:
        content = contents.get(place.field)
        if content is not None:
            _write(sheets[place.sheet], place.row, place.column, _shown(content))
    for sheet in (sheets[FIGURES], sheets[TEXTS]):
        for letter, width in (("A", 28), ("B", 48), ("C", 60 if sheet.title == TEXTS else 14)):
            sheet.column_dimensions[letter].width = width
    _write(sheets[MARK], 1, 1, layout.mark)
    sheets[MARK].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _shown(content: Content) -> str | int:
    if isinstance(content, bool):
        return "có" if content else "không"
    if isinstance(content, list):
        return "\n".join(content)
    return content if content is not None else ""


def _write(sheet: Any, row: int, column: int, value: str | int) -> None:
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    elif abs(value) >= 10**15:
        cell.value, cell.data_type = str(value), "s"  # a spreadsheet keeps fifteen digits of a number


def read_workbook(requirement: Requirement, content: bytes) -> dict[str, Content]:
    """Return what the filled cells of a form hold, by field; a blank cell says nothing.

    Raises `WorkbookOutdated` for the workbook of another form, `WorkbookNotValid` with the address of every wrong cell.
    Takes a while: call it in a thread.
    """
    _refuse_hostile(content)
    layout = layout_of(requirement)
    try:
        computed, written = _cells(content, layout, values=True), _cells(content, layout, values=False)
    except Exception as error:  # openpyxl says in a dozen ways that a file is broken
        raise _unreadable(f"{type(error).__name__}") from error
    if computed.get((MARK, 1, 1)) != layout.mark:
        raise WorkbookOutdated(
            "Tệp không phải mẫu hiện hành của yêu cầu này; hãy tải lại mẫu và chép số liệu sang.",
            "This is not the current form of this requirement; fetch it again and copy the figures.",
        )
    errors: list[dict[str, str]] = []
    for (sheet, row), head in layout.heads.items():
        if computed.get((sheet, row, 1)) != head[0]:
            vi = f"Ô mã phải là «{head[0]}»; không chèn, xóa hay đổi chỗ các dòng của mẫu."
            errors.append(_error(sheet, row, 1, vi, f"This cell must say {head[0]}; rows of the form stay in place."))
    fields: dict[str, Content] = {}
    for place in layout.places:
        at = (place.sheet, place.row, place.column)
        try:
            value = _value(place, computed.get(at), written.get(at))
        except ValueError as error:
            vi, en = error.args
            errors.append(_error(*at, vi, en))
            continue
        if value is not None:
            fields[place.field] = value
    if errors:
        raise WorkbookNotValid(
            f"Tệp có {len(errors)} ô chưa đúng; xem danh sách «errors».",
            f"{len(errors)} cell(s) are wrong; see `errors`.",
            errors=errors[:MOST_ERRORS],
        )
    return fields


def _refuse_hostile(content: bytes) -> None:
    if content[:4] == _OLE:
        raise WorkbookNotValid(
            "Tệp có mật khẩu hoặc ở dạng .xls cũ; hãy lưu lại dạng .xlsx không mật khẩu.",
            "The file is encrypted or an old .xls; save it as .xlsx without a password.",
            errors=[],
        )
    if content[:4] != _ZIP:
        raise _unreadable("not a zip")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _unreadable(type(error).__name__) from error
    # An archive may lie about this, but nothing unpacks to more than it says: `zipfile` stops there.
    if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > UNPACKED_BYTES:
        raise WorkbookNotValid(
            "Tệp giải nén ra quá lớn.",
            "The file unpacks to too much.",
            errors=[],
        )
    if any("vba" in each.filename.lower() or "macro" in each.filename.lower() for each in parts):
        raise WorkbookNotValid(
            "Tệp có macro; hãy lưu lại dạng .xlsx không macro.",
            "The file has macros; save it as .xlsx without them.",
            errors=[],
        )


def _unreadable(reason: str) -> WorkbookNotValid:
    return WorkbookNotValid(
        f"Không đọc được tệp XLSX ({reason}).",
        f"This XLSX file cannot be read ({reason}).",
        errors=[],
    )


def _cells(content: bytes, layout: Layout, *, values: bool) -> dict[tuple[str, int, int], Any]:
    """Return the cells of the form that hold something, as computed or as written."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    found: dict[tuple[str, int, int], Any] = {}
    last_row = max((place.row for place in layout.places), default=1)
    last_column = max((place.column for place in layout.places), default=1)
    for name in (FIGURES, TEXTS, MARK):
        if name not in book.sheetnames:
            continue
        sheet = book[name]
        sheet.reset_dimensions()  # what a file says of its own size may be a lie
        for cells in sheet.iter_rows(max_row=last_row, max_col=last_column):
            for cell in cells:
                if cell.value is not None:
                    found[name, cell.row, cell.column] = cell.value
    return found


def _value(place: Place, computed: Any, written: Any) -> Content:
    """Return what a cell says; raises `ValueError` with both languages."""
    if isinstance(written, str) and written.startswith("=") and computed is None:
        raise ValueError("Công thức chưa có kết quả; hãy mở tệp, lưu lại hoặc ghi số.", "A formula without a value.")
    if isinstance(computed, str) and computed.startswith("#"):
        raise ValueError(f"Ô báo lỗi {computed}.", f"The cell says {computed}.")
    if computed is None or (isinstance(computed, str) and not computed.strip()):
        return None
    if place.kind == "text":
        return str(computed).strip()
    if place.kind == "list":
        return [line.strip() for line in str(computed).splitlines() if line.strip()]
    if place.kind == "bool":
        return _yes_or_no(computed)
    return _whole(computed)


def _yes_or_no(value: Any) -> bool:
    said = str(value).strip().lower()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise ValueError("Ghi «có» hoặc «không».", "Say «có» (yes) or «không» (no).")


def _whole(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) <= 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise ValueError(
            f"Phải là số nguyên, viết liền không dấu chấm phẩy; ô đang ghi «{str(value)[:40]}».",
            f"A whole number without separators is wanted; the cell says {str(value)[:40]!r}.",
        )
    return value


def _error(sheet: str, row: int, column: int, vi: str, en: str) -> dict[str, str]:
    return {"cell": f"{sheet}!{_letters(column)}{row}", "what_vi": vi, "what_en": en}


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
