"""What a table says, whatever file it becomes: heading, columns, rows, and what an empty cell means. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Literal

from reporting.domain import Tally

LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A spreadsheet takes what begins like this for a formula; some of East Asia the wide ones, too."""


class Empty(Enum):
    """A cell without a figure. That which was counted as nothing is the figure nought, and no such cell."""

    BLANK = ""
    """Not reported, so not known."""
    NOT_ASKED = "x"
    """Not asked of this unit: another education level, or it owes nothing."""


Cell = int | float | str | Empty


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of figures."""

    code: str
    name: str
    unit_of_measure: str
    of_which: str | None = None
    """The code of the figure it is a part of."""
    numerator: str | None = None
    """Of a ratio: the codes of its two sides."""
    denominator: str | None = None
    levels: tuple[str, ...] = ()
    """The education levels it is asked of; none: all."""

    @property
    def is_ratio(self) -> bool:
        """Say whether it is worked out from two others."""
        return self.numerator is not None


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the figures."""

    issuer: str
    code: str
    subject: str
    issued_on: date | None
    title: str
    period: str
    as_of: date
    due_at: datetime | None
    cut_off_at: datetime | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    kind: Literal["total", "group", "unit"]
    number: str
    name: str
    figures: tuple[Cell, ...]
    due: int
    reported: int
    remark: str = ""


def ordered(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return the columns with every part right behind what it is a part of; a part of nothing we have stands alone."""
    codes = {each.code for each in figures}
    parts: dict[str, list[Figure]] = {}
    for each in figures:
        if each.of_which in codes and each.of_which != each.code:
            parts.setdefault(str(each.of_which), []).append(each)
    found: list[Figure] = []

    def put(one: Figure) -> None:
        if one not in found:
            found.append(one)
            for part in parts.get(one.code, ()):
                put(part)

    for each in figures:
        if each.of_which not in codes or each.of_which == each.code:
            put(each)
    for each in figures:  # parts of one another in a circle: nobody stands above them
        put(each)
    return tuple(found)


def total_cells(figures: Sequence[Figure], tally: Tally) -> tuple[Cell, ...]:
    """Return the cells of a total: blank while nobody has told a figure, nought where what was told is."""
    return tuple(_cell(each, tally.total) for each in figures)


def unit_cells(
    figures: Sequence[Figure],
    stated: Mapping[str, int] | None,
    *,
    is_nil: bool = False,
    is_owed: bool,
    levels: Sequence[str],
) -> tuple[Cell, ...]:
    """Return the cells of one unit; `stated` is null while it has not reported. Of a nil report all figures are nought,
    of any other what it does not state is blank."""

    def total(code: str) -> int | None:
        return None if stated is None else stated.get(code, 0 if is_nil else None)

    cells: list[Cell] = []
    for each in figures:
        if not is_owed or (each.levels and levels and not set(each.levels) & set(levels)):
            cells.append(Empty.NOT_ASKED)
        else:
            cells.append(_cell(each, total))
    return tuple(cells)


def _cell(figure: Figure, total: Callable[[str], int | None]) -> Cell:
    if figure.numerator is None or figure.denominator is None:
        value = total(figure.code)
        return Empty.BLANK if value is None else value
    above, below = total(figure.numerator), total(figure.denominator)
    if above is None or below is None:
        return Empty.BLANK
    # Nothing divided by nothing is no figure at all.
    return above / below if below else Empty.NOT_ASKED


def roman(number: int) -> str:
    """Return a number as officials number their groups."""
    text = ""
    for value, letters in (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        times, number = divmod(number, value)
        text += letters * times
    return text
