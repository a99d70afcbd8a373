"""Open files: every figure with why it has no value, nothing that may not leave, no cell that is a formula."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from uuid import UUID

from jsonschema_rs import Draft202012Validator

from reporting.domain import AggregateKey, Ratio, Requirement, Tally
from reporting.domain.edition import Figure
from reporting.exports.sheet import Figure as Named
from reporting.opendata.rows import COLUMNS, SCHEMA, as_csv, as_json, rows_of

ASKED = Requirement(
    UUID(int=1),
    1,
    UUID(int=2),
    "U",
    "report",
    date(2026, 5, 31),
    ("-",),
    ("pupils", "out"),
    (Ratio("rate", "out", "pupils"),),
)
SENSITIVE = ASKED._replace(sensitive=("out", "rate"))
NAMED = (Named("pupils", "Học sinh", "học sinh"), Named("out", "=1+1", "học sinh"))
SOUTH = Figure(
    AggregateKey(UUID(int=1), "south", "-"),
    "Xã Nam",
    "phong_vhxh",
    {"": Tally(3, 2, {"pupils": 40, "out": 3}), "primary": Tally(1, 1, {"pupils": 8, "out": 1})},
    is_withheld=True,
)


def told(asked, figure):
    return {(row.level, row.indicator): (row.value, row.status) for row in rows_of(asked, NAMED, figure)}


def test_what_is_kept_back_is_in_no_row_also_not_as_a_share() -> None:
    assert told(SENSITIVE, SOUTH) == {
        ("", "pupils"): (40, "stated"),
        ("", "out"): (None, "withheld"),
        ("", "rate"): (None, "withheld"),
        ("primary", "pupils"): (8, "stated"),
        ("primary", "out"): (None, "withheld"),
        ("primary", "rate"): (None, "withheld"),
    }
    shown = told(SENSITIVE, replace(SOUTH, is_withheld=False))
    assert shown["", "out"] == (3, "stated")
    assert shown["primary", "out"] == (None, "withheld")


def test_why_there_is_no_figure_is_said() -> None:
    nobody = replace(SOUTH, figures={"": Tally(3, 0)})
    nothing = replace(SOUTH, figures={"": Tally(3, 2, nil=2)})
    silent = replace(SOUTH, figures={"": Tally(3, 1, {"pupils": 5}, silent={"out": 1})})

    assert set(told(ASKED, nobody).values()) == {(None, "blank")}
    assert told(ASKED, nothing)["", "pupils"] == (0, "nil")
    assert told(ASKED, silent) == {
        ("", "pupils"): (5, "stated"),
        ("", "out"): (None, "blank"),
        ("", "rate"): (None, "blank"),
    }
    divided = ASKED._replace(divided={"out": ("primary",)})
    assert told(divided, replace(SOUTH, figures={"upper_secondary": Tally(1, 1)}))["upper_secondary", "out"] == (
        None,
        "not_applicable",
    )


def test_the_json_is_as_its_schema_says_and_the_csv_has_its_columns() -> None:
    rows = list(rows_of(SENSITIVE, NAMED, SOUTH))
    figures = json.loads(b"[" + as_json(rows[:2], is_first=True) + as_json(rows[2:], is_first=False) + b"]")
    items = SCHEMA["properties"]["figures"]["items"]
    for each in figures:
        Draft202012Validator(items).validate(each)
    assert list(items["properties"]) == list(COLUMNS)

    written = as_csv(rows[:2], with_heading=True) + as_csv(rows[2:], with_heading=False)
    lines = list(csv.DictReader(io.StringIO(written.decode(), newline="")))
    assert [line["value"] for line in lines] == [
        str(each["value"]) if each["value"] is not None else "" for each in figures
    ]
    assert {line["indicator_name"] for line in lines} == {"Học sinh", "'=1+1", "rate"}


def test_no_name_is_a_formula() -> None:
    for name in ("=1+1", "+1", "-1+1", "@SUM(A1)", "＝1＋1", "＋1", "－1", "＠SUM"):
        rows = rows_of(ASKED, (), replace(SOUTH, name=name))
        [heading, *lines] = csv.reader(io.StringIO(as_csv(rows, with_heading=True).decode(), newline=""))
        assert {line[heading.index("unit_name")] for line in lines} == {f"'{name}"}
