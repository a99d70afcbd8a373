"""Tells changes of aggregates as reporting does when it adds up: `python -m congvan.bench.telling`.

What to do comes as a line of JSON on its standard input. Each change is written to the outbox of reporting in a
transaction with those of its moment, by the clock, whether or not earlier ones have gone out; the relay is woken as the
service itself wakes it. It says `begin` and `end` on a line each, then one line of JSON: how many, and how late.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import nats

from chassis.transaction import Transactions, open_engine
from contracts.reporting import AggregateUpdated, Breakdown, Total

EVERY_S = 0.02
FIGURES = tuple(f"bench.figure_{number}" for number in range(1, 9))
LEVELS = ("primary", "lower_secondary", "upper_secondary")


def change(requirement_id: UUID, place: int, version: int) -> AggregateUpdated:
    """Return the next version of one aggregate, as large as one of eight figures at three education levels."""
    totals = tuple(Total(indicator=each, value=version) for each in FIGURES)
    return AggregateUpdated(
        occurred_at=datetime.now(UTC),
        directive_id=requirement_id,
        requirement_id=requirement_id,
        unit_id=f"U-BENCH-{place}",
        relation="reporting",
        period="2025-2026",
        as_of=date(2026, 5, 31),
        version=version,
        totals=totals,
        units_reported=version,
        units_due=version,
        levels=tuple(
            Breakdown(level=each, totals=totals, units_reported=version, units_due=version) for each in LEVELS
        ),
    )


async def tell(plan: dict[str, Any]) -> dict[str, Any]:
    """Tell so many changes a second for so long, of so many aggregates in turn."""
    engine = open_engine(plan["database_url"], name="bench-telling", pool_size=4)
    line = await nats.connect(plan["nats_url"], nkeys_seed_str=plan["nats_seed"], connect_timeout=5)
    woken: set[asyncio.Task[None]] = set()

    def wake() -> None:
        task = asyncio.create_task(line.publish("wake.reporting", b""))
        woken.add(task)
        task.add_done_callback(woken.discard)

    transactions = Transactions(engine, wake=wake)
    requirement_id = UUID(plan["requirement_id"])
    aggregates, begin_at = int(plan["aggregates"]), int(plan["after"])
    count = round(plan["per_second"] * plan["seconds"])
    behind: list[float] = []
    told = 0
    begin = time.monotonic()
    while told < count:
        due_by_now = min(count, int((time.monotonic() - begin) * plan["per_second"]) + 1)
        if due_by_now > told:
            behind.append((time.monotonic() - begin - told / plan["per_second"]) * 1000)
            async with transactions.begin() as tx:
                for number in range(begin_at + told, begin_at + due_by_now):
                    tx.emit(change(requirement_id, number % aggregates, number // aggregates + 1))
            told = due_by_now
        await asyncio.sleep(EVERY_S)
    seconds = time.monotonic() - begin
    await asyncio.gather(*woken)
    await line.close()
    await engine.dispose()
    return {"told": told, "seconds": round(seconds, 3), "behind_ms": behind}


def main() -> None:
    """Read the plan and follow it."""
    plan = json.loads(sys.stdin.readline())
    print("begin", flush=True)
    told = asyncio.run(tell(plan))
    print("end", flush=True)
    sys.stdin.read()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
