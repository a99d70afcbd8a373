"""`bench reporting`: facts added up, beside the same rows written by themselves; totals read and made anew, by size."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from statistics import median
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
    "coverage_p95_ms": Aim(at_most=50),
    "workbook_s": Aim(at_most=10),
    "workbook_mib": Aim(at_most=150),
    "rebuild_s": Aim(at_most=60),
    "rebuild_mib": Aim(at_most=64),
}


@dataclass(frozen=True)
class Size:
    """A province: its schools, and how many have answered before anybody measures."""

    schools: int
    before: int


SIZES = (Size(1_000, before=360), Size(50_000, before=49_360))
"""From some ten thousand figures to a million."""
ROUNDS = 8
"""Bursts of four batches that are measured of each size, turn by turn."""
UNMEASURED = 2
"""Bursts before them: a process lives for days, and compiles its statements once."""


async def measure(
    house: House,
    told: Told,
    *,
    sizes: Sequence[Size] = SIZES,
    indicators: int = INDICATORS,
    rounds: int = ROUNDS,
    unmeasured: int = UNMEASURED,
) -> Outcome:
    """Measure in databases made for it, on the PostgreSQL of a running house that nobody else uses."""
    async with AsyncExitStack() as running, asyncio.timeout(WITHIN_S):
        programs = []
        for size in sizes:
            told.step(f"{size.schools} trường", f"{size.schools:,} schools")
            programs.append(await running.enter_async_context(_program(house, size, indicators)))
            told.done("đã nạp", "loaded")
        told.step("cộng theo lượt", "adding up, turn by turn")
        turns: list[list[dict[str, Any]]] = [[] for _ in sizes]
        for turn in range(unmeasured + rounds):
            for program, found in zip(programs, turns, strict=True):
                outcome_of_turn = await program.turn()
                if turn >= unmeasured:
                    found.append(outcome_of_turn)
        runs = [
            {"schools": size.schools, "facts": program.facts, **_speed(found), **await program.end()}
            for size, program, found in zip(sizes, programs, turns, strict=True)
        ]
        told.done(
            "; ".join(f"{run['folded_per_second']} bài/s" for run in runs),
            "; ".join(f"{run['folded_per_second']} answers/s" for run in runs),
        )
    return outcome(runs)


def _speed(turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    answers, folding, writing = (sum(turn[name] for turn in turns) for name in ("answers", "folded_s", "written_s"))
    return {
        "folded_per_second": round(answers / folding),
        "written_per_second": round(answers / writing),
        # Of one answer in the burst in the middle: others use the machine as well.
        "fold_ms": round(1000 * median(turn["folded_s"] / turn["answers"] for turn in turns), 3),
    }


class Program:
    """`congvan.bench.adding` for one size, with its ground laid."""

    def __init__(self, process: asyncio.subprocess.Process, facts: int) -> None:
        self._process = process
        self.facts = facts

    async def turn(self) -> dict[str, Any]:
        """Have one batch measured."""
        assert self._process.stdin is not None  # noqa: S101  a pipe was asked for
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()
        return await heard(self._process)

    async def end(self) -> dict[str, Any]:
        """Have the rest measured."""
        assert self._process.stdin is not None  # noqa: S101  a pipe was asked for
        self._process.stdin.close()
        return await heard(self._process)


async def heard(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """Return the next thing a program says."""
    assert process.stdout is not None  # noqa: S101  a pipe was asked for
    line = await process.stdout.readline()
    if not line:
        raise Broken("congvan.bench.adding ended without an outcome")
    found: dict[str, Any] = json.loads(line)
    return found


@asynccontextmanager
async def _program(house: House, size: Size, indicators: int) -> AsyncIterator[Program]:
    database = f"bench_reporting_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(house.superuser_url)
    process = None
    try:
        await admin.execute(f"CREATE DATABASE {database}")
        plan = vars(size) | {
            "indicators": indicators,
            "url": f"{house.superuser_url.rpartition('/')[0]}/{database}",
            "seed": house.secrets.nats_seeds["reporting"],
            "streams_file": str(places.streams_file()),
        }
        process = await asyncio.create_subprocess_exec(
            *ending_with_us([sys.executable, "-m", "congvan.bench.adding"]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=bare_environment(),
        )
        assert process.stdin is not None  # noqa: S101  a pipe was asked for
        process.stdin.write(json.dumps(plan).encode() + b"\n")
        yield Program(process, (await heard(process))["facts"])
    finally:
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        await admin.close()


def outcome(runs: Sequence[dict[str, Any]]) -> Outcome:
    """Return what was measured, one run for each size, the smallest first."""
    small, large = runs[0], runs[-1]
    ratios = {
        "fold_of_ceiling": round(large["folded_per_second"] / large["written_per_second"], 2),
        "fold_growth": round(large["fold_ms"] / small["fold_ms"], 2),
        "read_p95_ms": large["read_p95_ms"],
        "coverage_p95_ms": large["coverage_p95_ms"],
        "workbook_s": large["workbook_s"],
        "workbook_mib": large["workbook_mib"],
        "rebuild_s": large["rebuilt_s"],
        "rebuild_mib": large["rebuilt_mib"],
    }
    columns = (
        "trường\nschools", "số liệu\nfacts", "cộng/s\nfolded/s", "ghi thẳng/s\nrows alone/s", "đọc p95\nread p95, ms",
        "ai nộp p95\nwho p95, ms", "biểu\nworkbook, s", "biểu\nworkbook, MiB",
        "tính lại\nrebuilt, s", "thêm\nmore, MiB",
    )  # fmt: skip
    names = ("schools", "facts", "folded_per_second", "written_per_second", "read_p95_ms",
             "coverage_p95_ms", "workbook_s", "workbook_mib", "rebuilt_s", "rebuilt_mib")  # fmt: skip
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
                "«Ghi thẳng» là chính các dòng ấy do asyncpg ghi theo từng lô như vậy, vào bảng có cùng nội dung; các "
                "quy mô được đo xen kẽ; «đọc» là toàn tỉnh với 50 xã, «ai nộp» là "
                "tình trạng của 700 đơn vị, «biểu» là tệp .xlsx có mọi trường.",
                "The rows alone are the same rows, written by asyncpg in the same batches into tables of the same "
                "content; sizes are measured turn by turn; read is the province with fifty communes, who is the state "
                "of 700 units, workbook is the .xlsx of all schools.",
            )
        ],
    )
