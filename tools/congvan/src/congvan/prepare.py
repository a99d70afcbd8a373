"""Makes what the platform needs before its services start; `python -m congvan.prepare all|streams|nats-config`.

One program for all of it, so that libraries are loaded once. What to make comes as JSON in `CONGVAN_PREPARE`, what the
services are told in their own variables. Everything here is safe to repeat.
"""

import asyncio
import importlib
import json
import os
import sys
import time
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any

Plan = Mapping[str, Any]
"""See `house.roster.preparation`."""


async def make_databases(superuser_url: str, passwords: Mapping[str, str]) -> None:
    """Make a login and a database for each service; nobody else may connect to it."""
    import asyncpg

    connection = await asyncpg.connect(superuser_url)
    try:
        roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        databases = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
        for service, password in passwords.items():
            # Names are our own services', passwords of url-safe letters; DDL takes no parameters.
            if service not in roles:
                await connection.execute(f"CREATE ROLE {service} LOGIN PASSWORD '{password}'")
            if service not in databases:
                await connection.execute(f"CREATE DATABASE {service} OWNER {service}")
            await connection.execute(f"REVOKE CONNECT ON DATABASE {service} FROM PUBLIC")
    finally:
        await connection.close()


async def apply_streams(plan: Plan) -> None:
    """Make every declared stream and durable that is missing, in both accounts."""
    import nats

    from chassis import streams

    declaration = streams.load(Path(plan["streams_file"]))
    for account, seed in plan["stewards"].items():
        client = await nats.connect(plan["nats_url"], nkeys_seed_str=seed, connect_timeout=5, max_reconnect_attempts=3)
        try:
            for made in await streams.apply(client, declaration, account=account):
                print(f"{account}: {made}", flush=True)
        finally:
            await client.close()


def make_buckets(plan: Plan) -> None:
    """Make the buckets of the S3 store."""
    from congvan.servers.store import StoreKeys
    from congvan.servers.store import make_buckets as make

    make(plan["endpoint"], StoreKeys(**plan["keys"]), plan["bucket"])


async def migrate(services: list[str]) -> None:
    """Bring the database of each service up to date, one after the other: Alembic's context is one per program."""
    for name in services:
        from chassis.roles import Service

        service = importlib.import_module(f"{name}.main").SERVICE
        assert isinstance(service, Service)  # noqa: S101  what every service's main has
        await service.migrate(service.settings())
        print(f"{name}: migrated", flush=True)


def nats_config(plan: Plan) -> str:
    """Return the configuration of the NATS server."""
    from chassis import streams

    return streams.nats_config(
        streams.load(Path(plan["streams_file"])),
        plan["public_keys"],
        port=plan["port"],
        store_dir=Path(plan["store_dir"]),
        monitor_port=plan["monitor_port"],
    )


async def everything(plan: Plan) -> None:
    """Make databases, streams and buckets, and migrate every service."""
    buckets = asyncio.create_task(_timed("buckets", asyncio.to_thread(make_buckets, plan["store"])))
    await _timed("databases", make_databases(plan["superuser_url"], plan["passwords"]))
    await _timed("streams", apply_streams(plan))
    await _timed("migrations", migrate(plan["migrated"]))
    await buckets


async def _timed(name: str, work: Awaitable[None]) -> None:
    began = time.monotonic()
    await work
    print(f"{name}: {time.monotonic() - began:.2f} s", flush=True)


def main() -> None:
    """Run what the command line asks for."""
    plan: Plan = json.loads(os.environ["CONGVAN_PREPARE"])
    match sys.argv[1:]:
        case ["all"]:
            asyncio.run(everything(plan))
        case ["streams"]:
            asyncio.run(apply_streams(plan))
        case ["nats-config"]:
            sys.stdout.write(nats_config(plan))
        case words:
            sys.exit(f"all, streams or nats-config, not {' '.join(words)}")


if __name__ == "__main__":
    main()
