"""The report of the unit that asked, by the outline of its directive: who reported, sums, tables, charts. Pure.

What comes out is what the service that lays documents out takes, so that there is one place that knows how official
documents look.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from chassis.clock import VIETNAM
from reporting.domain import UNDIVIDED, Tally
from reporting.exports import sheet
from reporting.exports.sheet import Cell, Empty, Heading

SIDE_BY_SIDE = 3
"""So many figures stand beside one another on an upright page."""
MOST_TABLES = 20
MOST_ROWS = 1000
MOST_CHARTS = 12
MOST_BARS = 20
KEPT_BACK = "*"
NOTE = (
    "Ghi chú: “-” là bằng không; ô trống là chưa báo cáo; “x” là không thuộc diện báo cáo; “*” là số liệu nhỏ, "
    "không công bố."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One unit with what its report shows of it."""

    name: str
    tally: Tally
    kept: frozenset[str] = frozenset()
    """Figures that may not leave the house."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as they are printed; null is blank."""

    heading: Sequence[str]
    rows: Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Lying bars, the longest first."""

    title: str
    unit_of_measure: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    texts: Sequence[str] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()


def sections_of(
    heading: Heading,
    outline: Sequence[Mapping[str, str]],
    *,
    top: Shown,
    below: Sequence[Shown],
    edition: tuple[int, datetime] | None,
) -> list[Section]:
    """Return the sections of a report: how it was answered, the headings of the outline, sums, and units in turn.

    `below` are the units right below the top; what stands there directly is shown as one row. `edition`: number and
    moment of what was published; null: the totals as they are now.
    """
    written = [
        Section(f"{each['code']}. {each['title']}") for each in outline if each["kind"] != "evidence"
    ]  # what is to be said under them, whoever signs it says
    rows = [*sorted(below, key=lambda each: each.name), *_rest(top, below)]
    return [
        Section("Tình hình báo cáo", _answered(heading, top.tally, edition)),
        *written,
        Section("Số liệu tổng hợp", (NOTE,), (_sums(heading, top),)),
        Section(
            "Số liệu theo đơn vị",
            (),
            list(_side_by_side(heading, top, rows))[:MOST_TABLES],
            list(_charts(heading, rows))[:MOST_CHARTS],
        ),
    ]


def _answered(heading: Heading, tally: Tally, edition: tuple[int, datetime] | None) -> list[str]:
    asked = f"Văn bản số {heading.code}" if heading.code else "Văn bản"
    day = f" ngày {heading.issued_on:%d/%m/%Y}" if heading.issued_on else ""
    share = f" ({_percent(tally.reported / tally.due)})" if tally.due else ""
    parts = [
        f"{count} {what}"
        for count, what in (
            (tally.late, "nộp muộn"),
            (tally.nil, "không phát sinh"),
        )
        if count
    ]
    among = f", trong đó {' và '.join(parts)}" if parts else ""
    told = [
        f"{asked}{day} yêu cầu {_grouped(tally.due)} đơn vị báo cáo; {_grouped(tally.reported)} đơn vị đã báo cáo"
        f"{share}{among}."
    ]
    more = [
        f"{count} {what}"
        for count, what in ((tally.returned, "đơn vị có báo cáo bị trả lại"), (tally.exempt, "đơn vị được miễn"))
        if count
    ]
    if more:
        told.append(f"Ngoài ra có {' và '.join(more)}.")
    when = f" kỳ {heading.period}" if heading.period != UNDIVIDED else ""
    ground = f"Số liệu{when} theo mạng lưới đơn vị ngày {heading.as_of:%d/%m/%Y}, "
    if edition is None:
        told.append(f"{ground}chưa công bố.")
    else:
        number, at = edition
        told.append(f"{ground}công bố lần {number} ngày {at.astimezone(VIETNAM):%d/%m/%Y}.")
    return told


def _sums(heading: Heading, top: Shown) -> Table:
    cells = sheet.total_cells(heading.figures, top.tally)
    return Table(
        ("TT", "Chỉ tiêu", "Đơn vị tính", "Tổng số"),
        [
            (
                str(place),
                f"{'Trong đó: ' if figure.of_which else ''}{figure.name or figure.code}"[:500],
                figure.unit_of_measure or None,
                KEPT_BACK if figure.code in top.kept else _printed(cell),
            )
            for place, (figure, cell) in enumerate(zip(heading.figures, cells, strict=True), start=1)
        ],
    )


def _side_by_side(heading: Heading, top: Shown, rows: Sequence[Shown]) -> Iterator[Table]:
    if not rows:
        return
    for start in range(0, len(heading.figures), SIDE_BY_SIDE):
        figures = heading.figures[start : start + SIDE_BY_SIDE]
        names = [
            f"{each.name or each.code} ({each.unit_of_measure})"[:500]
            if each.unit_of_measure
            else each.name or each.code
            for each in figures
        ]

        def row(number: str | None, unit: Shown) -> tuple[str | None, ...]:
            cells = zip(figures, sheet.total_cells(figures, unit.tally), strict=True)  # noqa: B023  it is called at once
            return (
                number,
                unit.name,
                f"{_grouped(unit.tally.reported)}/{_grouped(unit.tally.due)}",
                *(KEPT_BACK if figure.code in unit.kept else _printed(cell) for figure, cell in cells),
            )

        yield Table(
            ("TT", "Đơn vị", "Đã báo cáo", *names),
            [
                row(None, Shown("Tổng số", top.tally, top.kept)),
                *(row(str(place), each) for place, each in enumerate(rows[: MOST_ROWS - 1], start=1)),
            ],
        )


def _charts(heading: Heading, rows: Sequence[Shown]) -> Iterator[Chart]:
    for figure in heading.figures:
        if figure.is_ratio:
            continue  # of shares there is no sum that bars could be parts of
        told = [(each.name, each.tally.total(figure.code)) for each in rows if figure.code not in each.kept]
        bars = sorted(
            ((value, name) for name, value in told if value is not None), key=lambda each: (-each[0], each[1])
        )
        if len(bars) < 2 or bars[0][0] <= 0 or bars[-1][0] < 0 or bars[0][0] > 10**18:
            continue
        title = (figure.name or figure.code)[:400]
        if len(bars) > MOST_BARS:
            title = f"{title}: {MOST_BARS} đơn vị nhiều nhất"
        yield Chart(title, figure.unit_of_measure or "đơn vị", [Bar(name, value) for value, name in bars[:MOST_BARS]])


def _rest(top: Shown, below: Sequence[Shown]) -> list[Shown]:
    # Units that stand at the top directly have no totals of their own.
    rest = reduce(lambda left, each: left.plus(each.tally, -1), below, top.tally)
    if not below or rest.is_nothing:
        return []
    kept = frozenset[str]().union(top.kept, *(each.kept for each in below))
    return [Shown("Các đơn vị trực thuộc khác", rest, kept)]


def _printed(cell: Cell) -> str | None:
    if isinstance(cell, Empty):
        return cell.value or None
    if isinstance(cell, float):
        return _percent(cell)
    return "-" if cell == 0 else _grouped(cell) if isinstance(cell, int) else cell


def _percent(share: float) -> str:
    return f"{share:.2%}".replace(".", ",")


def _grouped(value: int) -> str:
    return f"{value:,}".replace(",", ".")
