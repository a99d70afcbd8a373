"""How fast notify tells people: letters into inboxes, e-mails to a mail server beside its library alone, reminders.

`python -m congvan.bench.reminding` with a plan as a line of JSON on its standard input, in a database made for it.
Events are made here and taken in through the letterbox of the service, a batch at a time, from bytes to the commit;
no stream carries them. Addresses are asked of a stand-in for the directory, over HTTP. It ends with one line of JSON.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import aiosmtplib
import asyncpg

from chassis.clock import VIETNAM
from chassis.consuming import Letter, read_event, take_in_letters
from chassis.frame import Frame
from chassis.porch import Role
from chassis.roles import look_for_garbage_seldom
from chassis.transaction import new_id
from contracts.directives import DirectiveIssued, ObligationOpened, RequirementIssued
from contracts.directory import PersonChanged, Post
from contracts.event import Event, seal
from notify.channels.choosing import Channel
from notify.channels.email import message
from notify.courier import COURIERS
from notify.main import MIGRATIONS, couriers_of, create_frame
from notify.reminding.evaluating import evaluate
from notify.reminding.writing import write_digests
from notify.settings import Settings
from notify.store.inboxes import letter_of
from notify.tables import letters
from unit_tree.projection import TreeReader

BATCH = 64
"""As the letterbox takes them in."""
SEEDED = 512
ISSUED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MORNING = datetime(2027, 3, 3, 8, 0, tzinfo=VIETNAM)
"""A Wednesday, seven working days before the end of the 12th."""
DUE_AT = datetime(2027, 3, 13, tzinfo=VIETNAM)
WAITING = "SELECT count(*) FROM deliveries WHERE state = 'waiting'"
PENDING = """
INSERT INTO reminders (reminder_id, awaited, directive_id, requirement_id, issuer_unit_id, unit_id, answering_unit_id,
    counted_from, is_owed, since, next_at)
SELECT gen_random_uuid(), 'answer', $1, $2, 'D', 'S' || n % $3, 'S' || n % $3,
    $4::timestamptz + make_interval(days => n % 200), true, $5, $5
FROM generate_series(1, $6::int) AS n
"""


class Ground:
    """A department, so many schools with a reporter each, and a directive."""

    def __init__(self, schools: int) -> None:
        self.directive_id, self.requirement_id = uuid4(), uuid4()
        self.schools = [f"S{number}" for number in range(schools)]

    def people(self) -> list[Event]:
        """Return who holds which post."""
        return [
            PersonChanged(
                occurred_at=ISSUED_AT,
                person_id=self.reporter(school),
                version=1,
                is_active=True,
                posts=(Post(unit_id=school, role="reporter", valid_from=date(2025, 8, 1), valid_to=None),),
            )
            for school in self.schools
        ]

    def reporter(self, school: str) -> UUID:
        """Return who answers for a school."""
        return uuid5(self.directive_id, school)

    def issued(self) -> DirectiveIssued:
        """Return the directive."""
        return DirectiveIssued(
            occurred_at=ISSUED_AT,
            directive_id=self.directive_id,
            version=1,
            issuer_unit_id="D",
            document_type="official_letter",
            code="1/SGDĐT",
            subject="V/v báo cáo kết quả giáo dục STEM",
            issued_on=ISSUED_AT.date(),
            requirements=(
                RequirementIssued(
                    requirement_id=self.requirement_id,
                    kind="report",
                    title="Báo cáo theo đề cương",
                    as_of=date(2026, 5, 31),
                    periods=("2025-2026",),
                    indicators=(),
                    sections=(),
                    media=None,
                    due_phrase="trước ngày 13/3/2027",
                    due_at=DUE_AT,
                    cut_off_at=None,
                    closes_at=None,
                ),
            ),
        )

    def opened(self) -> list[Event]:
        """Return who owes."""
        return [
            ObligationOpened(
                occurred_at=ISSUED_AT,
                obligation_id=uuid5(self.requirement_id, school),
                version=1,
                directive_id=self.directive_id,
                requirement_id=self.requirement_id,
                issuer_unit_id="D",
                unit_id=school,
                answering_unit_id=school,
                due_at=DUE_AT,
            )
            for school in self.schools
        ]


async def _take_in(frame: Frame, durable: str, events: Sequence[Event], size: int) -> float:
    box = frame.desk.boxes[durable]
    bodies = [seal(each, event_id=new_id()) for each in events]
    begun = time.perf_counter()
    for first in range(0, len(bodies), size):
        taken = []
        for body in bodies[first : first + size]:
            envelope, event = read_event(box, body)
            taken.append(Letter(envelope.id, event, body))
        async with frame.transactions.begin() as tx:
            await take_in_letters(tx, box, taken)
    return time.perf_counter() - begun


@asynccontextmanager
async def _directory() -> AsyncIterator[str]:
    """Answer what notify asks the directory: its sign-in, and where letters to a person go."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                lines = head.split("\r\n")
                length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
                asked = json.loads(await reader.readexactly(length))
                ids = asked.get("person_ids")
                said: dict[str, Any] = {"access_token": "t", "expires_in": 900}
                if ids is not None:
                    said = {"contacts": [{"person_id": each, "email": f"{each}@truong.example"} for each in ids]}
                body = json.dumps(said).encode()
                status = "201 Created" if ids is None else "200 OK"
                kind = "Content-Type: application/json"
                writer.write(f"HTTP/1.1 {status}\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # they have hung up
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Open so many obligations at once, send the letters, then look at so many reminders."""
    ground = Ground(plan["schools"])
    await MIGRATIONS.upgrade(plan["url"])
    async with _directory() as directory_url:
        settings = _settings(plan, directory_url)
        frame = create_frame(settings, frozenset({Role.API}))
        connection = await asyncpg.connect(plan["url"])
        try:
            await _take_in(frame, "notify-posts", ground.people(), SEEDED)
            await _take_in(frame, "notify-directives", [ground.issued()], 1)
            await connection.execute("ANALYZE")
            look_for_garbage_seldom()  # as the service does when it begins to serve
            inboxes = await _take_in(frame, "notify-directives", ground.opened(), BATCH)
            mailed, grown = await _mail(settings, connection)
            alone = await _mail_alone(frame, settings)
            return {
                "schools": plan["schools"],
                "letters": await connection.fetchval("SELECT count(*) FROM letters"),
                "inboxes_s": round(inboxes, 2),
                "mails_s": round(mailed, 2),
                "mails_alone_s": round(alone, 2),
                "lines_to_the_server": COURIERS,
                "grown_mib": grown,
                **await _remind(frame, connection, ground, plan["pending"]),
            }
        finally:
            await connection.close()
            await frame.engine.dispose()


async def _mail(settings: Settings, connection: asyncpg.Connection) -> tuple[float, float]:
    """Return the seconds until every letter was handed over, and what the process grew in the second half."""
    everything = await connection.fetchval(WAITING)
    half = None
    # A process of its own, as far as it counts: the other has a courier already, which does not work here.
    other = Frame("notify", settings, frozenset({Role.API}), migrations=MIGRATIONS)
    [by_mail] = [each for each in couriers_of(other, settings) if each.channel is Channel.EMAIL]
    courier = asyncio.create_task(by_mail.work())
    begun = time.perf_counter()
    try:
        while left := await connection.fetchval(WAITING):
            if half is None and left <= everything / 2:
                half = _resident()
            if courier.done():
                courier.result()
            await asyncio.sleep(0.05)
        return time.perf_counter() - begun, round(_resident() - (half or _resident()), 1)
    finally:
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)
        await other.engine.dispose()


async def _mail_alone(frame: Frame, settings: Settings) -> float:
    """Return the seconds the library alone takes for the same messages, over as many lines."""
    async with frame.engine.connect() as connection:
        rows = (await connection.execute(letters.select())).all()
    address = "nguoi@truong.example"
    bodies = [message(letter_of(row), author=settings.mail_from, address=address) for row in rows]

    async def send(some: Sequence[bytes]) -> None:
        client = aiosmtplib.SMTP(hostname=settings.smtp_host, port=settings.smtp_port, start_tls=False)
        async with client:
            for body in some:
                await client.sendmail("congvan@congvan.example", [address], body)

    begun = time.perf_counter()
    await asyncio.gather(*(send(bodies[line::COURIERS]) for line in range(COURIERS)))
    return time.perf_counter() - begun


async def _remind(frame: Frame, connection: asyncpg.Connection, ground: Ground, pending: int) -> dict[str, float]:
    """Look at so many reminders: first when each steps lies ahead, then on a morning, then when each is to be told."""
    now = [ISSUED_AT]
    frame.transactions.clock = lambda: now[0].astimezone(UTC)
    asked = (ground.directive_id, ground.requirement_id, len(ground.schools), DUE_AT, ISSUED_AT, pending)
    await connection.execute(PENDING, *asked)
    await connection.execute("ANALYZE")
    reader = TreeReader()
    planned = await _look(frame, reader)
    now[0] = MORNING
    due = await connection.fetchval("SELECT count(*) FROM reminders WHERE next_at <= $1", now[0])
    morning = await _look(frame, reader) + await _write(frame)
    # Everything is due on one day: the worst there is.
    await connection.execute("UPDATE reminders SET counted_from = $1, reached = -7, next_at = $2", DUE_AT, now[0])
    now[0] = MORNING + timedelta(days=6)  # three working days before it
    before = _resident()
    told = await _look(frame, reader)
    return {
        "pending": pending,
        "planned_s": round(planned, 2),
        "due_in_the_morning": due,
        "morning_s": round(morning, 2),
        "told_s": round(told, 2),
        "written_s": round(await _write(frame), 2),
        "reminding_grown_mib": round(_resident() - before, 1),
    }


async def _look(frame: Frame, reader: TreeReader) -> float:
    begun, left = time.perf_counter(), 1
    while left:
        async with frame.transactions.begin() as tx:
            left = await evaluate(tx, reader)
    return time.perf_counter() - begun


async def _write(frame: Frame) -> float:
    begun, left = time.perf_counter(), 1
    while left:
        async with frame.transactions.begin() as tx:
            left = await write_digests(tx)
    return time.perf_counter() - begun


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _settings(plan: dict[str, Any], directory_url: str) -> Settings:
    return Settings(
        http_host="127.0.0.1",
        http_port=0,
        database_url=plan["url"],
        nats_url="nats://127.0.0.1:1",
        nats_seed=plan["seed"],
        streams_file=plan["streams_file"],
        directory_url=directory_url,
        smtp_host="127.0.0.1",
        smtp_port=plan["smtp_port"],
        mail_from="Công văn <khong-tra-loi@congvan.example>",
        machine_account="notify",
        machine_secret="right",  # noqa: S106  the stand-in takes any
    )


def main() -> None:
    """Read the plan, measure, tell."""
    plan: dict[str, Any] = json.loads(sys.stdin.readline())
    sys.stdout.write(json.dumps(asyncio.run(measure(plan))) + "\n")


if __name__ == "__main__":
    main()
