"""What is assigned to units, read from a table as people copy it out of a spreadsheet."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from unicodedata import normalize

from directives.domain.target import MOST_ASSIGNED, Assigned

UNIT = "unit_id"
PERIOD = "period"
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class TableFault:
    """What is wrong in a row of a table; rows count from one, the heading included."""

    row: int
    column: str
    what_vi: str
    what_en: str


def read_table(
    text: str, *, indicators: Collection[str], units: Collection[str]
) -> tuple[list[Assigned], list[TableFault]]:
    """Return what a table assigns, and every fault in it; with a fault, nothing of it is to be used.

    The first row is the heading: `unit_id`, `period` where it matters, and the codes of indicators. Cells are parted by
    tabs, semicolons or commas. An empty cell assigns nothing; dots, blanks and commas part thousands.
    """
    lines = normalize("NFC", text.lstrip("\ufeff")).splitlines()
    if not lines:
        return [], [TableFault(1, UNIT, "Bảng trống.", "The table is empty.")]
    parted_by = next((each for each in "\t;," if each in lines[0]), "\t")
    heading, *rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=parted_by)]
    faults = [
        TableFault(1, name, "Không có chỉ tiêu giao nào mang mã này.", "No figure that is assigned has this code.")
        for name in heading
        if name not in (UNIT, PERIOD) and name not in indicators
    ]
    if UNIT not in heading or len(set(heading)) < len(heading):
        what = ("Cần đúng một cột «unit_id», mỗi cột một tên.", "There is one column `unit_id`, and no name twice.")
        faults.append(TableFault(1, UNIT, *what))
    if faults:
        return [], faults
    found: list[Assigned] = []
    seen: set[tuple[str, str | None]] = set()
    for number, row in enumerate(rows, 2):
        if any(row):
            cells = dict(zip(heading, row, strict=False))
            faults += _row_faults(number, row, cells, heading, units, seen)
            found += _assigned(number, cells, faults)
    if len(found) > MOST_ASSIGNED:
        what = (f"Quá {MOST_ASSIGNED} ô.", f"More than {MOST_ASSIGNED} cells.")
        faults.append(TableFault(len(rows) + 1, UNIT, *what))
    return ([], faults) if faults else (found, [])


def _row_faults(
    number: int,
    row: list[str],
    cells: dict[str, str],
    heading: list[str],
    units: Collection[str],
    seen: set[tuple[str, str | None]],
) -> list[TableFault]:
    if len(row) > len(heading):
        return [TableFault(number, UNIT, "Nhiều ô hơn số cột.", "More cells than columns.")]
    unit_id = cells.get(UNIT, "")
    if unit_id not in units:
        return [TableFault(number, UNIT, f"Không có đơn vị «{unit_id}».", f"There is no unit {unit_id!r}.")]
    key = (unit_id, cells.get(PERIOD) or None)
    if key in seen:
        return [TableFault(number, UNIT, f"Đơn vị «{unit_id}» bị lặp lại.", f"The unit {unit_id!r} stands twice.")]
    seen.add(key)
    return []


def _assigned(number: int, cells: dict[str, str], faults: list[TableFault]) -> list[Assigned]:
    found = []
    for name, cell in cells.items():
        if name in (UNIT, PERIOD) or not cell:
            continue
        digits = _without_separators(cell)
        if digits is None or int(digits) > LARGEST:
            faults.append(TableFault(number, name, f"«{cell}» không phải số nguyên.", f"{cell!r} is no whole number."))
        else:
            found.append(Assigned(name, cells[UNIT], int(digits), cells.get(PERIOD) or None))
    return found


def _without_separators(cell: str) -> str | None:
    """Return the digits of a whole number; whatever parts it must part it in threes: 1.5 is not fifteen."""
    for separator in (".", ",", " ", "\u00a0", "\u202f"):
        first, *rest = cell.split(separator)
        if rest and all(len(each) == 3 for each in rest) and 1 <= len(first) <= 3:
            cell = "".join((first, *rest))
            break
    return cell if cell.isascii() and cell.isdigit() else None
