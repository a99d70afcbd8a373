"""A worksheet that takes a whole row of plain cells at once; a table has a million of them, and hardly anything else.

XlsxWriter asks every cell what it is, where it stands and how it looks, each in calls of its own, which is four fifths
of the time it takes to write one. The bytes are those it would write itself: a test beside this holds both.
"""

from collections.abc import Sequence
from functools import lru_cache

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32767 // 2
"""A cell holds 32,767 halves of characters; so many characters fit, whatever they are."""

PlainCell = tuple[int | float | str | None, Format]
"""A number, a text or nothing at all, and how it looks. Of an empty text a cell is made that is not empty."""


class PlainRows(Worksheet):  # type: ignore[misc]  # XlsxWriter tells no types
    """A worksheet of a book in constant memory."""

    def write_plain_row(self, row: int, cells: Sequence[PlainCell]) -> None:
        """Write the cells of a row from the first column on; rows above it are done with, and so is this one."""
        if not self.constant_memory or row < self.previous_row or self._check_dimensions(row, len(cells) - 1):
            raise ValueError(f"row {row} of {len(cells)} cells cannot be written any more")
        self._check_dimensions(row, 0)
        if row > self.previous_row:
            self._write_single_row(row)  # the one before ends here
        name = str(row + 1)
        self.fh.write(
            f'<row r="{name}">'
            + "".join(
                [
                    self._plain(f'<c r="{column}{name}" s="{look._get_xf_index()}"', value)  # noqa: SLF001  no other way to learn it
                    for column, (value, look) in zip(_columns(len(cells)), cells, strict=True)
                ]
            )
            + "</row>"
        )

    def _plain(self, begun: str, value: float | str | None) -> str:
        if value is None:
            return begun + "/>"
        if isinstance(value, str):
            told = self._escape_control_characters(value[:LONGEST_TEXT])
            kept = ' xml:space="preserve"' if told != told.strip() else ""
            return f'{begun} t="inlineStr"><is><t{kept}>{self._escape_data(told)}</t></is></c>'
        return f"{begun}><v>{value:.16G}</v></c>"


@lru_cache
def _columns(count: int) -> tuple[str, ...]:
    return tuple(xl_col_to_name(number) for number in range(count))
