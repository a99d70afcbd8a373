"""A story to tell reporting: units, a directive, who owes, what came back."""

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from uuid import UUID, uuid5

import pytest
from sqlalchemy import select

from chassis.porch import Role
from chassis.transaction import new_id
from contracts.directives import DirectiveIssued, IndicatorAsked, ObligationChanged, ObligationOpened, RequirementIssued
from contracts.directory import UnitChanged, UnitLineage, UnitRelation, UnitVersion
from contracts.submissions import (
    StatedValue,
    SubmissionAccepted,
    SubmissionReturned,
    SubmissionSubmitted,
    SubmissionWithdrawn,
)
from reporting.domain import TOLD_OUTSIDE
from reporting.main import MIGRATIONS, create_frame
from reporting.settings import Settings
from reporting.tables import aggregates
from unit_tree.tree import Tree

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DUE_AT = datetime(2026, 12, 14, 17, 0, tzinfo=UTC)
AS_OF = date(2026, 5, 31)
YEAR = "2025-2026"
STEM = ("stem.implementing", "stem.lessons", "research.projects", "research.projects_province")
LEVELS = {
    "th_thcs": ("primary", "lower_secondary"),
    "thcs": ("lower_secondary",),
    "thpt": ("upper_secondary",),
    "thpt_chuyen": ("upper_secondary",),
    "ptdtnt": ("lower_secondary", "upper_secondary"),
    "thcs_thpt": ("lower_secondary", "upper_secondary"),
    "pt_nhieu_cap": ("primary", "lower_secondary", "upper_secondary"),
    "gdnn_gdtx": ("continuing",),
    "gdtx": ("continuing",),
}
SCHOOL_TYPES = ("thcs", "th_thcs", "thpt", "thpt_chuyen", "ptdtnt", "thcs_thpt", "pt_nhieu_cap")


@dataclass
class Story:
    """One directive with one requirement, told as events."""

    issuer: str = "department"
    as_of: date = AS_OF
    periods: tuple[str, ...] = (YEAR,)
    indicators: tuple[str, ...] = ("stem.implementing", "stem.lessons")
    ratios: tuple[IndicatorAsked, ...] = ()
    kind: str = "report"
    reviewer: str | None = None
    directive_id: UUID = field(default_factory=new_id)
    requirement_id: UUID = field(default_factory=new_id)

    @staticmethod
    def unit(unit_id, unit_type="thcs", *, version=1, valid_from=date(2005, 1, 1), valid_to=None, levels=None, **above):
        """Say what a unit is; `above` names its parent by kind of relation, or (parent, from, to) for a dated one."""
        relations = [
            UnitRelation(kind=kind, parent_id=parent, valid_from=since, valid_to=until)
            for kind, parents in above.items()
            for parent, since, until in (parents if isinstance(parents, list) else [(parents, valid_from, valid_to)])
            if kind != "became"
        ]
        return UnitChanged(
            occurred_at=NOW,
            unit_id=unit_id,
            version=version,
            versions=(
                UnitVersion(
                    valid_from=valid_from,
                    valid_to=valid_to,
                    unit_type=unit_type,
                    name=f"Đơn vị {unit_id}",
                    short_name=unit_id,
                    levels=LEVELS.get(unit_type, ()) if levels is None else levels,
                ),
            ),
            relations=tuple(relations),
            lineage=tuple(
                UnitLineage(kind=kind, to_unit_id=to, effective_date=day) for kind, to, day in above.get("became", ())
            ),
        )

    def issued(self, *, version=1):
        return DirectiveIssued(
            occurred_at=NOW,
            directive_id=self.directive_id,
            version=version,
            issuer_unit_id=self.issuer,
            document_type="official_letter",
            code="761/SGDĐT-GDPT",
            subject="V/v báo cáo kết quả giáo dục STEM",
            issued_on=NOW.date(),
            requirements=(
                RequirementIssued(
                    requirement_id=self.requirement_id,
                    reviewing_unit_id=self.reviewer,
                    kind=self.kind,
                    title="Báo cáo",
                    as_of=self.as_of,
                    periods=self.periods,
                    indicators=tuple(
                        IndicatorAsked(code=code, name=code, type="int", unit_of_measure="bài")
                        for code in self.indicators
                    )
                    + self.ratios,
                    sections=(),
                    media=None,
                    due_phrase="trước ngày 15/12/2026",
                    due_at=DUE_AT,
                    cut_off_at=None,
                    closes_at=None,
                ),
            ),
        )

    def obligation_id(self, unit_id):
        return uuid5(self.requirement_id, unit_id)

    def opened(self, unit_id, *, answering=None, version=1, due_at=DUE_AT):
        return ObligationOpened(
            occurred_at=NOW,
            obligation_id=self.obligation_id(unit_id),
            version=version,
            directive_id=self.directive_id,
            requirement_id=self.requirement_id,
            issuer_unit_id=self.issuer,
            unit_id=unit_id,
            answering_unit_id=answering or unit_id,
            due_at=due_at,
        )

    def changed(self, unit_id, state="open", *, version=2, answering=None, due_at=DUE_AT):
        change = {"open": "extended", "exempt": "exempted"}.get(state, state)
        opened = self.opened(unit_id, answering=answering, version=version, due_at=due_at)
        return ObligationChanged(**opened.model_dump() | {"state": state, "change": change, "closes_at": None})

    def _answer(self, unit_id, version, number):
        return {
            "occurred_at": NOW,
            "submission_id": uuid5(self.obligation_id(unit_id), "submission"),
            "version": version,
            "obligation_id": self.obligation_id(unit_id),
            "directive_id": self.directive_id,
            "requirement_id": self.requirement_id,
            "unit_id": unit_id,
            "answering_unit_id": unit_id,
            "number": number,
        }

    def submitted(self, unit_id, *values, version=1, number=1, is_late=False, is_nil=False, period=None):
        """Say that a unit stated these values, in the order of the indicators."""
        place = (self.periods or ("",))[0] if period is None else period
        return SubmissionSubmitted(
            **self._answer(unit_id, version, number),
            submitted_by=new_id(),
            is_late=is_late,
            is_nil=is_nil,
            values=tuple(
                StatedValue(indicator=code, period=place, value=value)
                for code, value in zip(self.indicators, values, strict=False)
            ),
            media_ids=(),
        )

    def returned(self, unit_id, *, version=2, number=1):
        return SubmissionReturned(**self._answer(unit_id, version, number), reviewed_by=new_id())

    def accepted(self, unit_id, *, version=2, number=1):
        return SubmissionAccepted(**self._answer(unit_id, version, number), reviewed_by=new_id())

    def withdrawn(self, unit_id, *, version=2, number=1):
        return SubmissionWithdrawn(
            **self._answer(unit_id, version, number), issuer_unit_id=self.issuer, withdrawn_by=new_id()
        )


def province_units():
    """Return the units of the demo province, as the directory would tell of them."""
    folder = files("congvan.demo") / "province"

    def rows(name):
        return list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))

    def day(text):
        return date.fromisoformat(text) if text else None

    relations, lineage = {}, {}
    for row in rows("unit_relations.csv"):
        relations.setdefault(row["unit_id"], {}).setdefault(row["relation"], []).append(
            (row["parent_id"], day(row["valid_from"]), day(row["valid_to"]))
        )
    for row in rows("unit_links.csv"):
        lineage.setdefault(row["from_unit"], []).append((row["kind"], row["to_unit"], day(row["effective_date"])))
    return [
        Story.unit(
            row["unit_id"],
            row["unit_type"],
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            became=lineage.get(row["unit_id"], ()),
            **relations.get(row["unit_id"], {}),
        )
        for row in rows("units.csv")
    ]


def province_answers():
    """Return what each school of the demo province states for the four STEM indicators."""
    text = (files("congvan.demo") / "province" / "stem_2025_2026.csv").read_text(encoding="utf-8")
    columns = ("stem_implementing", "stem_lessons", "khkt_projects", "khkt_projects_province")
    return {
        row["unit_id"]: (bool(int(row[columns[0]])), *(int(row[name]) for name in columns[1:]))
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True)
class Province:
    """The demo province: its units, the schools of its letter, their figures."""

    units: list[UnitChanged]
    answers: dict[str, tuple]

    @property
    def schools(self):
        tree = Tree(self.units)
        return [unit_id for unit_id, version in tree.on(AS_OF) if version.unit_type in SCHOOL_TYPES]


@pytest.fixture(scope="session")
def province():
    return Province(province_units(), province_answers())


@pytest.fixture
def story():
    return Story()


@pytest.fixture(scope="session")
def new_story():
    return Story


@pytest.fixture
async def make_frame(database_for, nats_house, streams_file, signer):
    """Make a frame of reporting on a fresh database."""
    frames = []

    async def make(*roles, database_url=None, **more):
        settings = Settings(
            http_host="127.0.0.1",
            http_port=0,
            database_url=database_url or await database_for(MIGRATIONS),
            nats_url=nats_house.url,
            nats_seed=nats_house.seeds["reporting"],
            streams_file=streams_file,
            directory_url="http://directory.invalid",
            **{"digest_at_hour": 24, **more},  # what is told by the clock would be held against the test
        )
        frame = create_frame(settings, frozenset(roles or (Role.API,)), keys=signer.keys)
        frames.append(frame)
        return frame

    yield make
    for frame in frames:
        await frame.engine.dispose()


@pytest.fixture
async def frame(make_frame):
    return await make_frame()


@pytest.fixture(scope="session")
def totals_of():
    """Read the aggregates of a requirement: {(unit, period): (reported, due, sums)}, those of nothing left out."""

    async def read(frame, requirement_id, *, level=None, relations=TOLD_OUTSIDE):
        async with frame.engine.connect() as connection:
            rows = await connection.execute(
                select(aggregates).where(
                    aggregates.c.requirement_id == requirement_id, aggregates.c.relation.in_(relations)
                )
            )
            found = {}
            for row in rows:
                tally = (row.units_reported, row.units_due, row.sums)
                if level is not None:
                    part = row.levels.get(level, {})
                    tally = (part.get("reported", 0), part.get("due", 0), part.get("sums", {}))
                if tally[1]:
                    found[row.unit_id, row.period] = tally
            return found

    return read
