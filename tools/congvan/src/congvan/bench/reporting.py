"""`bench reporting`: facts added up, beside the same rows written by themselves; totals read and made anew, by size."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg

from congvan import places
from congvan.bench.apart import Broken
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.demo.play import Told
from congvan.house import House
from congvan.programs import bare_environment, ending_with_us

WITHIN_S = 900.0
INDICATORS = 20
AIMS = {
    "fold_of_ceiling": Aim(at_least=0.5),
    "fold_growth": Aim(at_most=1.3),
    "read_p95_ms": Aim(at_most=50),
    "rebuild_s": Aim(at_most=60),
    "rebuild_mib": Aim(at_most=64),
}


@dataclass(frozen=True)
class Size:
    """A province: its schools, how many have answered before anybody measures, and how many answers are measured."""

    schools: int
    before: int
    measured: int


SIZES = (Size(1_000, before=40, measured=460), Size(50_000, before=47_440, measured=2_560))
"""Ten thousand figures and a million."""


async def measure(house: House, told: Told, *, sizes: Sequence[Size] = SIZES, indicators: int = INDICATORS) -> Outcome:
    """Measure in databases made for it, on the PostgreSQL of a running house that nobody else uses."""
    runs = []
    for size in sizes:
        told.step(f"{size.schools} trường", f"{size.schools:,} schools")
        run = await _apart(house, size, indicators)
        runs.append(run)
        told.done(
            f"{run['folded_per_second']} bài/s, ghi thẳng {run['written_per_second']} bài/s",
            f"{run['folded_per_second']} answers/s, their rows alone {run['written_per_second']}/s",
        )
    return outcome(runs)


async def _apart(house: House, size: Size, indicators: int) -> dict[str, Any]:
    database = f"bench_reporting_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(house.superuser_url)
    try:
        await admin.execute(f"CREATE DATABASE {database}")
        plan = vars(size) | {
            "indicators": indicators,
            "url": f"{house.superuser_url.rpartition('/')[0]}/{database}",
            "seed": house.secrets.nats_seeds["reporting"],
            "streams_file": str(places.streams_file()),
        }
        program = await asyncio.create_subprocess_exec(
            *ending_with_us([sys.executable, "-m", "congvan.bench.adding"]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=bare_environment(),
        )
        async with asyncio.timeout(WITHIN_S):
            said, _ = await program.communicate(json.dumps(plan).encode() + b"\n")
        if program.returncode != 0:
            raise Broken("congvan.bench.adding ended without an outcome")
        await admin.execute(f"DROP DATABASE {database} WITH (FORCE)")
        run: dict[str, Any] = json.loads(said)
        return run
    finally:
        await admin.close()


def outcome(runs: Sequence[dict[str, Any]]) -> Outcome:
    """Return what was measured, one run for each size, the smallest first."""
    small, large = runs[0], runs[-1]
    ratios = {
        "fold_of_ceiling": round(large["folded_per_second"] / large["written_per_second"], 2),
        "fold_growth": round(small["folded_per_second"] / large["folded_per_second"], 2),
        "read_p95_ms": large["read_p95_ms"],
        "rebuild_s": large["rebuilt_s"],
        "rebuild_mib": large["rebuilt_mib"],
    }
    columns = (
        "trường\nschools", "số liệu\nfacts", "cộng/s\nfolded/s", "ghi thẳng/s\nrows alone/s", "đọc p95\nread p95, ms",
        "tính lại\nrebuilt, s", "thêm\nmore, MiB",
    )  # fmt: skip
    names = ("schools", "facts", "folded_per_second", "written_per_second", "read_p95_ms", "rebuilt_s", "rebuilt_mib")
    return Outcome(
        name="reporting",
        figures={"runs": list(runs)},
        ratios=ratios,
        aims=AIMS,
        sheets=[
            Sheet(
                "Cộng số liệu theo quy mô",
                "Adding up, by size",
                columns,
                [[f"{run[name]}" for name in names] for run in runs],
            )
        ],
        notes=[
            (
                "«Ghi thẳng» là chính các dòng ấy do asyncpg ghi theo từng lô như vậy; «đọc» là toàn tỉnh với 50 xã.",
                "The rows alone are the same rows, written by asyncpg in the same batches; read is the province "
                "with fifty communes.",
            )
        ],
    )
