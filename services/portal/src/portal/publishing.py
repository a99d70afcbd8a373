"""An open edition as people look at it: one figure, unit by unit, those of its kind beside each other. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WIDE = 480
"""What a bar is drawn in."""
MOST_ROWS = 120
"""A page shows so many units; all of them are in the files."""


@dataclass(frozen=True, slots=True)
class Row:
    """One unit with its figure; no value where it is kept back or nobody has told one."""

    name: str
    value: float | None
    status: str
    reported: int
    due: int
    bar: float


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure of one period, of the units of one type."""

    indicators: tuple[tuple[str, str], ...]
    """Code and name of every figure there is."""
    periods: tuple[str, ...]
    types: tuple[str, ...]
    of: str
    period: str
    at: str
    measure: str
    rows: tuple[Row, ...]
    left_out: int


def shown(figures: Iterable[Mapping[str, Any]], *, of: str, period: str, at: str) -> Shown:
    """Return what was chosen, and the first there is of what was not; what was chosen and is not there likewise."""
    whole = [each for each in figures if each["level"] == ""]
    names = {each["indicator"]: each["indicator_name"] for each in whole}
    periods = tuple(dict.fromkeys(each["period"] for each in whole))
    # Where there are many units, there is something to compare.
    counts: dict[str, int] = {}
    for each in whole:
        counts[each["unit_type"]] = counts.get(each["unit_type"], 0) + 1
    types = tuple(sorted(counts, key=lambda each: (-counts[each], each)))
    chosen = _chosen(of, tuple(names)), _chosen(period, periods), _chosen(at, types)
    found = [each for each in whole if (each["indicator"], each["period"], each["unit_type"]) == chosen]
    most = max((abs(each["value"]) for each in found if each["value"] is not None), default=0) or 1
    found.sort(key=lambda each: (-(each["value"] if each["value"] is not None else float("-inf")), each["unit_name"]))
    return Shown(
        indicators=tuple(names.items()),
        periods=periods,
        types=types,
        of=chosen[0],
        period=chosen[1],
        at=chosen[2],
        measure=found[0]["unit_of_measure"] if found else "",
        rows=tuple(
            Row(
                name=each["unit_name"],
                value=each["value"],
                status=each["status"],
                reported=each["units_reported"],
                due=each["units_due"],
                bar=round(WIDE * max(each["value"] or 0, 0) / most, 1),
            )
            for each in found[:MOST_ROWS]
        ),
        left_out=max(0, len(found) - MOST_ROWS),
    )


def _chosen(wanted: str, there: tuple[str, ...]) -> str:
    return wanted if wanted in there else next(iter(there), "")
