"""A province as its CSV files describe it, and the totals its files say are right.

The expectation here is a plain recomputation from the files, on purpose without any code of the services: what the
platform answers is held against it.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

SCHOOL_TYPES = ("thcs", "th_thcs", "thpt", "thpt_chuyen", "ptdtnt", "thcs_thpt", "pt_nhieu_cap")
"""Who reports: THCS, TH&THCS, THPT of every kind, THCS&THPT, multi-level schools."""
VIDEO_TYPES = ("phong_vhxh", "cum_chuyen_mon")
"""Who sends a video: each commune office, each cluster."""
CLUSTER, DEPARTMENT, UPPER_SECONDARY = "cum_chuyen_mon", "so_gddt", "thpt"
INDICATORS = {
    "stem_implementing": "stem.school_implementing",
    "stem_lessons": "stem.lessons",
    "khkt_projects": "stem.research_projects",
    "khkt_projects_province": "stem.research_projects_province",
}
"""Column of the file → indicator of the catalogue."""
_OF_PROVINCE = re.compile(r"(?:tỉnh|thành phố) (.+)$")
Row = dict[str, str]


@dataclass(frozen=True)
class Expected:
    """What one unit's totals must be."""

    totals: dict[str, int | None]
    units_reported: int
    units_due: int


@dataclass(frozen=True)
class Province:
    """The files of a province, read."""

    folder: Path
    units: tuple[Row, ...]
    relations: tuple[Row, ...]
    links: tuple[Row, ...]
    stem: tuple[Row, ...]

    @property
    def period(self) -> str:
        """The school year the figures are of."""
        return self.stem[0]["school_year"]

    @property
    def as_of(self) -> date:
        """The day the tree is taken from: the end of the school year, 31 May."""
        return date(int(self.period.split("-")[1]), 5, 31)

    def on(self, day: date) -> Iterator[Row]:
        """Yield the units that exist on `day`."""
        return (unit for unit in self.units if _holds(unit, day))

    def due(self, types: tuple[str, ...]) -> list[str]:
        """Return the ids of the units of these types that exist on the day of the tree, in order."""
        return sorted(unit["unit_id"] for unit in self.on(self.as_of) if unit["unit_type"] in types)

    def department(self, today: date) -> str:
        """Return the department that issues today."""
        return min(unit["unit_id"] for unit in self.on(today) if unit["unit_type"] == DEPARTMENT)

    def place(self, unit_id: str) -> str | None:
        """Return the province or city in the name of a unit, where its letters are dated; null when it names none."""
        names = (unit["name_vi"] for unit in self.units if unit["unit_id"] == unit_id)
        return next((found[1] for name in names if (found := _OF_PROVINCE.search(name))), None)

    def parents(self, unit_id: str, kind: str, day: date) -> list[str]:
        """Return the parents of one kind on `day`."""
        return sorted(
            each["parent_id"]
            for each in self.relations
            if each["unit_id"] == unit_id and each["relation"] == kind and _holds(each, day)
        )

    def leads(self, today: date) -> dict[str, str]:
        """Return a school to lead each cluster: its first upper-secondary member, else its first member.

        The files do not say who leads; the administrator of the demo decides so.
        """
        types = {unit["unit_id"]: unit["unit_type"] for unit in self.on(today)}
        members: defaultdict[str, list[str]] = defaultdict(list)
        for each in self.relations:
            if each["relation"] == "cluster" and _holds(each, today) and each["unit_id"] in types:
                members[each["parent_id"]].append(each["unit_id"])
        return {
            cluster: min(schools, key=lambda school: (types[school] != UPPER_SECONDARY, school))
            for cluster, schools in sorted(members.items())
            if types.get(cluster) == CLUSTER
        }

    def values(self, unit_id: str) -> dict[str, int | bool]:
        """Return what a school states, by indicator."""
        [row] = [each for each in self.stem if each["unit_id"] == unit_id]
        stated: dict[str, int | bool] = {code: int(row[column]) for column, code in INDICATORS.items()}
        first = next(iter(INDICATORS.values()))
        return stated | {first: bool(stated[first])}

    @property
    def reporting_schools(self) -> list[str]:
        """Return the schools that owe a report and have figures in the files."""
        due = set(self.due(SCHOOL_TYPES))
        return sorted(row["unit_id"] for row in self.stem if row["unit_id"] in due)

    def expected(self) -> dict[str, Expected]:
        """Return the right totals of every unit above a school that owes a report, and of every cluster.

        A total is null where nobody has reported: blank is not zero.
        """
        due: defaultdict[str, set[str]] = defaultdict(set)
        for school in self.due(SCHOOL_TYPES):
            for above in self._above(school):
                due[above].add(school)
        for cluster in self.due((CLUSTER,)):
            due[cluster] |= set()
        reporting = set(self.reporting_schools)
        return {unit_id: self._sum(schools & reporting, len(schools)) for unit_id, schools in sorted(due.items())}

    def _above(self, school: str) -> set[str]:
        above: set[str] = set()
        level = self.parents(school, "reporting", self.as_of)
        while level:
            above |= set(level)
            level = [grand for parent in level for grand in self.parents(parent, "reporting", self.as_of)]
        return above | set(self.parents(school, "cluster", self.as_of))

    def _sum(self, schools: set[str], due: int) -> Expected:
        stated = [self.values(school) for school in schools]
        totals = {code: sum(int(each[code]) for each in stated) if stated else None for code in INDICATORS.values()}
        return Expected(totals, len(stated), due)


def _holds(row: Row, day: date) -> bool:
    return row["valid_from"] <= day.isoformat() and (not row["valid_to"] or day.isoformat() <= row["valid_to"])


def read(folder: Path) -> Province:
    """Read a province; raises FileNotFoundError or ValueError with what is missing."""

    def rows(name: str, *, optional: bool = False) -> tuple[Row, ...]:
        path = folder / name
        if optional and not path.exists():
            return ()
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(csv.DictReader(lines))

    figures = sorted(folder.glob("stem_*.csv"))
    if len(figures) != 1:
        raise FileNotFoundError(f"{folder} must hold exactly one stem_<school year>.csv, found {len(figures)}")
    province = Province(
        folder=folder,
        units=rows("units.csv"),
        relations=rows("unit_relations.csv"),
        links=rows("unit_links.csv", optional=True),
        stem=rows(figures[0].name),
    )
    if not province.stem:
        raise ValueError(f"{figures[0]} has no rows")
    return province


def demo() -> Province:
    """Return the demo province that comes with the command: Minh Giang, invented."""
    with as_file(files("congvan.demo") / "province") as folder:
        return read(folder)
