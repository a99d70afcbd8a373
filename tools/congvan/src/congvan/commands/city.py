"""`congvan city`: what the city authority holds, held against the totals."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from congvan.commands.options import at_home
from congvan.house import find, roster

STREAM = "CITY"
SUBJECTS = "reporting.aggregate.updated.v1.>"
SHOWN = 20
TRIES = 5
"""While figures are on their way the two differ; a difference that stays is one."""


@click.group()
def city() -> None:
    """Cơ quan thành phố nhận số liệu. / The city authority, which takes the aggregates.

    \b
    Example:
      ./congvan city verify
    """


@city.command()
@at_home
def verify(*, home: Path) -> None:
    """Đối chiếu số liệu thành phố đang giữ. / Compare what the city holds with the totals.

    The newest aggregate of each thing in the city's own account, read with the city's own key, and that of the feed for
    those who come by HTTP, against the totals. One line of JSON; exit status 0: all three are the same.
    """
    running = find(home)
    if running is None:
        click.echo("Hệ thống chưa chạy; dùng ./congvan up. / It does not run; start it with ./congvan up.", err=True)
        sys.exit(1)
    site = roster.Site(home, running.addresses, running.keys)
    found: dict[str, Any] = {}
    for _ in range(TRIES):
        fed = _fed(site)
        lines = asyncio.run(_held(site))
        from contracts.reporting import digest_of

        held = digest_of(lines.values())
        found = {
            "same": bool(fed["agrees"]) and held == fed["digest"],
            "aggregates": fed["aggregates"],
            "held": len(lines),
            "digest": fed["digest"],
            "held_digest": held,
            "feed": {name: fed[name] for name in ("agrees", "missing", "unfounded")},
        }
        if found["same"]:
            break
    click.echo(json.dumps(found))
    sys.exit(0 if found["same"] else 1)


def _fed(site: roster.Site) -> dict[str, Any]:
    told = roster.settings_of(site, "reporting") | {"REPORTING_HTTP_PORT": "0"}
    command = [sys.executable, "-m", "reporting", "told"]
    done = subprocess.run(command, check=False, env=os.environ | told, capture_output=True, text=True)  # noqa: S603  our own
    if done.returncode not in (0, 1):
        click.echo(done.stderr.splitlines()[-1] if done.stderr else f"reporting: {done.returncode}", err=True)
        sys.exit(2)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


async def _held(site: roster.Site) -> dict[str, str]:
    """Return the line of the newest aggregate of each thing that the city holds, by its subject."""
    import nats
    from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

    from contracts.event import Envelope
    from contracts.reporting import AggregateUpdated, digest_line

    client = await nats.connect(site.addresses.nats, nkeys_seed_str=site.keys.nats_seeds["city"], connect_timeout=5)
    try:
        jetstream = client.jetstream(timeout=5)
        config = ConsumerConfig(
            filter_subject=SUBJECTS,
            deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=30,
            mem_storage=True,
        )
        made = await jetstream.add_consumer(STREAM, config)
        reading = await jetstream.pull_subscribe_bind(made.name, STREAM)
        lines: dict[str, str] = {}
        left = made.num_pending or 0
        while left > 0:
            messages = await reading.fetch(min(left, 256), timeout=10)
            left -= len(messages)
            for each in messages:
                event = AggregateUpdated.model_validate(Envelope.model_validate_json(each.data).data)
                lines[event.about] = digest_line(event)
        await jetstream.delete_consumer(STREAM, made.name)
        return lines
    finally:
        await client.close()
