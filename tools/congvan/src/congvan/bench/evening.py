"""`bench evening`: the last hours before a deadline, made short, with lines that are cut: is any receipt broken?

A unit that was cut off does what a browser does: it asks again, under the same key, until it has its receipt.
"""

import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from congvan.bench.caller import Caller, Cuts
from congvan.bench.draining import free_box
from congvan.bench.generated import Size
from congvan.bench.ground import Ground, Requirement
from congvan.bench.outcome import Aim, Outcome, Sheet, spread
from congvan.bench.sender import Target
from congvan.demo import ledger, letter
from congvan.demo.ledger import Findings
from congvan.demo.performance import Stage
from congvan.demo.play import Told, WrongOutcome
from congvan.demo.videos import make_video
from congvan.house import House

SIZE = Size(lower_secondary=620, communes=60, upper_secondary=40, clusters=4)
"""Seven hundred units that owe something."""
SECONDS = 600.0
"""Two hours, compressed."""
SHARE_OF_EVENING = 0.6
SHARE_CUT = 0.05
LEAST_CUT = 0.04
"""Each connection is cut by chance: of some thousand one in twenty, more or less."""
LEAST_UNITS = 700
EARLY_AT_ONCE = 4
READY_WITHIN_S = 600.0
FILM_S = 4
FILM_MEGABYTES = 0.5
SEED = 20261214


@dataclass
class _Unit:
    """Somebody who owes a report or a film, and what became of it."""

    unit_id: str
    target: Target
    film: bytes | None
    at: float = 0.0
    """Seconds into the evening; whoever is early comes before it."""
    receipt: dict[str, Any] = field(default_factory=dict)
    milliseconds: float = 0.0
    """From the first attempt to submit until the receipt."""


async def measure(
    house: House, told: Told, *, seconds: float = SECONDS, size: Size = SIZE, share_cut: float = SHARE_CUT
) -> Outcome:
    """Let the evening pass on a running house that nobody else uses, then hold every receipt against the stores."""
    async with await Ground.lay(house, told, size=size) as ground:
        told.step("Chuẩn bị", "Getting ready")
        chance = random.Random(SEED)  # noqa: S311  a plan, not a secret
        reports, videos = await ground.issue()
        units = await _units(ground, reports, videos)
        chance.shuffle(units)
        late = math.ceil(len(units) * SHARE_OF_EVENING)
        for each in units[:late]:
            each.at = seconds * chance.random() ** 0.5  # the nearer the deadline, the more of them
        told.done(f"{len(units)} đơn vị", f"{len(units)} units")
        told.step(f"Buổi tối cuối hạn: {seconds:.0f} s", f"The evening of the deadline: {seconds:.0f} s")
        evening = _Evening(ground, chance, share_cut)
        await evening.come_early(units[late:])
        await evening.come_late(units[:late])
        began = time.monotonic()
        await ground.settle()
        settled = time.monotonic() - began
        findings = await _held_against_the_stores(Stage(house.addresses, house.secrets), reports, videos, units)
        told.done(
            f"{evening.cuts.made} lần đứt; thiếu {len(findings.lost)}, thừa {len(findings.doubled)}",
            f"cut {evening.cuts.made} times; lost {len(findings.lost)}, doubled {len(findings.doubled)}",
        )
        return _outcome(units, late, evening, findings, seconds, settled)


async def _units(ground: Ground, reports: Requirement, videos: Requirement) -> list[_Unit]:
    film = ground.house.home / "evening.mp4"
    await asyncio.to_thread(make_video, film, seconds=FILM_S, megabytes=FILM_MEGABYTES, seed=5, width=640, height=360)
    content = film.read_bytes()
    units = []
    for requirement, sends in ((reports, False), (videos, True)):
        owing = sorted(requirement.obligations)
        for unit_id, target in zip(owing, await ground.targets(requirement, owing), strict=True):
            units.append(_Unit(unit_id, target, content + free_box() if sends else None))
    return units


class _Evening:
    def __init__(self, ground: Ground, chance: random.Random, share_cut: float) -> None:
        self._province = ground.province
        self._known = frozenset(ground.province.reporting_schools)
        self._alike = min(self._known)
        self.cuts = Cuts(chance, share_cut)
        self._port = ground.house.addresses.ports["submissions-api"]

    async def come_early(self, units: Sequence[_Unit]) -> None:
        """Let units send one after the other, a few at once."""
        waiting = list(units)

        async def some() -> None:
            while waiting:
                await self._send(waiting.pop())

        await asyncio.gather(*(some() for _ in range(EARLY_AT_ONCE)))

    async def come_late(self, units: Sequence[_Unit]) -> None:
        """Let every unit send at its own moment, whoever else is at it."""

        async def at_its_moment(unit: _Unit) -> None:
            await asyncio.sleep(unit.at)
            await self._send(unit)

        await asyncio.gather(*(at_its_moment(unit) for unit in units))

    async def _send(self, unit: _Unit) -> None:
        caller = Caller(self._port, unit.target.token, self.cuts)
        obligation = unit.target.obligation_id
        await caller.ask("GET", f"/obligations/{obligation}/form")
        if unit.film is None:
            # A school that stated nothing last year states tonight what another one did.
            alike = unit.unit_id if unit.unit_id in self._known else self._alike
            body = letter.report(self._province, alike)
            await caller.ask("POST", f"/obligations/{obligation}/checks", body)
        else:
            media_id = await caller.upload(obligation, "buoi-toi.mp4", unit.film)
            await _until_ready(caller, media_id)
            body = {"values": [], "narrative": {}, "media_ids": [media_id], "nil": False}
        began = time.monotonic()
        unit.receipt = await caller.ask(
            "POST", f"/obligations/{obligation}/submissions", body, {"idempotency-key": uuid4().hex}
        )
        unit.milliseconds = (time.monotonic() - began) * 1000


async def _until_ready(caller: Caller, media_id: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while (media := await caller.ask("GET", f"/media/{media_id}"))["state"] != "ready":
        if media["state"] not in ("received", "inspecting") or time.monotonic() > deadline:
            raise WrongOutcome(f"a good film is not taken: {media}")
        await asyncio.sleep(1.0)


async def _held_against_the_stores(
    stage: Stage, reports: Requirement, videos: Requirement, units: Sequence[_Unit]
) -> Findings:
    findings = Findings()
    await ledger.check_flow(stage.stores, findings)
    for requirement, of_films in ((reports, False), (videos, True)):
        receipts = {
            unit.receipt["submission_id"]: unit.receipt["number"]
            for unit in units
            if (unit.film is not None) == of_films
        }
        await ledger.check_submissions(stage.stores, findings, receipts, requirement.requirement_id)
    await ledger.check_totals(stage.stores, findings, reports.requirement_id)
    await ledger.check_media(stage.stores, findings, stage.objects())
    # One version for each receipt, and one file for each film, however often they were sent.
    database = stage.stores.databases["submissions"]
    ours = [unit.target.obligation_id for unit in units]
    versions = await ledger.rows(
        database,
        "SELECT submission_id FROM submission_versions JOIN submissions USING (submission_id)"
        " WHERE obligation_id = ANY($1::uuid[])",
        ours,
    )
    findings.compare(
        "versions",
        dict.fromkeys((unit.receipt["submission_id"] for unit in units), 1),
        Counter(str(row["submission_id"]) for row in versions),
    )
    files = await ledger.rows(
        database, "SELECT obligation_id FROM media WHERE state <> 'abandoned' AND obligation_id = ANY($1::uuid[])", ours
    )
    findings.compare(
        "files",
        dict.fromkeys((unit.target.obligation_id for unit in units if unit.film is not None), 1),
        Counter(str(row["obligation_id"]) for row in files),
    )
    return findings


def _outcome(
    units: Sequence[_Unit], late: int, evening: _Evening, findings: Findings, seconds: float, settled: float
) -> Outcome:
    cuts = evening.cuts
    waited = spread([unit.milliseconds for unit in units[:late]])
    figures = {
        "units": len(units),
        "in_the_evening": late,
        "seconds": seconds,
        "films": sum(unit.film is not None for unit in units),
        "receipts": sum(bool(unit.receipt) for unit in units),
        "cuts": asdict(cuts.counted),
        "receipt_after": waited,
        "settled_after_s": round(settled, 1),
        "lost": findings.lost,
        "doubled": findings.doubled,
    }
    ratios = {
        "receipts_honoured": 1 - len(findings.lost) / max(1, len(units)),
        "units": float(len(units)),
        "share_in_the_evening": round(late / max(1, len(units)), 3),
        "evening_s": seconds,
        "lost": float(len(findings.lost)),
        "doubled": float(len(findings.doubled)),
        "connections_cut": round(cuts.made / max(1, cuts.counted.connections), 4),
        "receipt_p99_ms": waited["p99_ms"],
    }
    row = (
        str(len(units)),
        str(late),
        str(cuts.counted.connections),
        str(cuts.made),
        str(figures["receipts"]),
        f"{waited['p50_ms']:.0f} / {waited['p99_ms']:.0f}",
        f"{len(findings.lost)} / {len(findings.doubled)}",
    )
    columns = (
        "đơn vị\nunits",
        "buổi tối\nevening",
        "kết nối\nconnections",
        "đứt\ncut",
        "biên nhận\nreceipts",
        "ms p50 / p99",
        "thiếu / thừa\nlost / doubled",
    )
    return Outcome(
        name="evening",
        figures=figures,
        ratios=ratios,
        aims={
            "receipts_honoured": Aim(at_least=1.0),
            "lost": Aim(at_most=0.0),
            "doubled": Aim(at_most=0.0),
            # At its full scale; a shorter or smaller evening says that it was not.
            "units": Aim(at_least=LEAST_UNITS),
            "share_in_the_evening": Aim(at_least=SHARE_OF_EVENING),
            "connections_cut": Aim(at_least=LEAST_CUT),
        },
        sheets=[Sheet("Buổi tối cuối hạn", "The evening of a deadline", columns, [row])],
    )
