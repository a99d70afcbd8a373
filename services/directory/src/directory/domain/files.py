"""The files of a province, row by row: what can be read, and what is wrong with the rest."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeAlias, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from chassis.text import UnitId, composed
from contracts.directory import LineageKind, RelationKind
from directory.domain.days import FIRST_DAY, LAST_DAY
from directory.domain.faults import FILES, IDENTIFIERS, LINKS, RELATIONS, UNITS, Fault
from directory.domain.units import LEAD, LEVELS, Identifier, Lineage, Relation, Version
from directory.sheets import Unreadable, rows

RELATION_KINDS: tuple[RelationKind, ...] = tuple(kind for kind in get_args(RelationKind) if kind != LEAD)
LINEAGE_KINDS: tuple[LineageKind, ...] = get_args(LineageKind)
CELL_CHARACTERS = 500
ABBREVIATION = r"[^\W_](?:[^\W_]|[&.-]){0,39}"
"""As in `SGDĐT`, `GDTX-CN&ĐH` or `P.GDTrH`."""
SCHEME = r"[a-z][a-z0-9_]{0,63}"
CODE = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,62}[A-Za-z0-9])?"
"""As in `000.00.12.H98`."""
NO_LEVELS = "-"
"""In place of the levels of a unit that teaches none although its type does."""

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ABBREVIATION, _SCHEME, _CODE = (re.compile(each) for each in (ABBREVIATION, SCHEME, CODE))
_unit_id = TypeAdapter(UnitId)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
K = TypeVar("K", bound=str)

COLUMNS: dict[str, tuple[str, ...]] = {
    UNITS: ("unit_id", "unit_type", "name_vi", "short_name", "valid_from", "valid_to"),
    RELATIONS: ("unit_id", "relation", "parent_id", "valid_from", "valid_to"),
    LINKS: ("from_unit", "to_unit", "kind", "effective_date", "legal_basis"),
    IDENTIFIERS: ("unit_id", "scheme", "code", "valid_from", "valid_to"),
}
"""The columns each file must have."""
MAY_BE_MISSING = ("abbreviation", "levels")
"""Columns the file of units may have; without one, what it would say stays as it is known."""


@dataclass(frozen=True, slots=True)
class Row(Generic[T_co]):
    """A row that could be read: where it is, which unit it is about, what it says."""

    number: int
    unit_id: str
    says: T_co


@dataclass(frozen=True, slots=True)
class Unsound:
    """A row that could not be read, about this unit as far as could be seen."""

    number: int
    unit_id: str


@dataclass(frozen=True, slots=True)
class Files:
    """What the files say, or what they say of some of the units.

    `named` are the units the first file is about, in rows that could not be read as well. Unless the files are
    `whole`, at least one could not be read to its end, and what is missing from it means nothing. `silent` are the
    columns the file of units does not have.
    """

    versions: tuple[Row[Version], ...]
    relations: tuple[Row[Relation], ...]
    links: tuple[Row[Lineage], ...] | None
    identifiers: tuple[Row[Identifier], ...] | None
    named: frozenset[str]
    silent: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    is_whole: bool = True


class _Cells:
    """The cells of one row; notes a fault for each that cannot be read, and answers null in its place."""

    def __init__(self, file: str, number: int, cells: dict[str, str], note: Callable[[Fault], None]) -> None:
        self._file = file
        self._number = number
        self._cells = cells
        self._note = note
        self.is_sound = True

    def fault(self, column: str, vi: str, en: str) -> None:
        self._note(Fault(self._file, self._number, column, vi, en))
        self.is_sound = False

    def text(self, column: str, *, may_be_empty: bool = False) -> str:
        """Return composed text, at most 500 characters on one line."""
        text = self._cells[column].strip()
        if not (text.isascii() and text.isprintable()):
            try:
                text = composed(text)
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

    def like(self, column: str, pattern: re.Pattern[str], *, may_be_empty: bool = False) -> str:
        """Return text that has a form."""
        text = self.text(column, may_be_empty=may_be_empty)
        if text and not pattern.fullmatch(text):
            self.fault(column, f"«{text[:80]}» không đúng dạng", f"'{text[:80]}' does not have the right form")
        return text

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
        was_sound, self.is_sound = self.is_sound, True
        valid_from, valid_to = self.day("valid_from"), self.open_day("valid_to")
        if self.is_sound and valid_to is not None and valid_to < valid_from:
            self.fault("valid_to", f"trước ngày bắt đầu {valid_from}", f"before the first day {valid_from}")
        self.is_sound = self.is_sound and was_sound
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

    def levels(self) -> tuple[str, ...] | None:
        text = self.text("levels", may_be_empty=True) if "levels" in self._cells else ""
        if not text:
            return None
        said = [] if text == NO_LEVELS else [each.strip() for each in text.split(";")]
        if not set(said) <= set(LEVELS):
            self.fault("levels", f"không phải trong số: {'; '.join(LEVELS)}", f"not among: {'; '.join(LEVELS)}")
        return tuple(level for level in LEVELS if level in said)

    def abbreviation(self) -> str | None:
        if "abbreviation" not in self._cells:
            return None
        return self.like("abbreviation", _ABBREVIATION, may_be_empty=True) or None


def _version(cells: _Cells) -> tuple[str, Version]:
    unit_type, name, short_name = cells.text("unit_type"), cells.text("name_vi"), cells.text("short_name")
    unit_id = cells.unit_id("unit_id")
    return unit_id, Version(*cells.span(), unit_type, name, short_name, cells.abbreviation(), cells.levels())


def _relation(cells: _Cells) -> tuple[str, Relation]:
    kind, parent_id = cells.one_of("relation", RELATION_KINDS), cells.unit_id("parent_id")
    return cells.unit_id("unit_id"), Relation(kind, parent_id, *cells.span())


def _lineage(cells: _Cells) -> tuple[str, Lineage]:
    kind, to_unit_id = cells.one_of("kind", LINEAGE_KINDS), cells.unit_id("to_unit")
    effective_date, legal_basis = cells.day("effective_date"), cells.text("legal_basis", may_be_empty=True)
    return cells.unit_id("from_unit"), Lineage(kind, to_unit_id, effective_date, legal_basis)


def _identifier(cells: _Cells) -> tuple[str, Identifier]:
    scheme, code = cells.like("scheme", _SCHEME), cells.like("code", _CODE)
    return cells.unit_id("unit_id"), Identifier(scheme, code, *cells.span())


Said: TypeAlias = Version | Relation | Lineage | Identifier
"""What a row of one of the files says of a unit."""
_PARSE: dict[str, Callable[[_Cells], tuple[str, Said]]] = {
    UNITS: _version,
    RELATIONS: _relation,
    LINKS: _lineage,
    IDENTIFIERS: _identifier,
}


class Reader:
    """Reads one file row by row; what is wrong with a row by itself is noted on the way.

    After the last row, `is_whole` says whether the file could be read to its end, and `silent` which columns it lacks.
    """

    def __init__(self, file: str, table: Iterable[tuple[int, list[str]]], note: Callable[[Fault], None]) -> None:
        self.file = file
        self._table = table
        self._note = note
        self.is_whole = False
        self.silent: frozenset[str] = frozenset()
        self.sound = 0

    def __iter__(self) -> Iterator[Row[Said] | Unsound]:
        """Yield each row that names its unit, or that is sound."""
        try:
            for number, values, width in self._named_cells():
                if len(values) != width:
                    vi = f"dòng có {len(values)} ô, dòng tiêu đề có {width}"
                    en = f"the row has {len(values)} cells, the header has {width}"
                    self._note(Fault(self.file, number, "", vi, en))
                    continue
                cells = _Cells(self.file, number, values, self._note)
                unit_id, says = _PARSE[self.file](cells)
                if cells.is_sound:
                    self.sound += 1
                    yield Row(number, unit_id, says)
                elif unit_id:
                    yield Unsound(number, unit_id)
            self.is_whole = True
        except Unreadable as broken:
            self._note(Fault(self.file, broken.row, "", broken.vi, broken.en))

    def _named_cells(self) -> Iterator[tuple[int, dict[str, str], int]]:
        # Cells by column, and how many there should be; a row of another length is short of columns or has too many.
        header: list[str] = []
        number = 0
        for number, cells in self._table:
            if number == 1:
                header = [name.strip() for name in cells]
                self._check_header(header)
            elif any(cell.strip() for cell in cells):
                names = header if len(cells) == len(header) else [str(each) for each in range(len(cells))]
                yield number, dict(zip(names, cells, strict=True)), len(header)
        if number == 0:
            raise Unreadable(1, "tệp trống", "the file is empty")

    def _check_header(self, header: Sequence[str]) -> None:
        missing = ", ".join(name for name in COLUMNS[self.file] if name not in header)
        if missing:
            raise Unreadable(1, f"thiếu cột: {missing}", f"columns are missing: {missing}")
        twice = ", ".join(sorted({name for name in header if header.count(name) > 1}))
        if twice:
            raise Unreadable(1, f"cột bị lặp: {twice}", f"columns appear twice: {twice}")
        if self.file == UNITS:
            self.silent = frozenset(name for name in MAY_BE_MISSING if name not in header)


def no_units() -> Fault:
    """Return what is wrong with a file of units that has none."""
    return Fault(UNITS, 1, "", "tệp không có đơn vị nào", "the file names no unit")


def read_files(units: bytes, relations: bytes, links: bytes | None = None, identifiers: bytes | None = None) -> Files:
    """Read small files as they were sent. Everything that is wrong with a row by itself is among the `faults`."""
    files = read_changes({UNITS: units, RELATIONS: relations, LINKS: links, IDENTIFIERS: identifiers})
    if files.is_whole and not files.named and not files.faults:
        return replace(files, faults=(no_units(),))
    return files


def read_changes(contents: Mapping[str, bytes | None]) -> Files:
    """Read some of the files, each by itself: none of them has to be there, or to name a unit."""
    faults: list[Fault] = []
    readers: dict[str, Reader] = {}
    read: dict[str, list[Row[Said] | Unsound]] = {file: [] for file in FILES}
    for file in FILES:
        content = contents.get(file)
        if content is not None:
            readers[file] = Reader(file, rows(io.BytesIO(content)), faults.append)
            read[file] = list(readers[file])
    return Files(
        versions=sound(read[UNITS], Version),
        relations=sound(read[RELATIONS], Relation),
        links=sound(read[LINKS], Lineage) if LINKS in readers else None,
        identifiers=sound(read[IDENTIFIERS], Identifier) if IDENTIFIERS in readers else None,
        named=frozenset(row.unit_id for row in read[UNITS]),
        silent=readers[UNITS].silent if UNITS in readers else frozenset(),
        faults=tuple(faults),
        is_whole=all(reader.is_whole for reader in readers.values()),
    )


def sound(read: Iterable[Row[Said] | Unsound], says: type[T]) -> tuple[Row[T], ...]:
    """Return the rows that could be read and say this."""
    return tuple(
        Row(row.number, row.unit_id, row.says) for row in read if isinstance(row, Row) and isinstance(row.says, says)
    )
