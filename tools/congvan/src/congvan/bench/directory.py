"""`bench directory`: which units, may this person, who is calling; a province imported, and a reader that catches up.

Each at three sizes, from one district's to a small country's, to see how it grows.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats
import psutil  # type: ignore[import-untyped]  # it ships no types
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from congvan.bench import folding, generated, thinking
from congvan.bench.apart import Broken
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.bench.watching import Peak
from congvan.demo.performance import Stage
from congvan.demo.play import Platform, Told
from congvan.demo.visit import Visitor
from congvan.house import House
from congvan.programs import bare_environment, ending_with_us

SIZES = (1_000, 5_000, 50_000)
UNITS_PER_SCHOOL = 1.87
"""How many units a generated province has in all for each of its lower-secondary schools."""
STREAM, DURABLE, READER = "DIRECTORY", "directives-units", "directives"
SUBJECT = "directory.unit.changed.v1.>"
LOOK_EVERY_S = 0.05
WITHIN_S = 600.0
MOST_FACTS = 20_000
"""As many as the ceiling is measured with."""
AIMS = {
    "selector_ms": Aim(at_most=100),
    "policy_us": Aim(at_most=20),
    "token_us": Aim(at_most=150),
    "import_s": Aim(at_most=60),
    "catch_up_per_second": Aim(at_least=2000),
    "import_memory_growth": Aim(at_most=1.5),
}


@dataclass(frozen=True)
class Province:
    """A generated province on disk."""

    folder: Path
    department: str
    units: int
    """Rows of the file of units."""


async def measure(house: House, told: Told, *, sizes: Sequence[int] = SIZES) -> Outcome:
    """Measure on a running house that nobody else uses."""
    platform = Stage(house.addresses, house.secrets).platform
    runs: list[dict[str, Any]] = []
    token = await thinking.token_us()
    for number, size in enumerate(sizes, start=1):
        told.step(f"{size:,} đơn vị".replace(",", "."), f"{size:,} units")
        province = _generate(house.home / f"province-{number}", size, seed=number)
        run: dict[str, Any] = {"units": province.units, **_think(province)}
        run["import"] = await _import(house, platform, province, told)
        await _settle(platform)
        run["catch_up"] = await _catch_up(house)
        run["ceiling"] = await _ceiling(house, run["catch_up"]["facts"])
        runs.append(run)
        told.done(
            f"nhập {run['import']['seconds']} s, bắt kịp {run['catch_up']['per_second']:.0f} sự kiện/s",
            f"imported in {run['import']['seconds']} s, caught up with {run['catch_up']['per_second']:.0f} facts/s",
        )
    return outcome(runs, token)


def _generate(folder: Path, size: int, *, seed: int) -> Province:
    generated.write(folder, generated.Size.around(max(8, round(size / UNITS_PER_SCHOOL))), seed=seed)
    rows = (folder / "units.csv").read_bytes().count(b"\n") - 1
    return Province(folder, f"U-SGD-S{seed}", rows)


def _think(province: Province) -> dict[str, Any]:
    tree = thinking.tree_of(province.folder)
    return {
        "selectors": thinking.selectors(tree, province.department),
        "policy_us": round(thinking.policy_us(tree, province.department), 2),
    }


async def _import(house: House, platform: Platform, province: Province, told: Told) -> dict[str, Any]:
    directory = psutil.Process(house.pid("directory"))
    account, password = platform.administrator
    names = {"units": "units.csv", "relations": "unit_relations.csv", "links": "unit_links.csv"}
    contents = {part: (name, (province.folder / name).read_bytes(), "text/csv") for part, name in names.items()}
    rows = sum(content.count(b"\n") - 1 for _, content, _ in contents.values())
    async with Visitor(platform.services, account, password) as administrator:
        await administrator.get("directory", "/units", on="1990-01-01")  # signed in before the clock runs
        before = directory.memory_info().rss
        timeout = httpx.Timeout(WITHIN_S)
        async with Peak(directory) as peak:
            begun = time.perf_counter()
            answer = await administrator.ask("POST", "directory", "/imports", files=contents, timeout=timeout)
            seconds = time.perf_counter() - begun
    imported: dict[str, int] = answer.json()
    told.done(f"{rows} dòng", f"{rows} rows")
    return {
        "rows": rows,
        "changed": imported["changed"],
        "seconds": round(seconds, 2),
        "rows_per_second": round(rows / seconds),
        "rss_before_mib": round(before / 2**20, 1),
        "rss_peak_mib": round(peak.bytes / 2**20, 1),
    }


async def _settle(platform: Platform) -> None:
    """Wait until every outbox is empty and every durable is read, twice in a row."""
    quiet = 0
    async with asyncio.timeout(WITHIN_S), httpx.AsyncClient(timeout=WITHIN_S) as client:
        while quiet < 2:
            flows = [(await client.get(f"{url}/health/flow")).json() for url in platform.workers]
            waiting = sum(
                flow["outbox"] + sum(each["pending"] + each["unacked"] for each in flow["durables"].values())
                for flow in flows
            )
            quiet = quiet + 1 if waiting == 0 else 0
            await asyncio.sleep(0.2)


async def _catch_up(house: House) -> dict[str, float]:
    """Throw away what a real reader knows, start it anew, and time it from its first fact to its last."""
    house.kill(READER, stay_down=True)
    client = await nats.connect(house.addresses.nats, nkeys_seed_str=house.secrets.nats_seeds["steward"])
    connection = await asyncpg.connect(f"{house.superuser_url.rpartition('/')[0]}/{READER}")
    try:
        await connection.execute("TRUNCATE known_units")
        await connection.execute("DELETE FROM inbox WHERE durable = $1", DURABLE)
        jetstream = client.jetstream()
        await jetstream.delete_consumer(STREAM, DURABLE)
        async with asyncio.timeout(WITHIN_S):
            while not (facts := await _pending(jetstream)):  # noqa: ASYNC110  the server cannot ring
                await asyncio.sleep(LOOK_EVERY_S)
            house.restart(READER)
            first, seen, begun = 0, 0, 0.0
            while seen < facts:
                seen = await connection.fetchval("SELECT count(*) FROM inbox WHERE durable = $1", DURABLE)
                if seen and not begun:
                    first, begun = seen, time.perf_counter()
                await asyncio.sleep(LOOK_EVERY_S)
            seconds = time.perf_counter() - begun
    finally:
        await connection.close()
        await client.close()
    await asyncio.to_thread(house.wait_ready, READER)
    # A reader that was done before we looked twice took no longer than the time between two looks.
    per_second = (facts - first) / seconds if facts > first else facts / LOOK_EVERY_S
    return {"facts": facts, "seconds": round(seconds, 2), "per_second": round(per_second)}


async def _pending(jetstream: JetStreamContext) -> int:
    """Return how many facts wait for the reader: none until its durable is there again, and for a moment after."""
    try:
        waiting: int | None = (await jetstream.consumer_info(STREAM, DURABLE)).num_pending
    except NotFoundError:
        return 0
    return waiting or 0


async def _ceiling(house: House, facts: int) -> dict[str, float]:
    plan = {
        "nats_url": house.addresses.nats,
        "seed": house.secrets.nats_seeds["steward"],
        "url": await folding.make_database(house.superuser_url),
        "stream": STREAM,
        "subject": SUBJECT,
        "facts": min(facts, MOST_FACTS),
    }
    program = await asyncio.create_subprocess_exec(
        *ending_with_us([sys.executable, "-m", "congvan.bench.folding"]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=bare_environment(),
    )
    async with asyncio.timeout(WITHIN_S):
        said, _ = await program.communicate(json.dumps(plan).encode() + b"\n")
    if program.returncode != 0:
        raise Broken("congvan.bench.folding ended without an outcome")
    reached: dict[str, float] = json.loads(said)
    return {"per_second": round(reached["facts"] / reached["seconds"])}


def outcome(runs: Sequence[dict[str, Any]], token_us: float) -> Outcome:
    """Return what was measured, one run for each size, the smallest first."""
    small, large = runs[0], runs[-1]
    sizes = large["units"] / small["units"]
    ratios = {
        "selector_ms": max(each["new_day_ms"] for each in large["selectors"].values()),
        "policy_us": large["policy_us"],
        "token_us": round(token_us, 1),
        "import_s": large["import"]["seconds"],
        "catch_up_per_second": large["catch_up"]["per_second"],
        "catch_up_of_ceiling": round(large["catch_up"]["per_second"] / large["ceiling"]["per_second"], 3),
        "import_memory_growth": round(large["import"]["rss_peak_mib"] / small["import"]["rss_peak_mib"], 2),
        "size_growth": round(sizes, 1),
        "selector_growth": round(_selector_ms(large) / _selector_ms(small), 1),
        "policy_growth": round(large["policy_us"] / small["policy_us"], 2),
        "import_growth": round(large["import"]["seconds"] / small["import"]["seconds"], 1),
        "catch_up_growth": round(small["catch_up"]["per_second"] / large["catch_up"]["per_second"], 2),
    }
    return Outcome(
        name="directory",
        figures={"token_us": round(token_us, 1), "runs": list(runs)},
        ratios=ratios,
        aims=AIMS,
        sheets=[_sheet(runs)],
        notes=[
            (
                f"Quy mô tăng {sizes:.0f} lần: bộ chọn chậm đi {ratios['selector_growth']:g} lần, kiểm tra quyền "
                f"{ratios['policy_growth']:g} lần, nhập {ratios['import_growth']:g} lần; bộ nhớ khi nhập "
                f"{ratios['import_memory_growth']:g} lần.",
                f"Units grow {sizes:.0f} times: a selector takes {ratios['selector_growth']:g} times as long, a "
                f"check of rights {ratios['policy_growth']:g} times, an import {ratios['import_growth']:g} times; "
                f"its memory grows {ratios['import_memory_growth']:g} times.",
            ),
            (
                "«Ngày mới» là ngày chưa ai hỏi; «trần» là một chương trình Python chỉ đọc và ghi cùng các sự kiện đó.",
                "“New day” is a day nobody has asked about; the ceiling is a Python program that only reads and writes "
                "the same facts.",
            ),
        ],
    )


def _selector_ms(run: dict[str, Any]) -> float:
    slowest: float = max(each["new_day_ms"] for each in run["selectors"].values())
    return max(slowest, 0.01)


def _sheet(runs: Sequence[dict[str, Any]]) -> Sheet:
    rows = [
        (
            f"{run['units']}",
            f"{_selector_ms(run):.1f}",
            f"{max(each['again_ms'] for each in run['selectors'].values()):.1f}",
            f"{run['policy_us']:.1f}",
            f"{run['import']['seconds']:.1f}",
            f"{run['import']['rows_per_second']}",
            f"{run['import']['rss_peak_mib']:.0f}",
            f"{run['catch_up']['per_second']}",
            f"{run['ceiling']['per_second']}",
        )
        for run in runs
    ]
    columns = (
        "đơn vị\nunits", "bộ chọn, ngày mới\nselector, new day, ms", "hỏi lại\nagain, ms", "quyền\nrights, µs",
        "nhập\nimport, s", "dòng/s\nrows/s", "RSS MiB", "bắt kịp/s\ncatch-up/s", "trần/s\nceiling/s",
    )  # fmt: skip
    return Sheet("Danh mục đơn vị theo quy mô", "The directory by size", columns, rows)
