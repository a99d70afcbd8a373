"""What stands in an open file: one row for each figure of each unit, period and education level. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any, Literal

from reporting.domain import ALL_LEVELS, Requirement, Tally, marks_of
from reporting.domain.edition import Figure, kept_back
from reporting.exports.sheet import LIKE_A_FORMULA
from reporting.exports.sheet import Figure as Named

Status = Literal["stated", "nil", "blank", "not_applicable", "withheld"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure."""

    period: str
    relation: str
    unit_id: str
    unit_name: str
    unit_type: str
    level: str
    indicator: str
    indicator_name: str
    unit_of_measure: str
    value: int | float | None
    status: Status
    units_reported: int
    units_due: int


COLUMNS = tuple(each.name for each in fields(Row))


def rows_of(requirement: Requirement, named: Sequence[Named], figure: Figure) -> Iterator[Row]:
    """Yield the rows of one unit and period, without what may not leave the house."""
    names = {each.code: each for each in named}
    ratios = {each.indicator: each for each in requirement.ratios}
    for level in sorted(figure.figures, key=lambda each: (each != ALL_LEVELS, each)):
        tally, kept = figure.figures[level], kept_back(requirement, figure, level)
        marks = marks_of(requirement, tally, level)
        for code in (*requirement.indicators, *ratios):
            value: int | float | None
            status: Status
            if code in ratios:
                above, below = ratios[code].numerator, ratios[code].denominator
                is_kept = bool(kept & {code, above, below})
                value = None if is_kept else _share(tally, above, below)
                status = "withheld" if is_kept else "stated" if value is not None else "blank"
            elif code in kept:
                value, status = None, "withheld"
            else:
                mark = marks.get(code)
                value, status = (0 if mark == "nil" else None, mark) if mark else (tally.total(code), "stated")
            name = names.get(code)
            yield Row(
                period=figure.key.period,
                relation=figure.key.relation,
                unit_id=figure.key.unit_id,
                unit_name=figure.name,
                unit_type=figure.unit_type,
                level=level,
                indicator=code,
                indicator_name=name.name if name else code,
                unit_of_measure=name.unit_of_measure if name else "",
                value=value,
                status=status,
                units_reported=tally.reported,
                units_due=tally.due,
            )


def _share(tally: Tally, above: str, below: str) -> float | None:
    over, under = tally.total(above), tally.total(below)
    return round(over / under, 6) if over is not None and under else None


def as_csv(rows: Iterable[Row], *, with_heading: bool) -> bytes:
    """Return rows as RFC 4180 text in UTF-8; a text that begins like a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if with_heading:
        writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            f"'{each}" if isinstance(each, str) and each.startswith(LIKE_A_FORMULA) else each for each in astuple(row)
        )
    return out.getvalue().encode()


def as_json(rows: Iterable[Row], *, is_first: bool) -> bytes:
    """Return rows as members of a JSON array; but the first begin with the comma between."""
    written = [json.dumps(dict(zip(COLUMNS, astuple(row), strict=True)), ensure_ascii=False) for row in rows]
    return (("" if is_first or not written else ",\n") + ",\n".join(written)).encode()


def _column(kind: str | Sequence[str], description: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "description": description, **more}


SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Kỳ công bố số liệu / An edition of totals",
    "type": "object",
    "additionalProperties": False,
    "required": [
        "schema",
        "requirement_id",
        "edition",
        "published_at",
        "as_of",
        "title",
        "code",
        "issuer",
        "digest",
        "figures",
    ],
    "properties": {
        "schema": _column("string", "where this schema is"),
        "requirement_id": _column("string", "what was asked", format="uuid"),
        "edition": _column("integer", "the number of the edition; a later one corrects it", minimum=1),
        "published_at": _column("string", "when it was published", format="date-time"),
        "as_of": _column("string", "the day on whose network of units the totals stand", format="date"),
        "title": _column("string", "what was asked, in words"),
        "code": _column("string", "number and notation of the directive"),
        "issuer": _column("string", "who asked"),
        "digest": _column("string", "SHA-256 of the figures that may leave: two editions with one say the same here"),
        "figures": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": list(COLUMNS),
                "properties": {
                    "period": _column("string", "the period; - where there is one only"),
                    "relation": _column(
                        "string", "how those that are counted stand below the unit", enum=["reporting", "cluster"]
                    ),
                    "unit_id": _column("string", "the unit or cluster whose total it is"),
                    "unit_name": _column("string", "what it was called that day"),
                    "unit_type": _column("string", "what kind of unit it is"),
                    "level": _column("string", "the education level; empty: all of them"),
                    "indicator": _column("string", "the code of the figure"),
                    "indicator_name": _column("string", "what it is called"),
                    "unit_of_measure": _column("string", "what is counted"),
                    "value": _column(["integer", "number", "null"], "the sum; of a share, sum over sum"),
                    "status": _column(
                        "string",
                        "stated; nil: all who reported say nothing happened; blank: nobody has told one; "
                        "not_applicable: not asked at this level; withheld: small, or it would give away a small one",
                        enum=["stated", "nil", "blank", "not_applicable", "withheld"],
                    ),
                    "units_reported": _column("integer", "how many units are counted", minimum=0),
                    "units_due": _column("integer", "how many had to report", minimum=0),
                },
            },
        },
    },
    "x-csv": "The columns of the CSV file are the members of a figure, in this order; null is an empty cell.",
}
"""The schema of the JSON file; the columns of the CSV file are those of a figure."""
