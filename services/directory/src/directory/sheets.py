"""Tables as people keep them: CSV and XLSX, read and written row by row.

A row number is the one a spreadsheet shows: the header is row 1.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import IO, Any, BinaryIO

UNPACKED_BYTES = 1 << 29
"""A hundred thousand rows unpack to a tenth of this; an archive that unpacks to more is made to hurt."""
MOST_COLUMNS = 100
_ZIP = b"PK\x03\x04"


class Unreadable(Exception):
    """A file that cannot be read to its end: the row where it ends, and why, in Vietnamese and English."""

    def __init__(self, row: int, vi: str, en: str) -> None:
        super().__init__(en)
        self.row = row
        self.vi = vi
        self.en = en


def rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV or XLSX file with their numbers, the header first; raises `Unreadable` on the way."""
    start = stream.read(len(_ZIP))
    stream.seek(0)
    return _xlsx_rows(stream) if start == _ZIP else _csv_rows(stream)


def _csv_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_lines(stream), strict=True), start=1):
            yield number, cells
    except csv.Error as error:
        raise Unreadable(number + 1, f"không đọc được CSV ({error})", f"this is no CSV ({error})") from error


def _lines(stream: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(stream, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable(
                number,
                "không phải bảng mã UTF-8; hãy lưu lại tệp dạng «CSV UTF-8» hoặc XLSX",
                "this is not UTF-8; save the file as 'CSV UTF-8' or as XLSX",
            ) from error


def _xlsx_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    if _unpacked_bytes(stream) > UNPACKED_BYTES:
        raise Unreadable(1, "tệp XLSX giải nén ra quá lớn", "the XLSX file unpacks to too much")
    import openpyxl  # some megabytes, for what happens a few times a year

    number = 0
    width = 0
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size may be a lie
        for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            cells = [_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            width = width or len(cells)
            yield number, cells + [""] * (width - len(cells))
    except Exception as error:  # openpyxl says in a dozen ways that a file is broken
        root: BaseException = error
        while root.__cause__ or root.__context__:
            root = root.__cause__ or root.__context__ or root
        reason = f"{type(root).__name__}: {root}"[:200]
        raise Unreadable(
            number + 1, f"không đọc được XLSX ({reason})", f"this XLSX file cannot be read ({reason})"
        ) from error


def _unpacked_bytes(stream: BinaryIO) -> int:
    # An archive may lie about this, but nothing unpacks to more than it says: `zipfile` stops there.
    try:
        with zipfile.ZipFile(stream) as archive:
            return sum(each.file_size for each in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable(1, f"không đọc được XLSX ({error})", f"this XLSX file cannot be read ({error})") from error


def _text(value: Any) -> str:
    """Return a cell as it would be written in a CSV file: a spreadsheet makes dates and numbers of what looks so."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def csv_lines(rows_: Sequence[Sequence[str]]) -> bytes:
    """Return rows as they stand in a CSV file in UTF-8, without a byte order mark."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows_)
    return out.getvalue().encode()


class Workbook:
    """An XLSX file with one sheet, written row by row to a place that may be a file."""

    def __init__(self, name: str) -> None:
        import openpyxl
        from openpyxl.cell import WriteOnlyCell

        self._cell_of = WriteOnlyCell
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet(name)

    def append(self, rows_: Sequence[Sequence[str]]) -> None:
        """Write rows at the end."""
        for row in rows_:
            self._sheet.append([self._cell(text) for text in row])

    def _cell(self, text: str) -> Any:
        cell = self._cell_of(self._sheet, value=text or None)
        if text:
            cell.data_type = "s"  # text stays text: not a number without its zeros, and never a formula
        return cell

    def save(self, to: IO[bytes]) -> None:
        """Finish the file."""
        self._book.save(to)
