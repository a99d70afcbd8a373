"""The three CSV files of a province, row by row: what can be read, and what is wrong with the rest.

A row number is the one a spreadsheet shows: the header is row 1.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from chassis.text import UnitId, composed
from contracts.directory import LineageKind, RelationKind
from directory.domain.days import FIRST_DAY, LAST_DAY
from directory.domain.units import LEAD, Lineage, Relation, Version

UNITS, RELATIONS, LINKS = "units", "relations", "links"
RELATION_KINDS: tuple[RelationKind, ...] = tuple(kind for kind in get_args(RelationKind) if kind != LEAD)
LINEAGE_KINDS: tuple[LineageKind, ...] = get_args(LineageKind)
CELL_CHARACTERS = 500

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_unit_id = TypeAdapter(UnitId)
T = TypeVar("T")
K = TypeVar("K", bound=str)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one cell, row or file, told in two languages. `column` is empty for a whole row."""

    file: str
    row: int
    column: str
    what_vi: str
    what_en: str


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """A row that could be read: where it is, which unit it is about, what it says."""

    number: int
    unit_id: str
    says: T


@dataclass(frozen=True, slots=True)
class Files:
    """What the files say.

    `named` are the units the first file is about, in rows that could not be read as well. Unless the files are
    `whole`, at least one could not be read to its end, and what is missing from it means nothing.
    """

    versions: tuple[Row[Version], ...]
    relations: tuple[Row[Relation], ...]
    links: tuple[Row[Lineage], ...] | None
    named: frozenset[str]
    faults: tuple[Fault, ...]
    is_whole: bool


class _Unreadable(Exception):
    """A file that cannot be read to its end."""

    def __init__(self, row: int, vi: str, en: str) -> None:
        super().__init__(en)
        self.row = row
        self.vi = vi
        self.en = en


def read_files(units: bytes, relations: bytes, links: bytes | None) -> Files:
    """Read the files as they were sent. Everything that is wrong with a row by itself is among the `faults`."""
    faults: list[Fault] = []
    versions = _read(UNITS, units, _VERSION_COLUMNS, _version, faults)
    related = _read(RELATIONS, relations, _RELATION_COLUMNS, _relation, faults)
    linked = None if links is None else _read(LINKS, links, _LINK_COLUMNS, _lineage, faults)
    if versions.is_whole and not versions.rows and not faults:
        faults.append(Fault(UNITS, 1, "", "tệp không có đơn vị nào", "the file names no unit"))
    return Files(
        versions.rows,
        related.rows,
        None if linked is None else linked.rows,
        versions.named,
        tuple(faults),
        all(each.is_whole for each in (versions, related, linked) if each is not None),
    )


class _Cells:
    """The cells of one row; notes a fault for each that cannot be read, and answers null in its place."""

    def __init__(self, file: str, number: int, cells: dict[str, str], faults: list[Fault]) -> None:
        self._file = file
        self._number = number
        self._cells = cells
        self._faults = faults
        self.is_sound = True

    def fault(self, column: str, vi: str, en: str) -> None:
        self._faults.append(Fault(self._file, self._number, column, vi, en))
        self.is_sound = False

    def text(self, column: str, *, may_be_empty: bool = False) -> str:
        """Return composed text, at most 500 characters on one line."""
        try:
            text = composed(self._cells[column].strip())
        except ValueError as error:
            vi, _, en = str(error).partition(" / ")
            self.fault(column, vi, en)
            return ""
        if "\n" in text or "\t" in text:
            self.fault(column, "có dấu xuống dòng hoặc tab trong ô", "the cell holds a line break or a tab")
        elif len(text) > CELL_CHARACTERS:
            self.fault(column, f"dài quá {CELL_CHARACTERS} ký tự", f"longer than {CELL_CHARACTERS} characters")
        elif not text and not may_be_empty:
            self.fault(column, "để trống", "empty")
        return text

    def unit_id(self, column: str) -> str:
        text = self.text(column)
        if not text:
            return ""
        try:
            return _unit_id.validate_python(text)
        except ValidationError:
            self.fault(
                column,
                f"mã đơn vị «{text[:80]}» không hợp lệ (chỉ chữ không dấu, số, «-», «_»; tối đa 64)",
                f"'{text[:80]}' is no unit id (letters A-Z, digits, '-' and '_' only, at most 64)",
            )
            return ""

    def day(self, column: str) -> date:
        day = self.open_day(column)
        if day is None:
            self.fault(column, "để trống", "empty")
        return day or FIRST_DAY

    def open_day(self, column: str) -> date | None:
        text = self._cells[column].strip()
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or not FIRST_DAY <= day <= LAST_DAY:
            self.fault(
                column,
                f"«{text[:20]}» không phải ngày dạng năm-tháng-ngày ({FIRST_DAY.year}–{LAST_DAY.year})",
                f"'{text[:20]}' is no date of the form year-month-day ({FIRST_DAY.year}-{LAST_DAY.year})",
            )
            return FIRST_DAY
        return day

    def span(self) -> tuple[date, date | None]:
        before = len(self._faults)
        valid_from, valid_to = self.day("valid_from"), self.open_day("valid_to")
        if len(self._faults) == before and valid_to is not None and valid_to < valid_from:
            self.fault("valid_to", f"trước ngày bắt đầu {valid_from}", f"before the first day {valid_from}")
        return valid_from, valid_to

    def one_of(self, column: str, kinds: tuple[K, ...]) -> K:
        text = self.text(column)
        for kind in kinds:
            if kind == text:
                return kind
        if text:
            self.fault(
                column,
                f"«{text[:80]}» không phải một trong: {', '.join(kinds)}",
                f"'{text[:80]}' is not one of: {', '.join(kinds)}",
            )
        return kinds[0]


_VERSION_COLUMNS = ("unit_id", "unit_type", "name_vi", "short_name", "valid_from", "valid_to")
_RELATION_COLUMNS = ("unit_id", "relation", "parent_id", "valid_from", "valid_to")
_LINK_COLUMNS = ("from_unit", "to_unit", "kind", "effective_date", "legal_basis")


def _version(cells: _Cells) -> tuple[str, Version]:
    unit_type, name, short_name = cells.text("unit_type"), cells.text("name_vi"), cells.text("short_name")
    return cells.unit_id("unit_id"), Version(*cells.span(), unit_type, name, short_name)


def _relation(cells: _Cells) -> tuple[str, Relation]:
    kind, parent_id = cells.one_of("relation", RELATION_KINDS), cells.unit_id("parent_id")
    return cells.unit_id("unit_id"), Relation(kind, parent_id, *cells.span())


def _lineage(cells: _Cells) -> tuple[str, Lineage]:
    kind, to_unit_id = cells.one_of("kind", LINEAGE_KINDS), cells.unit_id("to_unit")
    effective_date, legal_basis = cells.day("effective_date"), cells.text("legal_basis", may_be_empty=True)
    return cells.unit_id("from_unit"), Lineage(kind, to_unit_id, effective_date, legal_basis)


@dataclass(frozen=True, slots=True)
class _File(Generic[T]):
    rows: tuple[Row[T], ...]
    named: frozenset[str]
    is_whole: bool


def _read(
    file: str,
    content: bytes,
    columns: Sequence[str],
    parse: Callable[[_Cells], tuple[str, T]],
    faults: list[Fault],
) -> _File[T]:
    rows: list[Row[T]] = []
    named: set[str] = set()
    is_whole = False
    try:
        for number, values, width in _rows(content, columns):
            if len(values) != width:
                vi = f"dòng có {len(values)} ô, dòng tiêu đề có {width}"
                faults.append(Fault(file, number, "", vi, f"the row has {len(values)} cells, the header has {width}"))
                continue
            cells = _Cells(file, number, values, faults)
            unit_id, says = parse(cells)
            if unit_id:
                named.add(unit_id)
            if cells.is_sound:
                rows.append(Row(number, unit_id, says))
        is_whole = True
    except _Unreadable as broken:
        faults.append(Fault(file, broken.row, "", broken.vi, broken.en))
    return _File(tuple(rows), frozenset(named), is_whole)


def _rows(content: bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str], int]]:
    # Cells by column, and how many there should be; a row of another length is short of columns or has some too many.
    lines = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    number = 0
    header: list[str] = []
    try:
        for number, cells in enumerate(lines, start=1):
            if number == 1:
                header = [name.strip() for name in cells]
                _check_header(header, columns)
            elif any(cell.strip() for cell in cells):
                names = header if len(cells) == len(header) else [str(each) for each in range(len(cells))]
                yield number, dict(zip(names, cells, strict=True)), len(header)
    except csv.Error as error:
        raise _Unreadable(number + 1, f"không đọc được CSV ({error})", f"this is no CSV ({error})") from error
    if number == 0:
        raise _Unreadable(1, "tệp trống", "the file is empty")


def _check_header(header: Sequence[str], columns: Sequence[str]) -> None:
    missing = ", ".join(name for name in columns if name not in header)
    if missing:
        raise _Unreadable(1, f"thiếu cột: {missing}", f"columns are missing: {missing}")
    twice = ", ".join(sorted({name for name in header if header.count(name) > 1}))
    if twice:
        raise _Unreadable(1, f"cột bị lặp: {twice}", f"columns appear twice: {twice}")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable(
            content.count(b"\n", 0, error.start) + 1,
            "không phải bảng mã UTF-8; hãy lưu lại tệp dạng «CSV UTF-8»",
            "this is not UTF-8; save the file as 'CSV UTF-8'",
        ) from error
