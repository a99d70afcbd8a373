"""A table as text that a spreadsheet opens by double-click, whatever list separator the machine was set up with.

UTF-16 with its mark and tabs between the cells: of UTF-8 with semicolons or commas Excel makes one column, or letters
nobody can read, depending on the machine's region (decision 63).
"""

import codecs
from pathlib import Path

from reporting.exports.sheet import LIKE_A_FORMULA, Cell, Empty, Heading, Line


class TextFile:
    """Writes one table; `line` for each row in order, then `close`."""

    def __init__(self, path: Path, heading: Heading) -> None:
        self._out = path.open("w", encoding="utf-16-le", newline="")
        self._out.write(codecs.BOM_UTF16_LE.decode("utf-16-le"))
        self._write([heading.title])
        self._write([f"{heading.code} {heading.subject}".strip()])
        self._write([heading.period if heading.period != "-" else "", heading.as_of.isoformat()])
        self._write(
            [
                "STT",
                "Đơn vị",
                *(f"{each.name or each.code} ({each.unit_of_measure})" for each in heading.figures),
                "Số đơn vị phải báo cáo",
                "Đã báo cáo",
                "Ghi chú",
            ]
        )

    def line(self, line: Line) -> None:
        """Write the next row."""
        figures = [_shown(each) for each in line.figures]
        self._write([line.number, line.name, *figures, str(line.due), str(line.reported), line.remark])

    def close(self) -> None:
        """End the file."""
        self._out.close()

    def _write(self, cells: list[str]) -> None:
        self._out.write("\t".join(defused(each) for each in cells) + "\r\n")


def _shown(cell: Cell) -> str:
    if isinstance(cell, Empty):
        return cell.value
    # With the comma of the country's spreadsheets, for which a point parts thousands.
    return f"{cell:.2%}".replace(".", ",") if isinstance(cell, float) else str(cell)


def defused(text: str) -> str:
    """Return a cell that is what it says: no formula, no second cell, no second row. A number stays one."""
    plain = " ".join(text.split())
    is_number = plain.removeprefix("-").removesuffix("%").replace(",", "", 1).isdigit()
    if plain.startswith(LIKE_A_FORMULA) and not is_number:
        plain = f"'{plain}"
    return f'"{plain.replace(chr(34), chr(34) * 2)}"' if '"' in plain else plain
