"""What one Python program can fold at most: facts fetched, parsed and written with their inbox rows, and nothing else.

`python -m congvan.bench.folding` with a plan as a line of JSON on its standard input: it reads a stream through a
consumer of its own, sixty-four facts at a time, each batch in one transaction of two statements, then acknowledges. No
checks, no tracing, no framework. It ends with one line of JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any
from uuid import UUID

import asyncpg
import nats
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

BATCH = 64
DATABASE = "bench_folding"
TABLES = """
CREATE TABLE inbox (durable text, event_id uuid, taken_in_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (durable, event_id));
CREATE TABLE known_units (unit_id text PRIMARY KEY, version bigint NOT NULL, state jsonb NOT NULL);
"""
PUT_INBOX = "INSERT INTO inbox (durable, event_id) SELECT 'x', * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING"
PUT_UNITS = """
INSERT INTO known_units SELECT * FROM unnest($1::text[], $2::bigint[], $3::jsonb[])
ON CONFLICT (unit_id) DO UPDATE SET version = excluded.version, state = excluded.state
    WHERE known_units.version < excluded.version
"""


async def make_database(superuser_url: str) -> str:
    """Make the empty database anew; return its URL."""
    admin = await asyncpg.connect(superuser_url)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await admin.close()
    url = f"{superuser_url.rpartition('/')[0]}/{DATABASE}"
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(TABLES)
    finally:
        await connection.close()
    return url


async def fold(plan: dict[str, Any]) -> dict[str, float]:
    """Fold up to `facts` facts; return how many there were and the seconds from the first to the last."""
    client = await nats.connect(plan["nats_url"], nkeys_seed_str=plan["seed"], connect_timeout=5)
    connection = await asyncpg.connect(plan["url"])
    folded, begun = 0, time.perf_counter()
    try:
        jetstream = client.jetstream()
        config = ConsumerConfig(
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.ALL,
            filter_subject=plan["subject"],
            inactive_threshold=30,
        )
        made = await jetstream.add_consumer(plan["stream"], config)
        reading = await jetstream.pull_subscribe_bind(made.name, plan["stream"])
        while folded < plan["facts"]:
            messages = await reading.fetch(BATCH, timeout=5)
            facts = [json.loads(message.data) for message in messages]
            async with connection.transaction():
                await connection.execute(PUT_INBOX, [UUID(fact["id"]) for fact in facts])
                newest = {fact["data"]["unit_id"]: fact["data"] for fact in facts}
                await connection.execute(
                    PUT_UNITS,
                    list(newest),
                    [each["version"] for each in newest.values()],
                    [json.dumps(each) for each in newest.values()],
                )
            for message in messages:
                await message.ack()
            folded += len(messages)
        return {"facts": folded, "seconds": time.perf_counter() - begun}
    finally:
        await connection.close()
        await client.close()


def main() -> None:
    """Read the plan, fold, tell."""
    plan: dict[str, Any] = json.loads(sys.stdin.readline())
    sys.stdout.write(json.dumps(asyncio.run(fold(plan))) + "\n")


if __name__ == "__main__":
    main()
