"""A province of any size, in the same CSV files as the demo's; the same seed gives the same bytes.

It holds what a real tree holds as well: units that ended with the districts, schools that merge after the school year,
one that was renamed, one that moved to another commune, one that closed, one that is not open yet, schools that never
report, a private school, centres nobody asked. All of it is invented.
"""

import csv
import random
from dataclasses import dataclass, field
from pathlib import Path

PERIOD = "2025-2026"
REFORM, BEFORE_REFORM = "2025-07-01", "2025-06-30"
MERGED, BEFORE_MERGED = "2026-08-15", "2026-08-14"
FOUNDED, CLUSTERED = "2005-01-01", "2022-09-01"
FIRST = (
    "An", "Bình", "Cẩm", "Đông", "Hòa", "Kim", "Long", "Mỹ", "Ngọc", "Phú", "Tân", "Thạnh", "Trúc", "Vân", "Yên",
)  # fmt: skip
SECOND = (
    "Bãi", "Điền", "Giồng", "Hạc", "Khê", "Lạc", "Lĩnh", "Mộc", "Nhạn", "Sậy", "Sim", "Thủy", "Trại", "Vạn", "Vịnh",
)  # fmt: skip
DIVISIONS = (
    ("VP", "Văn phòng Sở"),
    ("GDPT", "Phòng Giáo dục phổ thông"),
    ("KHTC", "Phòng Kế hoạch - Tài chính"),
)
BASIS = "Quyết định mô phỏng"
UNIT_COLUMNS = (
    "unit_id", "unit_type", "name_vi", "short_name", "admin_parent_id", "professional_parent_id", "territory_id",
    "cluster_id", "organ_id", "school_code", "ownership", "pupils_thcs", "pupils_thpt", "learners_gdtx", "teachers",
    "sites", "valid_from", "valid_to",
)  # fmt: skip
RELATION_COLUMNS = ("unit_id", "relation", "parent_id", "valid_from", "valid_to")
LINK_COLUMNS = ("from_unit", "to_unit", "kind", "effective_date", "legal_basis")
FIGURE_COLUMNS = (
    "unit_id", "school_year", "stem_implementing", "stem_lessons", "khkt_projects", "khkt_projects_province",
)  # fmt: skip
Row = dict[str, str | int]


@dataclass(frozen=True)
class Size:
    """How many of each there are on the last day of the school year."""

    lower_secondary: int
    communes: int
    upper_secondary: int
    clusters: int

    def __post_init__(self) -> None:
        if self.lower_secondary < 1 or self.communes < 1 or not 1 <= self.clusters <= self.upper_secondary:
            raise ValueError("at least one of each, and no more clusters than upper-secondary schools to form them")

    @classmethod
    def around(cls, schools: int) -> "Size":
        """Return a likely province with so many lower-secondary schools."""
        upper = max(2, schools // 7)
        return cls(schools, communes=max(1, schools // 4), upper_secondary=upper, clusters=max(1, upper // 6))


def write(folder: Path, size: Size, *, seed: int) -> None:
    """Write the files of a province into `folder`, which is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    made = _Making(size, random.Random(seed), f"S{seed}")  # noqa: S311  a made-up province, not a secret
    made.everything()
    for name, columns, rows in (
        ("units.csv", UNIT_COLUMNS, made.units),
        ("unit_relations.csv", RELATION_COLUMNS, made.relations),
        ("unit_links.csv", LINK_COLUMNS, made.links),
        (f"stem_{PERIOD.replace('-', '_')}.csv", FIGURE_COLUMNS, made.figures),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


@dataclass
class _Making:
    size: Size
    chance: random.Random
    mark: str
    units: list[Row] = field(default_factory=list)
    relations: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)

    def everything(self) -> None:
        self.department = f"U-SGD-{self.mark}"
        self._above_schools()
        self._lower_secondary()
        self._upper_secondary()

    def _unit(self, unit_id: str, unit_type: str, name: str, short_name: str, **more: str | int) -> None:
        row: Row = {"ownership": "cong_lap", "valid_from": REFORM, "valid_to": "", "sites": 1}
        row |= {"pupils_thcs": 0, "pupils_thpt": 0, "learners_gdtx": 0, "teachers": 0}
        row |= {"unit_id": unit_id, "unit_type": unit_type, "name_vi": name, "short_name": short_name}
        self.units.append(row | more)

    def _relate(self, unit_id: str, relation: str, parent: str, since: str = REFORM, until: str = "") -> None:
        if not until or since <= until:
            self.relations.append(
                {"unit_id": unit_id, "relation": relation, "parent_id": parent, "valid_from": since, "valid_to": until}
            )

    def _link(self, old: str, new: str, kind: str, day: str) -> None:
        self.links.append({"from_unit": old, "to_unit": new, "kind": kind, "effective_date": day, "legal_basis": BASIS})

    def _name(self) -> str:
        return f"{self.chance.choice(FIRST)} {self.chance.choice(SECOND)}"

    def _above_schools(self) -> None:
        """Make the province, its department, its communes, and what was there before the reform of 2025."""
        province, mark = self._name(), self.mark
        committee = f"U-UBND-{mark}"
        self._unit(committee, "ubnd_tinh", f"Ủy ban nhân dân tỉnh {province}", "UBND tỉnh")
        department = f"Sở Giáo dục và Đào tạo tỉnh {province}"
        self._unit(self.department, "so_gddt", department, "SGDĐT", admin_parent_id=committee)
        self._relate(self.department, "administrative", committee)
        for code, name in DIVISIONS:
            self._unit(f"{self.department}-{code}", "phong_thuoc_so", name, code, admin_parent_id=self.department)
            self._relate(f"{self.department}-{code}", "administrative", self.department)
        old = f"U-SGD-{mark}-OLD"
        self._unit(old, "so_gddt", f"{department} (cũ)", "SGD&ĐT", valid_from=FOUNDED, valid_to=BEFORE_REFORM)
        self._link(old, self.department, "merged_into", REFORM)
        self.districts = [f"U-PGD-{mark}-{number:02d}" for number in range(1, self.size.communes // 3 + 2)]
        for district in self.districts:
            name = f"Phòng Giáo dục và Đào tạo huyện {self._name()}"
            self._unit(district, "phong_gddt", name, "PGDĐT", valid_from=FOUNDED, valid_to=BEFORE_REFORM)
            self._relate(district, "reporting", old, FOUNDED, BEFORE_REFORM)
        self.old_department = old
        self.offices: list[str] = []
        for number in range(self.size.communes):
            code, name = f"{90001 + 3 * number}", f"xã {self._name()}"
            above, office = f"U-UBND-{mark}-{code}", f"U-VHXH-{mark}-{code}"
            self._unit(above, "ubnd_xa", f"Ủy ban nhân dân {name}", f"UBND {name}", territory_id=code)
            self._relate(above, "administrative", committee)
            self._unit(office, "phong_vhxh", f"Phòng Văn hóa - Xã hội {name}", "VHXH", territory_id=code)
            self._relate(office, "administrative", above)
            self._relate(office, "reporting", self.department)
            self._link(self._district(number), office, "function_transferred_to", REFORM)
            self.offices.append(office)

    def _district(self, commune: int) -> str:
        return self.districts[commune * len(self.districts) // self.size.communes]

    def _lower_secondary(self) -> None:
        # The last commune of several has no school of its own: it owes a video and adds nothing up.
        homes = list(range(max(1, self.size.communes - 1)))
        places = [homes[number % len(homes)] for number in range(self.size.lower_secondary)]
        self.chance.shuffle(places)
        merging = self._who_merges(places)
        for number, commune in enumerate(places):
            until = BEFORE_MERGED if number in merging else ""
            self._school(number, commune, until=until, moved=number == 1, renamed=number == 2)
        for step, (one, other) in enumerate(zip(merging[::2], merging[1::2], strict=True)):
            new = self._school(len(places) + step, places[one], since=MERGED)
            for each in (one, other):
                self._link(self._school_id(each), new, "merged_into", MERGED)
        beyond = len(places) + len(merging) // 2
        self._school(beyond, places[0], since="2026-09-01")  # not open yet on the day of the tree
        closed = self._school(beyond + 1, places[0], until="2025-12-31")
        self._report(closed)  # figures of a school that owes nothing any more
        for number in range(len(places)):
            if number % 15 != 14:  # the others never report
                self._report(self._school_id(number))

    def _who_merges(self, places: list[int]) -> list[int]:
        """Return pairs of schools of one commune, one after the other, about one pair in twelve schools."""
        merging: list[int] = []
        waiting: dict[int, int] = {}
        for number, commune in list(enumerate(places))[3:]:
            if len(merging) // 2 >= max(1, len(places) // 12):
                break
            if commune in waiting:
                merging += [waiting.pop(commune), number]
            else:
                waiting[commune] = number
        return merging

    def _school_id(self, number: int) -> str:
        return f"U-SCH-{self.mark}-{number + 1:04d}"

    def _school(
        self, number: int, commune: int, *, since: str = FOUNDED, until: str = "", moved: bool = False,
        renamed: bool = False,
    ) -> str:  # fmt: skip
        unit_id, office = self._school_id(number), self.offices[commune]
        with_primary = self.chance.random() < 0.2
        kind, long, short = (
            ("th_thcs", "Trường Tiểu học và Trung học cơ sở", "TH&THCS")
            if with_primary
            else ("thcs", "Trường Trung học cơ sở", "THCS")
        )
        pupils = self.chance.randrange(140, 1560, 10)
        more: dict[str, str | int] = {
            "admin_parent_id": office.replace("VHXH", "UBND"),
            "professional_parent_id": self.department,
            "territory_id": office[-5:],
            "school_code": f"99{office[-5:]}3{number % 100:02d}",
            "pupils_thcs": pupils,
            "teachers": round(pupils / 19),
        }
        name = self._name()
        if renamed:
            self._unit(
                unit_id, kind, f"{long} {name}", f"{short} {name}", valid_from=since, valid_to="2026-01-31", **more
            )
            name, since_named = self._name(), "2026-02-01"
        else:
            since_named = since
        self._unit(unit_id, kind, f"{long} {name}", f"{short} {name}", valid_from=since_named, valid_to=until, **more)
        self._relate(unit_id, "reporting", self._district(commune), since, BEFORE_REFORM)
        self._relate(unit_id, "professional", self.old_department, since, BEFORE_REFORM)
        first = max(since, REFORM)
        self._relate(unit_id, "administrative", office.replace("VHXH", "UBND"), first, until)
        self._relate(unit_id, "professional", self.department, first, until)
        if moved and not until:
            # To the neighbour, a month after the day of the tree.
            self._relate(unit_id, "reporting", office, first, "2026-06-30")
            self._relate(unit_id, "reporting", self.offices[commune - 1], "2026-07-01")
        else:
            self._relate(unit_id, "reporting", office, first, until)
        return unit_id

    def _upper_secondary(self) -> None:
        clusters = [f"U-CUM-{self.mark}-{number + 1}" for number in range(self.size.clusters)]
        for number, cluster in enumerate(clusters, start=1):
            name = f"Cụm chuyên môn THPT số {number}"
            self._unit(cluster, "cum_chuyen_mon", name, f"Cụm {number}", valid_from=CLUSTERED)
        for number in range(self.size.upper_secondary):
            unit_id = self._upper(f"U-THPT-{self.mark}-{number + 1:03d}", number, clusters[number % len(clusters)])
            if number % 11 != 10:
                self._report(unit_id)
        for number in range(self.size.upper_secondary // 6):
            name = f"Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên {self._name()}"
            centre = f"U-NNTX-{self.mark}-{number + 1}"
            self._unit(centre, "gdnn_gdtx", name, name.replace(name.rsplit(" ", 2)[0], "GDNN-GDTX"), valid_from=FOUNDED)
            self._belong(centre, clusters[number % len(clusters)], public=True)

    def _upper(self, unit_id: str, number: int, cluster: str) -> str:
        kinds = {
            1: ("thpt_chuyen", "Trường Trung học phổ thông chuyên", "THPT chuyên"),
            3: ("ptdtnt", "Trường Phổ thông dân tộc nội trú", "PTDTNT"),
            4: ("thcs_thpt", "Trường Trung học cơ sở và Trung học phổ thông", "THCS&THPT"),
            6: ("pt_nhieu_cap", "Trường Tiểu học, Trung học cơ sở và Trung học phổ thông", "TH-THCS-THPT"),
        }
        kind, long, short = kinds.get(number % 12, ("thpt", "Trường Trung học phổ thông", "THPT"))
        public = kind != "pt_nhieu_cap"
        name, pupils = self._name(), self.chance.randrange(240, 1700, 15)
        self._unit(
            unit_id,
            kind,
            f"{long} {name}",
            f"{short} {name}",
            cluster_id=cluster,
            professional_parent_id=self.department,
            ownership="cong_lap" if public else "tu_thuc",
            pupils_thpt=pupils,
            teachers=round(pupils / 17),
            valid_from=FOUNDED,
        )
        self._belong(unit_id, cluster, public=public)
        return unit_id

    def _belong(self, unit_id: str, cluster: str, *, public: bool) -> None:
        for relation in ("administrative", "professional", "reporting"):
            if public or relation != "administrative":
                self._relate(unit_id, relation, self.old_department, FOUNDED, BEFORE_REFORM)
                self._relate(unit_id, relation, self.department)
        self._relate(unit_id, "cluster", cluster, CLUSTERED)

    def _report(self, unit_id: str) -> None:
        implements = self.chance.random() < 0.86
        projects = self.chance.randint(0, 4) if implements else 0
        self.figures.append(
            {
                "unit_id": unit_id,
                "school_year": PERIOD,
                "stem_implementing": int(implements),
                "stem_lessons": self.chance.randint(4, 20) if implements else 0,
                "khkt_projects": projects,
                "khkt_projects_province": min(projects, self.chance.choice((0, 0, 1, 1, 2))),
            }
        )
