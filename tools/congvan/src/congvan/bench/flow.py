"""`bench flow`: from the receipt of a submission until the city sees a total of the department that includes it.

Which submissions a total includes can be read from the total itself: each school writes its own digit. Of four figures
of a report, each is a number of twenty digits to the base eight; a school states a figure in which only its own digit
is set, to the number of its answer modulo eight. Totals add up without carrying, so the digit of a school in the
department's total is the number of its answer that is included, modulo eight. The city sees every total, and a school
would have to answer eight times between two of them to be misread; that is watched (`Misread`).
"""

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import nats
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from congvan.bench.generated import Size
from congvan.bench.ground import SIZE, Ground, Requirement
from congvan.bench.outcome import Aim, Outcome, Sheet, spread
from congvan.bench.processors import Meter
from congvan.bench.sender import Target
from congvan.bench.wire import Line, request
from congvan.demo.play import Told, WrongOutcome
from congvan.house import House

PER_SECOND = 50
FIGURES = tuple(f"bench.figure_{number}" for number in range(1, 5))
BASE, DIGITS = 8, 20
P50_MS, P99_MS = 50, 300
MOST_LINES = 64
SEEN_WITHIN_S = 30.0
WARM_UP_S = 2.0


class Misread(Exception):
    """A digit says that more answers are included than were sent: the totals cannot be told apart any more."""


@dataclass
class School:
    """One school of the measurement: its digit, and how far the city has seen its answers."""

    target: Target
    figure: int
    digit: int
    sent: int = 0
    included: int = 0
    answering: asyncio.Lock = field(default_factory=asyncio.Lock)

    def value(self) -> int:
        """Return what the school states in its figure now."""
        return int((self.sent % BASE) * BASE**self.digit)

    def see(self, totals: dict[str, int | None]) -> range:
        """Read the school's digit in totals; return the numbers of its answers that are included for the first time."""
        digit = ((totals.get(FIGURES[self.figure]) or 0) // BASE**self.digit) % BASE
        before = self.included
        self.included += (digit - before) % BASE
        if self.included > self.sent:
            raise Misread(f"digit {self.digit} of {FIGURES[self.figure]} says {self.included}, {self.sent} were sent")
        return range(before + 1, self.included + 1)


@dataclass
class Seen:
    """When each answer was acknowledged and when the city saw it, by school and number; seconds of one clock."""

    acknowledged: dict[tuple[int, int], float] = field(default_factory=dict)
    seen: dict[tuple[int, int], float] = field(default_factory=dict)

    def milliseconds(self, keys: list[tuple[int, int]]) -> list[float]:
        """Return how long each answer took; nothing is less than nothing where the city saw it before the receipt."""
        return [max(0.0, self.seen[key] - self.acknowledged[key]) * 1000 for key in keys]


async def measure(
    house: House, told: Told, *, seconds: float, per_second: int = PER_SECOND, size: Size = SIZE
) -> Outcome:
    """Measure on a running house that nobody else uses."""
    async with await Ground.lay(house, told, size=size) as ground:
        told.step("Đo đường đi đến thành phố", "Measuring the way to the city")
        [requirement] = await ground.issue([_asked(ground)])
        schools = await _schools(ground, requirement)
        department = ground.province.department(ground.today)
        async with _City(house, requirement.requirement_id, department, schools) as city:
            sending = _Sending(house, ground.province.period, schools, city.seen)
            await sending.send(per_second, WARM_UP_S)
            warm = set(city.seen.acknowledged)
            meter = Meter(house)
            before = meter.read()
            await sending.send(per_second, seconds)
            used = meter.between(before, meter.read())
            await city.wait_for_all()
            measured = [key for key in city.seen.acknowledged if key not in warm]
            outcome = _outcome(city, sending, measured, seconds, per_second)
            outcome.figures["cpu_share"] = {name: round(spent / seconds, 3) for name, spent in used.programs.items()}
            told.done(
                f"{len(measured)} báo cáo, thành phố thấy đủ", f"{len(measured)} reports, the city has seen them all"
            )
            return outcome


def _asked(ground: Ground) -> dict[str, Any]:
    figures = [
        {"code": code, "name": f"Số đo {place}", "type": "int", "unit_of_measure": "bài"}
        for place, code in enumerate(FIGURES, start=1)
    ]
    return ground.draft_of_report() | {"indicators": figures}


async def _schools(ground: Ground, requirement: Requirement) -> list[School]:
    units = ground.province.reporting_schools[: len(FIGURES) * DIGITS]
    targets = await ground.targets(requirement, units)
    return [School(target, place % len(FIGURES), place // len(FIGURES)) for place, target in enumerate(targets)]


class _City:
    """The city authority: a plain subscriber with the city's own key, as any stranger would write it."""

    def __init__(self, house: House, requirement_id: str, department: str, schools: list[School]) -> None:
        self._house = house
        self._requirement_id = requirement_id
        self._department = department
        self._schools = schools
        self._problem: Exception | None = None
        self._changed = asyncio.Event()
        self.seen = Seen()
        self.totals_received = 0

    async def __aenter__(self) -> Self:
        self._client = await nats.connect(
            self._house.addresses.nats, nkeys_seed_str=self._house.secrets.nats_seeds["city"], connect_timeout=5
        )
        subject = f"reporting.aggregate.updated.v1.{self._requirement_id}.{self._department}.>"
        new = ConsumerConfig(deliver_policy=DeliverPolicy.NEW, ack_policy=AckPolicy.NONE)
        await self._client.jetstream().subscribe(subject, stream="CITY", cb=self._receive, config=new, manual_ack=True)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._client.close()

    async def _receive(self, message: Msg) -> None:
        now = time.monotonic()
        self.totals_received += 1
        told = json.loads(message.data)["data"]
        totals = {each["indicator"]: each["value"] for each in told["totals"]}
        try:
            for place, school in enumerate(self._schools):
                for number in school.see(totals):
                    self.seen.seen[place, number] = now
        except Misread as misread:
            self._problem = misread
        self._changed.set()

    async def wait_for_all(self) -> None:
        """Wait until every acknowledged answer is included in a total the city has seen."""
        async with asyncio.timeout(SEEN_WITHIN_S):
            while self._problem is None and self.seen.acknowledged.keys() - self.seen.seen.keys():
                self._changed.clear()
                await self._changed.wait()
        if self._problem is not None:
            raise self._problem


class _Sending:
    """Sends answers by the clock, whether or not earlier ones have been answered."""

    def __init__(self, house: House, period: str, schools: list[School], seen: Seen) -> None:
        self._port = house.addresses.ports["submissions-api"]
        self._period = period
        self._schools = schools
        self._seen = seen
        self._idle: deque[Line] = deque()
        self._turn = 0
        self.milliseconds: list[float] = []
        """From the moment a submission was due to its receipt."""
        self.behind_ms: list[float] = []
        """How late it was sent."""

    async def send(self, per_second: int, seconds: float) -> None:
        """Send so many a second for so long, one school after the other; wait for the last receipt."""
        self.milliseconds, self.behind_ms = [], []
        begin = time.monotonic()
        under_way: set[asyncio.Task[None]] = set()
        try:
            for number in range(round(per_second * seconds)):
                due = begin + number / per_second
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                task = asyncio.create_task(self._submit(self._turn % len(self._schools), due))
                under_way.add(task)
                self._turn += 1
            await asyncio.gather(*under_way)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            while self._idle:
                self._idle.popleft().close()

    async def _submit(self, place: int, due: float) -> None:
        school = self._schools[place]
        async with school.answering:  # its answers are numbered, so they go one after the other
            line = self._idle.popleft() if self._idle else await Line.open(self._port)
            school.sent += 1
            number = school.sent
            self.behind_ms.append((time.monotonic() - due) * 1000)
            answer = await line.send(_submission(school, self._period))
            now = time.monotonic()
            self._idle.append(line)
        if answer.status != 201:
            raise WrongOutcome(f"a submission was not taken: {answer.status} {answer.body[:300]!r}")
        self._seen.acknowledged[place, number] = now
        self.milliseconds.append((now - due) * 1000)


def _submission(school: School, period: str) -> bytes:
    values = [
        {"indicator": code, "period": period, "value": school.value() if place == school.figure else 0}
        for place, code in enumerate(FIGURES)
    ]
    body = json.dumps({"values": values, "narrative": {}, "media_ids": [], "nil": False}).encode()
    headers = {"authorization": f"Bearer {school.target.token}", "idempotency-key": uuid4().hex}
    return request("POST", f"/obligations/{school.target.obligation_id}/submissions", body, headers)


def _outcome(
    city: _City, sending: _Sending, measured: list[tuple[int, int]], seconds: float, per_second: int
) -> Outcome:
    took = city.seen.milliseconds(measured)
    before_receipt = sum(1 for key in measured if city.seen.seen[key] < city.seen.acknowledged[key])
    way, door, behind = spread(took), spread(sending.milliseconds), spread(sending.behind_ms)
    figures = {
        "seconds": seconds,
        "per_second": per_second,
        "submissions": len(measured),
        "receipt_to_city": way,
        "due_to_receipt": door,
        "sent_behind_schedule": behind,
        "seen_before_the_receipt": before_receipt,
        "totals_of_the_department_received": city.totals_received,
    }
    rows = [
        (name, *(f"{times[each]:.1f}" for each in ("p50_ms", "p95_ms", "p99_ms", "max_ms")))
        for name, times in (
            ("biên nhận → thành phố / receipt → city", way),
            ("đến giờ gửi → biên nhận / due → receipt", door),
            ("gửi trễ so với lịch / sent behind schedule", behind),
        )
    ]
    return Outcome(
        name="flow",
        figures=figures,
        ratios={"receipt_to_city_p50_ms": way["p50_ms"], "receipt_to_city_p99_ms": way["p99_ms"]},
        aims={"receipt_to_city_p50_ms": Aim(at_most=P50_MS), "receipt_to_city_p99_ms": Aim(at_most=P99_MS)},
        sheets=[
            Sheet(
                f"Từ báo cáo đến thành phố, {per_second} báo cáo/s",
                f"From a report to the city, {per_second} reports/s",
                ("ms", "p50", "p95", "p99", "max"),
                rows,
            )
        ],
        notes=[
            (
                "Mỗi báo cáo được nhận ra trong chính số tổng của Sở: mỗi trường viết một chữ số riêng.",
                "Each report is recognised in the department's total itself: every school writes a digit of its own.",
            )
        ],
    )
