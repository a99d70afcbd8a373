"""Submissions in its real surroundings: PostgreSQL, NATS and the S3 store; and the directive it is asked by."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from chassis.frame import Frame, Role
from chassis.testing import running, waiting_events
from chassis.transaction import new_id
from contracts.directives import (
    DirectiveIssued,
    IndicatorAsked,
    MediaAsked,
    ObligationOpened,
    RequirementIssued,
    SectionAsked,
)
from submissions.main import MIGRATIONS, create_frame
from submissions.settings import Settings

SCHOOL = "THCS-BEN-DA"
DEPARTMENT = "SGD"
PERIOD = "2025-2026"


def indicator(code: str, **changes) -> IndicatorAsked:
    return IndicatorAsked(**{"code": code, "name": code, "type": "int", "unit_of_measure": "bài", **changes})


class Asked:
    """Builds what directives would tell: a report like that of seed 001, a video, and who owes them."""

    school = SCHOOL
    department = DEPARTMENT
    period = PERIOD

    def report(self, **changes) -> RequirementIssued:
        return RequirementIssued(
            **{
                "requirement_id": new_id(),
                "kind": "report",
                "title": "Báo cáo thực hiện giáo dục STEM",
                "as_of": date(2026, 5, 31),
                "periods": (PERIOD,),
                "indicators": (
                    indicator("stem.school_implementing", name="Số trường đã triển khai", type="bool"),
                    indicator("stem.lessons", name="Số bài học STEM", only_if="stem.school_implementing"),
                    indicator("stem.research_projects", name="Số dự án KHKT"),
                    indicator(
                        "stem.research_projects_province",
                        name="Số dự án dự thi cấp tỉnh",
                        at_most="stem.research_projects",
                    ),
                ),
                "sections": (
                    SectionAsked(code="documents", title="Các văn bản chỉ đạo", kind="list"),
                    SectionAsked(code="solutions", title="Giải pháp đã triển khai", kind="text"),
                ),
                "media": None,
                "due_phrase": "trước ngày 14/12/2026",
                "due_at": datetime.now(UTC) + timedelta(days=10),
                "cut_off_at": None,
                "closes_at": None,
                **changes,
            }
        )

    def video(self, **changes) -> RequirementIssued:
        media = MediaAsked(count=1, max_seconds=60, max_bytes=40_000_000)
        empty = {"kind": "video", "periods": (), "indicators": (), "sections": ()}
        return self.report(**{**empty, "title": "Video STEM", "media": media, **changes})

    def directive(self, *requirements: RequirementIssued, version: int = 1, **changes) -> DirectiveIssued:
        return DirectiveIssued(
            **{
                "occurred_at": datetime.now(UTC),
                "directive_id": new_id(),
                "version": version,
                "issuer_unit_id": DEPARTMENT,
                "document_type": "cong_van",
                "code": "761/SGDĐT-GDPT",
                "subject": "V/v báo cáo giáo dục STEM",
                "issued_on": date(2026, 11, 20),
                "requirements": requirements,
                **changes,
            }
        )

    def obligation(self, directive: DirectiveIssued, *, version: int = 1, **changes) -> ObligationOpened:
        [requirement, *_] = directive.requirements
        return ObligationOpened(
            **{
                "occurred_at": datetime.now(UTC),
                "obligation_id": new_id(),
                "version": version,
                "directive_id": directive.directive_id,
                "requirement_id": requirement.requirement_id,
                "issuer_unit_id": directive.issuer_unit_id,
                "unit_id": SCHOOL,
                "answering_unit_id": SCHOOL,
                "due_at": requirement.due_at,
                **changes,
            }
        )

    def answer(self, *, lessons: int = 12, **changes) -> dict:
        stated = {
            "stem.school_implementing": True,
            "stem.lessons": lessons,
            "stem.research_projects": 3,
            "stem.research_projects_province": 1,
        }
        return {
            "values": [{"indicator": code, "period": PERIOD, "value": value} for code, value in stated.items()],
            "narrative": {"documents": ["Kế hoạch 12/KH", "Kế hoạch 15/KH"], "solutions": "Sinh hoạt theo cụm."},
            **changes,
        }


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
async def make_frame(database_for, nats_house, streams_file, store, signer):
    """Make processes of submissions on one fresh database."""
    url = await database_for(MIGRATIONS)
    made: list[Frame] = []

    def make(*roles: Role, **changes) -> Frame:
        settings = {
            "http_host": "127.0.0.1",
            "http_port": 0,
            "database_url": url,
            "nats_url": nats_house.url,
            "nats_seed": nats_house.seeds["submissions"],
            "streams_file": streams_file,
            "directory_url": "http://127.0.0.1:9",
            "store_endpoint": store.endpoint,
            "store_public_url": f"http://{store.endpoint}",
            "store_access_key": store.keys.access_key,
            "store_secret_key": store.keys.secret_key,
            "store_bucket": store.bucket,
            "store_held_bucket": store.held_bucket,
        }
        made.append(create_frame(Settings(**{**settings, **changes}), frozenset(roles), keys=signer.keys))
        return made[-1]

    yield make
    for each in made:
        await each.engine.dispose()


@pytest.fixture
def frame(make_frame) -> Frame:
    return make_frame(Role.API)


@pytest.fixture
async def client(frame: Frame) -> AsyncIterator[httpx.AsyncClient]:
    async with running(frame) as client:
        yield client


class Record:
    """What the database holds after all is said and done."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def rows(self, table: str, order: str = "1") -> list[dict]:
        async with self._frame.engine.connect() as connection:
            found = await connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))
            return [dict(row) for row in found.mappings()]

    async def everything(self) -> dict:
        tables = ("requirements", "obligations", "submissions", "submission_versions", "media", "delegates")
        return {table: await self.rows(table) for table in tables} | {"outbox": await self.rows("outbox")}

    async def events(self) -> list[tuple[str, dict]]:
        return [(event["type"], event["data"]) for event in await waiting_events(self._frame)]

    async def change(self, statement: str, **values) -> None:
        async with self._frame.engine.begin() as connection:
            await connection.execute(text(statement), values)


@pytest.fixture
def record(frame: Frame) -> Record:
    return Record(frame)


@pytest.fixture
def reporter(signer) -> dict[str, str]:
    """The header of somebody who reports for the school."""
    return signer.bearer(("reporter", SCHOOL))


@pytest.fixture
def officer(signer) -> dict[str, str]:
    """The header of the desk officer who issued the directive."""
    return signer.bearer(("desk_officer", DEPARTMENT))


@pytest.fixture
def stranger(signer) -> dict[str, str]:
    """The header of somebody who reports for another school."""
    return signer.bearer(("reporter", "THCS-CAY-DA"), ("unit_head", "THCS-CAY-DA"))
