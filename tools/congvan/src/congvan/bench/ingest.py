"""`bench ingest`: submissions per second through the front door, beside what PostgreSQL takes at most."""

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from chassis.transaction import new_id
from congvan.bench import ceiling
from congvan.bench.apart import run_apart
from congvan.bench.generated import Size
from congvan.bench.ground import SIZE, Ground
from congvan.bench.outcome import Aim, Outcome, Sheet, spread
from congvan.bench.processors import Meter, Used
from congvan.bench.sender import VALUE, Target
from congvan.demo import letter
from congvan.demo.play import Told, WrongOutcome
from congvan.house import House
from congvan.house.roster import ROLES
from contracts.event import nats_subject, seal
from contracts.submissions import StatedValue, SubmissionSubmitted

AIMED_AT_CLIENTS = 8
LEAST_RATIO = 0.30
RIVAL_CPU_MS = 8.6
"""Server and PostgreSQL of the measured rival (ODK Central), per submission of the same content at 8 clients."""
RIVAL_PER_SECOND = 196.0
"""Submissions it took at 8 clients, on two processors like these."""
RIVAL_CEILING = 7748.0
"""Commits of a row and an event that PostgreSQL took there at 8 connections, in the same hours as the rival's 196."""
LEAST_TIMES_THE_RIVAL = 5.0
MOST_CPU_MS = 1.7
"""Of a submission: our front door, and PostgreSQL at work for it."""
WARM_UP_CLIENTS, WARM_UP_S = 32, 2.0
RUN_UP_S = 0.5
"""Before each measured run: connections that a quiet process has given back are opened again."""
CEILING_SHARE = 0.5
"""How long the ceiling is measured, before and after, beside the seconds of one run."""
OTHERS = tuple(name for name in ROLES if name != "submissions-api")
"""What is stopped for the run that shows what their work costs the front door."""


@dataclass(frozen=True)
class Run:
    """What one number of clients reached."""

    clients: int
    per_second: float
    milliseconds: dict[str, float]
    cpu_ms: dict[str, float]
    """Per submission."""
    cpu_ms_until_done: dict[str, float] | None
    """Per submission and program, what came of it elsewhere included; null where the others were stopped."""
    accepted: int
    accepted_in_all: int
    settled_after_s: float | None
    """How long the rest of the platform had work left; null where it was stopped."""


async def measure(house: House, told: Told, *, seconds: float, clients: tuple[int, ...], size: Size = SIZE) -> Outcome:
    """Measure on a running house that nobody else uses."""
    async with await Ground.lay(house, told, size=size) as ground:
        told.step("Đo tiếp nhận báo cáo", "Measuring how reports are taken in")
        bench = _Ingest(ground, told, seconds)
        await bench.prepare()
        return await bench.run(clients)


class _Ingest:
    def __init__(self, ground: Ground, told: Told, seconds: float) -> None:
        self._ground = ground
        self._house = ground.house
        self._told = told
        self._seconds = seconds
        self._meter = Meter(ground.house)
        self._targets: list[Target] = []
        self._body = ""
        self._accepted = 0
        self._stored_before = 0

    async def prepare(self) -> None:
        """Issue the letter, sign everybody in, warm everything up."""
        report, _videos = await self._ground.issue()
        schools = self._ground.province.reporting_schools
        self._targets = await self._ground.targets(report, schools)
        self._body = _body(self._ground)
        self._written = written(schools[0], self._body)
        self._ceiling_url = _in_database(self._house.superuser_url, ceiling.DATABASE)
        await ceiling.make_database(self._house.superuser_url, self._ceiling_url)
        self._stored_before = await self._stored()
        # Every token is verified once and every statement prepared; pools are as wide as they get.
        await self._send(min(WARM_UP_CLIENTS, len(schools)), seconds=WARM_UP_S)
        await self._ground.settle()

    async def run(self, clients: tuple[int, ...]) -> Outcome:
        """Measure each number of clients, the aimed one between two looks at the ceiling."""
        aimed = AIMED_AT_CLIENTS if AIMED_AT_CLIENTS in clients else clients[0]
        before = await self._ceiling()
        runs = {aimed: await self._run(aimed)}
        after = await self._ceiling()
        for number in clients:
            if number != aimed:
                runs[number] = await self._run(number)
        alone = await self._run_alone(aimed)
        await self._check_stored()
        return _outcome([runs[number] for number in clients], alone, before, after, aimed, self._seconds)

    async def _run(self, clients: int) -> Run:
        begun = self._meter.read()
        told, used = await self._send(clients, seconds=self._seconds)
        ended = time.monotonic()
        await self._ground.settle()
        settled = time.monotonic() - ended
        in_all = self._meter.between(begun, self._meter.read())
        run = _run_of(clients, told, used, settled_after_s=round(settled, 1), in_all=in_all)
        self._told.done(
            f"{clients} máy gửi: {run.per_second:.0f} báo cáo/s", f"{clients} clients: {run.per_second:.0f} reports/s"
        )
        return run

    async def _run_alone(self, clients: int) -> Run:
        for name in OTHERS:
            self._house.pause(name)
        try:
            told, used = await self._send(clients, seconds=self._seconds)
        finally:
            for name in OTHERS:
                self._house.resume(name)
        await self._ground.settle()
        run = _run_of(clients, told, used, settled_after_s=None, in_all=None)
        self._told.done(
            f"{clients} máy gửi, các phần khác tạm dừng: {run.per_second:.0f} báo cáo/s",
            f"{clients} clients, everything else paused: {run.per_second:.0f} reports/s",
        )
        return run

    async def _send(self, clients: int, *, seconds: float) -> tuple[dict[str, Any], Used]:
        plan = {
            "port": self._house.addresses.ports["submissions-api"],
            # Every lane has its own obligations: two never answer the same one.
            "lanes": [[list(vars(each).values()) for each in self._targets[lane::clients]] for lane in range(clients)],
            "body": self._body,
            "warm_up_s": RUN_UP_S,
            "seconds": seconds,
        }
        told, used = await run_apart(
            "congvan.bench.sender", plan, self._meter, within_s=60 + 2 * seconds, watched="submissions-api"
        )
        if told["others"] or not told["accepted"]:
            raise WrongOutcome(f"not every submission was taken: {told['others']}, {told['accepted']} were")
        self._accepted += told["accepted_in_all"]
        return told, used

    async def _ceiling(self) -> dict[str, Any]:
        plan = {
            "url": self._ceiling_url,
            "written": asdict(self._written),
            "connections": ceiling.CONNECTIONS,
            "warm_up_s": RUN_UP_S,
            "seconds": self._seconds * CEILING_SHARE,
        }
        told, used = await run_apart("congvan.bench.ceiling", plan, self._meter, within_s=60 + 2 * self._seconds)
        per_second = told["commits"] / told["seconds"]
        self._told.done(
            f"trần của PostgreSQL: {per_second:.0f} giao dịch/s", f"ceiling of PostgreSQL: {per_second:.0f} commits/s"
        )
        return {
            "per_second": round(per_second, 1),
            **spread(told["milliseconds"]),
            "cpu_ms": {
                "postgres": _each(used.programs["postgres"], told["commits"]),
                "client": _each(told["cpu_s"], told["commits"]),
            },
        }

    async def _check_stored(self) -> None:
        """See that every receipt stands for a stored version: the speed of losing answers is of no interest."""
        stored = await self._stored() - self._stored_before
        if stored != self._accepted:
            raise WrongOutcome(f"{self._accepted} receipts were given, {stored} versions are stored")

    async def _stored(self) -> int:
        connection = await asyncpg.connect(self._house.database_url("submissions"))
        try:
            return int(await connection.fetchval("SELECT count(*) FROM submission_versions"))
        finally:
            await connection.close()


def _body(ground: Ground) -> str:
    body = letter.report(ground.province, ground.province.reporting_schools[0])
    for each in body["values"]:
        if each["indicator"] == "stem.school_implementing":
            each["value"] = True
        if each["indicator"] == "stem.lessons":
            each["value"] = VALUE
    return json.dumps(body, ensure_ascii=False)


def written(unit_id: str, body: str) -> ceiling.Written:
    """Return what the platform writes for this body: the bytes of its row and of its event."""
    answer = json.loads(body)
    stated = [(each["indicator"], each["period"], each["value"]) for each in answer["values"]]
    event = SubmissionSubmitted(
        occurred_at=datetime.now(UTC),
        submission_id=new_id(),
        version=1,
        obligation_id=new_id(),
        directive_id=new_id(),
        requirement_id=new_id(),
        unit_id=unit_id,
        answering_unit_id=unit_id,
        number=1,
        submitted_by=new_id(),
        is_late=False,
        is_nil=False,
        values=tuple(StatedValue(indicator=code, period=period, value=value) for code, period, value in stated),
        media_ids=(),
    )
    trace = "00-" + 32 * "a" + "-" + 16 * "b" + "-01"
    return ceiling.Written(
        stated=json.dumps(stated, ensure_ascii=False),
        narrative=json.dumps(answer["narrative"], ensure_ascii=False),
        subject=nats_subject(event.type, event.about),
        event=seal(event, event_id=new_id(), traceparent=trace).decode(),
    )


def _in_database(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"


def _each(seconds: float, count: int) -> float:
    return round(1000 * seconds / count, 3)


def _run_of(
    clients: int, told: dict[str, Any], used: Used, *, settled_after_s: float | None, in_all: Used | None
) -> Run:
    count = told["accepted"]
    services = {name: _each(used.programs[name], count) for name in ROLES if name in used.programs}
    cpu_ms = {
        "front_door": services["submissions-api"],
        "front_door_postgres": _each(used.front_door_backends, count),
        "postgres": _each(used.programs["postgres"], count),
        "server_and_postgres": _each(used.programs["submissions-api"] + used.programs["postgres"], count),
        "client": _each(told["cpu_s"], count),
        "other_services": round(sum(services.values()) - services["submissions-api"], 3),
        **services,
        "nats": _each(used.programs["nats"], count),
    }
    until_done = None
    if in_all is not None:
        taken = told["accepted_in_all"]
        until_done = {name: _each(seconds, taken) for name, seconds in in_all.programs.items()}
        cpu_ms["platform_until_done"] = _each(in_all.total, taken)
    return Run(
        clients=clients,
        per_second=round(count / told["seconds"], 1),
        milliseconds=spread(told["milliseconds"]),
        cpu_ms=cpu_ms,
        cpu_ms_until_done=until_done,
        accepted=count,
        accepted_in_all=told["accepted_in_all"],
        settled_after_s=settled_after_s,
    )


def _outcome(
    runs: list[Run], alone: Run, before: dict[str, Any], after: dict[str, Any], aimed: int, seconds: float
) -> Outcome:
    best = max(before["per_second"], after["per_second"])
    [main] = [run for run in runs if run.clients == aimed]
    ratios = {f"of_ceiling_at_{run.clients}": round(run.per_second / best, 3) for run in runs}
    ratios[f"of_ceiling_at_{aimed}_others_paused"] = round(alone.per_second / best, 3)
    ratios[f"cpu_of_rival_at_{aimed}"] = round(main.cpu_ms["server_and_postgres"] / RIVAL_CPU_MS, 3)
    # The rival's figure is of its server and PostgreSQL with nothing beside them, so ours is that of the run without
    # the others; and of two machines at two hours: what compares is the share of what its own PostgreSQL could commit.
    ratios[f"times_the_rival_at_{aimed}"] = round(alone.per_second / best / (RIVAL_PER_SECOND / RIVAL_CEILING), 2)
    ratios[f"cpu_ms_at_{aimed}"] = round(main.cpu_ms["front_door"] + main.cpu_ms["front_door_postgres"], 3)
    aims = {
        f"of_ceiling_at_{aimed}": Aim(at_least=LEAST_RATIO),
        f"times_the_rival_at_{aimed}": Aim(at_least=LEAST_TIMES_THE_RIVAL),
        f"cpu_ms_at_{aimed}": Aim(at_most=MOST_CPU_MS),
    }
    if aimed != AIMED_AT_CLIENTS:
        aims = {}
    return Outcome(
        name="ingest",
        figures={
            "seconds": seconds,
            "runs": [asdict(run) for run in runs],
            "others_paused": asdict(alone),
            "ceiling": {"connections": ceiling.CONNECTIONS, "best_per_second": best, "before": before, "after": after},
            "rival": {"cpu_ms": RIVAL_CPU_MS, "per_second": RIVAL_PER_SECOND, "ceiling_per_second": RIVAL_CEILING},
        },
        ratios=ratios,
        aims=aims,
        sheets=[_rates([*runs, alone], best), _costs([*runs, alone])],
        notes=[
            (
                "Trần: asyncpg, mỗi giao dịch một dòng và một sự kiện cùng cỡ, 8 kết nối; đo trước và sau, lấy số cao.",
                "The ceiling: asyncpg, one row and one event of the same bytes per commit, 8 connections; measured "
                "before and after, the higher one counts.",
            ),
            (
                "Cùng lúc đó mọi phần khác của hệ thống và chương trình gửi dùng chung bộ xử lý, trừ dòng «‖».",
                "Everything else of the platform and the sending program shared the processors, except in the row “‖”.",
            ),
            (
                f"Đối thủ: ODK Central, {RIVAL_PER_SECOND:.0f} báo cáo/s với 8 máy gửi, đo lúc khác trên hai bộ xử lý "
                f"có trần {RIVAL_CEILING:.0f}/s; cùng nội dung, cùng yêu cầu ghi bền, "
                "không có gì chạy bên cạnh như dòng «‖»; so phần đạt được của mỗi trần.",
                f"The rival: ODK Central, {RIVAL_PER_SECOND:.0f} reports/s at 8 clients, measured at another hour on "
                f"two processors whose ceiling was {RIVAL_CEILING:.0f}/s; the same content, as durable, "
                "nothing beside it as in the row “‖”; compared is the share each takes of its ceiling.",
            ),
        ],
    )


def _rates(runs: list[Run], best: float) -> Sheet:
    rows = [
        (
            _name(run),
            f"{run.per_second:.0f}",
            f"{run.per_second / best:.2f}",
            *(f"{run.milliseconds[each]:.1f}" for each in ("p50_ms", "p95_ms", "p99_ms")),
            "" if run.settled_after_s is None else f"{run.settled_after_s:.1f}",
        )
        for run in runs
    ]
    columns = (
        "máy gửi\nclients",
        "báo cáo/s\nreports/s",
        "÷ trần\n÷ ceiling",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "xử lý hết sau s\ndone after s",
    )
    return Sheet("Tiếp nhận báo cáo", "Taking reports in", columns, [*rows, ("trần / ceiling", f"{best:.0f}", "1.00")])


def _costs(runs: list[Run]) -> Sheet:
    shown = (
        ("front_door", "submissions-api"),
        ("front_door_postgres", "PostgreSQL cho nó\nfor it"),
        ("postgres", "PostgreSQL cả thảy\nin all"),
        ("other_services", "dịch vụ khác\nother services"),
        ("nats", "NATS"),
        ("client", "máy gửi\nclient"),
        ("platform_until_done", "cả hệ thống đến khi xong\nplatform until done"),
    )
    rows = [(_name(run), *(f"{run.cpu_ms[key]:.2f}" if key in run.cpu_ms else "" for key, _ in shown)) for run in runs]
    return Sheet(
        "CPU ms cho mỗi báo cáo", "CPU ms per report", ("máy gửi\nclients", *(name for _, name in shown)), rows
    )


def _name(run: Run) -> str:
    return str(run.clients) if run.settled_after_s is not None else f"{run.clients} ‖"
