"""A small service that exists only for these tests: it notes what it is told and tells on."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, Text, Uuid, insert

from chassis import problems, tables
from chassis.consuming import EventDesk
from chassis.frame import Frame
from chassis.http import may_raise
from chassis.identity import Calling
from chassis.migrating import Migrations
from chassis.porch import Role
from chassis.settings import ReaderSettings
from chassis.text import Line
from chassis.transaction import OpenTransaction, Transaction, new_id
from contracts.reporting import AggregateUpdated
from contracts.submissions import SubmissionAccepted, SubmissionReturned, SubmissionSubmitted

metadata = MetaData()
notes = Table(
    "notes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("about", Uuid, nullable=False),
    Column("text", Text, nullable=False, unique=True),
)
MIGRATIONS = Migrations(folder=Path(__file__).parent / "migrations", metadata=(metadata, tables.metadata))


class NoteRefused(problems.Problem):
    """This note cannot be taken."""

    code = "note-refused"
    status = 409


class NoteIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Line
    count: int


router = APIRouter()


@router.post("/notes", status_code=201, responses=may_raise(NoteRefused))
async def take_note(note: NoteIn, tx: OpenTransaction, caller: Calling) -> dict[str, str]:
    about = new_id()
    await tx.connection.execute(insert(notes).values(about=about, text=note.text))
    tx.emit(_aggregate(about))
    if note.text == "refuse me":
        raise NoteRefused("Không nhận ghi chú này.", "This note is refused.")
    if note.text == "break":
        raise RuntimeError("a fault of ours")
    return {"about": str(about), "by": str(caller.id)}


def _aggregate(about: UUID, version: int = 1) -> AggregateUpdated:
    from datetime import UTC, date, datetime

    return AggregateUpdated(
        occurred_at=datetime.now(UTC),
        directive_id=about,
        requirement_id=about,
        unit_id="U-1",
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=version,
        totals=(),
        units_reported=0,
        units_due=1,
        levels=(),
    )


def _submitted(text: str = "x", *, version: int = 1) -> SubmissionSubmitted:
    from datetime import UTC, datetime

    return SubmissionSubmitted(
        occurred_at=datetime.now(UTC),
        submission_id=new_id(),
        version=version,
        obligation_id=new_id(),
        directive_id=new_id(),
        requirement_id=new_id(),
        unit_id=text,
        answering_unit_id=text,
        number=1,
        submitted_by=new_id(),
        is_late=False,
        is_nil=True,
        values=(),
        media_ids=(),
    )


class Handler:
    """What the letterbox sets in motion; a test may make it fail."""

    def __init__(self) -> None:
        self.linger = 0.0
        self.at_once = 1
        self.under_way = self.most_under_way = 0
        self.all_under_way = asyncio.Event()
        self.batches: list[int] = []
        self.refuse: dict[str, int] = {}
        self.error: Exception = RuntimeError("a hiccup")

    async def note_all(self, events: Sequence[SubmissionSubmitted], tx: Transaction) -> None:
        self.batches.append(len(events))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.under_way == self.at_once:
                self.all_under_way.set()
            async with asyncio.timeout(10):
                await self.all_under_way.wait()
            await self._note(events, tx)
        finally:
            self.under_way -= 1

    async def _note(self, events: Sequence[SubmissionSubmitted], tx: Transaction) -> None:
        for event in events:
            await tx.connection.execute(insert(notes).values(about=event.submission_id, text=event.unit_id))
            if self.refuse.get(event.unit_id, 0) > 0:
                self.refuse[event.unit_id] -= 1
                raise self.error
            tx.emit(_aggregate(event.submission_id))


class Settings(ReaderSettings):
    """Where the small service finds its servers."""


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
async def make_frame(database_for, nats_streams, streams_file, signer, handler):
    url = await database_for(MIGRATIONS)
    made: list[Frame] = []

    def make(*roles: Role, tracing=None, **changes) -> Frame:
        settings = Settings(
            **{
                "http_host": "127.0.0.1",
                "http_port": 0,
                "database_url": url,
                "nats_url": nats_streams.url,
                "nats_seed": nats_streams.seeds["reporting"],
                "streams_file": streams_file,
                "directory_url": "http://127.0.0.1:9",
                **changes,
            }
        )
        frame = Frame("reporting", settings, frozenset(roles), migrations=MIGRATIONS, keys=signer.keys, tracing=tracing)
        frame.front_door(router)

        def register(desk: EventDesk) -> None:
            desk.retry_delays = (0.05, 0.1)
            types = (SubmissionSubmitted, SubmissionReturned, SubmissionAccepted)
            desk.batch("reporting-answers", *types, linger=handler.linger, at_once=handler.at_once)(handler.note_all)

        frame.letterbox(register)
        made.append(frame)
        return frame

    yield make
    for frame in made:
        await frame.engine.dispose()


@pytest.fixture
def submitted():
    """Make the event that the unit named so has submitted."""
    return _submitted


@pytest.fixture
def aggregate():
    return _aggregate


@pytest.fixture
async def own_nats(own_nats_house):
    """A NATS server of this test's own, to kill and start again."""
    await own_nats_house.apply()
    return own_nats_house
