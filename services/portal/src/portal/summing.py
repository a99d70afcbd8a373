"""The totals of a requirement as people look at them: figures, targets, how answers came in, as a tree. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.wording import folded
from portal import writing

WIDE, HIGH = 480, 160
"""What the line and the columns of a chart are drawn in."""
MOST_COLUMNS = 8
MOST_PERIODS = 6
"""So many periods stand beside one another."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a whole; `of` is what a ratio is worked out of, or of how many units a yes is."""

    code: str
    title: str
    type: str
    measure: str
    value: int | None
    of: int | None
    share: float | None
    """From nought to one."""
    mark: str | None
    """Why there is no figure."""


@dataclass(frozen=True, slots=True)
class Aimed:
    """A figure beside its target."""

    title: str
    kind: str
    holds: str
    value: int | None
    target: int
    missing: int | None
    filled: float
    """How much of the bar is full, of `WIDE`."""
    tick: float
    """Where the target stands on the bar."""


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of a table, and how far down the tree it is."""

    unit_id: str
    name: str
    depth: int
    reported: int
    due: int
    figures: tuple[Figure, ...]
    bar: float
    """How much of its units has come, of `WIDE`."""


@dataclass(frozen=True, slots=True)
class Column:
    """So many units whose figure lies between two values, both of which belong to it."""

    least: int
    most: int
    units: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Come:
    """How many answers had come by the end of a day."""

    day: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """How answers came in over time, as a line of an SVG and as a table."""

    points: str
    due_x: float | None
    days: tuple[Come, ...]
    everyone: int
    first: datetime
    last: datetime
    due: datetime
    """The earliest deadline of those who answer."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of one period beside the other periods."""

    period: str
    value: int | None
    change: float | None
    """Against the period before it, as a share of that."""
    x: float
    y: float
    width: float
    height: float


def whole(aggregates: Sequence[Mapping[str, Any]], issuer: str) -> Mapping[str, Any] | None:
    """Return the totals of the whole: those at the issuer, or else of the most units the reader may see."""
    above = [each for each in aggregates if each["relation"] == "reporting"]
    at_issuer = next((each for each in above if each["unit_id"] == issuer), None)
    return at_issuer or max(above, key=lambda each: (each["units_due"], each["unit_id"]), default=None)


def figures(requirement: Mapping[str, Any], tally: Mapping[str, Any]) -> tuple[Figure, ...]:
    """Return the figures of a tally, in the order they are asked."""
    return tuple(_figure(each, tally) for each in requirement["indicators"])


def aims(requirement: Mapping[str, Any], tally: Mapping[str, Any]) -> list[Aimed]:
    """Return the figures that have a target, each beside it."""
    names = {each["code"]: each["name"] for each in requirement["indicators"]}
    found = []
    for told in tally["targets"]:
        if told["target"] is None:
            continue
        variance = told["variance"]
        value = None if variance is None else told["target"] + variance
        most = max(value or 0, told["target"], 1)
        found.append(
            Aimed(
                title=names.get(told["indicator"], told["indicator"]),
                kind=told["kind"],
                holds=told["holds"],
                value=value,
                target=told["target"],
                missing=told["missing"],
                filled=round(WIDE * max(value or 0, 0) / most, 1),
                tick=round(WIDE * told["target"] / most, 1),
            )
        )
    return found


def rows(
    requirement: Mapping[str, Any], aggregates: Iterable[Mapping[str, Any]], units: Iterable[Mapping[str, Any]]
) -> list[Row]:
    """Return the units that have totals as they stand in the tree: each below the one it reports to."""
    have = {each["unit_id"]: each for each in aggregates if each["relation"] == "reporting"}
    above = {each["unit_id"]: each["reporting_parent_id"] for each in units}
    below: dict[str | None, list[str]] = {}
    for unit in have:
        parent = above.get(unit)
        below.setdefault(parent if parent in have and parent != unit else None, []).append(unit)
    found: list[Row] = []
    waiting = [(unit, 0) for unit in _by_name(below.get(None, ()), have)]
    while waiting:
        unit, depth = waiting.pop(0)
        told = have[unit]
        share = told["units_reported"] / told["units_due"] if told["units_due"] else 0.0
        found.append(
            Row(unit, told["name"], depth, told["units_reported"], told["units_due"], figures(requirement, told),
                round(WIDE * min(share, 1.0), 1))
        )  # fmt: skip
        waiting[:0] = [(each, depth + 1) for each in _by_name(below.get(unit, ()), have)]
    return found


def columns(found: Iterable[Row], code: str) -> list[Column]:
    """Return how a figure is distributed over the lowest units that have it."""
    listed = list(found)
    leaves = [
        row for row, after in zip(listed, [*listed[1:], None], strict=True) if not after or after.depth <= row.depth
    ]
    values = [
        figure.value for row in leaves for figure in row.figures if figure.code == code and figure.value is not None
    ]
    if not values:
        return []
    least, most = min(values), max(values)
    step = max(1, -(-(most - least + 1) // MOST_COLUMNS))
    counts = [0] * ((most - least) // step + 1)
    for value in values:
        counts[(value - least) // step] += 1
    width, highest = WIDE / len(counts), max(counts)
    return [
        Column(
            least=least + place * step,
            most=least + (place + 1) * step - 1,
            units=count,
            x=round(place * width + 2, 1),
            y=round(HIGH - HIGH * count / highest, 1),
            width=round(width - 4, 1),
            height=round(HIGH * count / highest, 1),
        )
        for place, count in enumerate(counts)
    ]


def line(coverage: Sequence[Mapping[str, Any]], now: datetime) -> Line | None:
    """Return how answers came in, day by day; null while none has."""
    came = sorted(writing.moment(each["submitted_at"]) for each in coverage if each["submitted_at"])
    if not came:
        return None
    due = min(writing.moment(each["due_at"]) for each in coverage)
    first, last = came[0], max(came[-1], min(now, due))
    days = {each.date(): each for each in came}
    steps = [Come(at, sum(other.date() <= day for other in came)) for day, at in days.items()]
    span = max((last - first).total_seconds(), 1.0)
    drawn = [(0.0, float(HIGH))]
    for count, at in enumerate(came, start=1):
        x = round(WIDE * (at - first).total_seconds() / span, 1)
        drawn += [(x, drawn[-1][1]), (x, round(HIGH - HIGH * count / len(coverage), 1))]
    drawn.append((float(WIDE), drawn[-1][1]))
    due_x = round(WIDE * (due - first).total_seconds() / span, 1)
    return Line(
        points=" ".join(f"{x:g},{y:g}" for x, y in dict.fromkeys(drawn)),
        due_x=due_x if 0 <= due_x <= WIDE else None,
        days=tuple(steps),
        everyone=len(coverage),
        first=first,
        last=last,
        due=due,
    )


def periods_beside(periods: Sequence[str], period: str) -> list[str]:
    """Return a period and those beside it that it is shown with, in their order: not more than can be looked at."""
    if period not in periods:
        return []
    place = periods.index(period)
    start = max(0, min(place + 1, len(periods)) - MOST_PERIODS)
    return list(periods[start : start + MOST_PERIODS])


def across(tallies: Mapping[str, Mapping[str, Any] | None], code: str) -> list[Bar]:
    """Return a figure over the periods; a period nobody has answered for has none, and nothing is made of it."""
    values = [tally["totals"].get(code) if tally else None for tally in tallies.values()]
    if sum(value is not None for value in values) < 2:
        return []
    highest = max(*(value or 0 for value in values), 1)
    width = WIDE / len(values)
    found = []
    for place, (period, value) in enumerate(zip(tallies, values, strict=True)):
        before = values[place - 1] if place else None
        height = HIGH * max(value or 0, 0) / highest
        found.append(
            Bar(
                period=period,
                value=value,
                change=(value - before) / before if value is not None and before else None,
                x=round(place * width + width * 0.2, 1),
                y=round(HIGH - height, 1),
                width=round(width * 0.6, 1),
                height=round(height, 1),
            )
        )
    return found


def _figure(asked: Mapping[str, Any], tally: Mapping[str, Any]) -> Figure:
    code, kind = asked["code"], asked["type"]
    value, of = tally["totals"].get(code), None
    if kind == "ratio":
        told = tally["ratios"].get(code) or {"numerator": None, "denominator": None}
        value, of = told["numerator"], told["denominator"]
    elif kind == "bool":
        of = tally["units_reported"]
    share = value / of if value is not None and of else None
    return Figure(code, asked["name"], kind, asked["unit_of_measure"], value, of, share, tally["marks"].get(code))


def _by_name(found: Iterable[str], have: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return sorted(found, key=lambda unit: (folded(have[unit]["name"]), unit))
