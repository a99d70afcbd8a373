"""`python -m <service> ROLE…`: one command line for every service."""

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from socket import socket
from typing import TYPE_CHECKING, Generic, TypeVar

import uvicorn

from chassis import telemetry
from chassis.porch import Porch, Role
from chassis.settings import ServiceSettings, StoredSettings

if TYPE_CHECKING:
    from chassis.migrating import Migrations
    from chassis.parking import Parked

S = TypeVar("S", bound=ServiceSettings)
STARTUP_FAILURE = 3
"""What a process ends with that could not begin; uvicorn's own command does too."""


@dataclass(frozen=True)
class Command(Generic[S]):
    """Something only one service can do from its command line."""

    run: Callable[[S, Sequence[str]], Awaitable[int]]
    """Takes the settings and the words after the command's name; returns the exit status."""
    usage: str
    """The words it takes, and what they do, in one line."""


@dataclass(frozen=True)
class Service(Generic[S]):
    """What the command line needs to know of a service."""

    name: str
    settings: type[S]
    frame: Callable[[S, frozenset[Role]], Porch]
    migrations: "Migrations | None" = None
    after_migrating: Callable[[S], Awaitable[None]] | None = None
    commands: Mapping[str, Command[S]] = field(default_factory=dict)
    """By name; beside the roles every service has."""

    async def migrate(self, settings: S) -> None:
        """Bring the database to the schema of this code, and found what a new installation needs."""
        if self.migrations is not None and isinstance(settings, StoredSettings):
            await self.migrations.upgrade(settings.database_url)
        if self.after_migrating is not None:
            await self.after_migrating(settings)


def main(service: Service[S]) -> None:
    """Run the command line of `service`."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {service.name}",
        description=f"The service {service.name}. Settings come from {service.name.upper()}_* in the environment.",
        epilog=f"Example: python -m {service.name} api worker",
    )
    parser.add_argument(
        "role",
        nargs="+",
        help="; ".join(
            (
                "`api` and/or `worker` serve until stopped",
                "`migrate` brings the database up to date",
                "`parked list`, `parked show N`, `parked replay N` look after messages that were given up",
                *(command.usage for command in service.commands.values()),
            )
        ).replace("%", "%%"),
    )
    words: list[str] = parser.parse_args().role
    settings = service.settings()
    telemetry.write_logs(service.name)
    match words:
        case ["migrate"]:
            asyncio.run(service.migrate(settings))
        case ["parked", *rest]:
            sys.exit(asyncio.run(_parked(service, settings, rest)))
        case [name, *rest] if name in service.commands:
            sys.exit(asyncio.run(_run(service.commands[name], settings, rest)))
        case _ if set(words) <= set(Role):
            serve(service.frame(settings, frozenset(Role(word) for word in words)))
        case _:
            parser.error(f"no such role: {' '.join(words)}")


def look_for_garbage_seldom() -> None:
    """Tell the collector what a process that begins to serve knows: what is here now stays until the end.

    Looking through all of it, again and again, stopped everybody for a tenth of a second each time and took 8 % of the
    time of a receipt. What comes and goes is freed without the collector; looked through every 700 things, as Python
    does, it took 4 % of the time of adding up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def serve(frame: Porch) -> None:
    """Serve until SIGTERM; requests under way are finished first."""
    look_for_garbage_seldom()
    server = server_of(frame)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def server_of(frame: Porch) -> uvicorn.Server:
    """Return the HTTP server of a process; it is not running yet."""
    config = uvicorn.Config(
        frame.app,
        host=frame.settings.http_host,
        port=frame.settings.http_port,
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # whose word counts on where a request comes from is a setting, not a matter of loopback
        server_header=False,
        # Longer than neighbours and gateways rest a connection (30, 60 s): else it is hung up on as it is taken up.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )
    return _Server(config, frame)


class _Server(uvicorn.Server):
    """Says that it stops before it waits for what is under way."""

    def __init__(self, config: uvicorn.Config, frame: Porch) -> None:
        super().__init__(config)
        self._frame = frame

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._frame.leave()
        await super().shutdown(sockets)


async def _run(command: Command[S], settings: S, words: Sequence[str]) -> int:
    return await command.run(settings, words)


async def _parked(service: Service[S], settings: S, words: list[str]) -> int:
    from chassis import parking
    from chassis.consuming import Unreadable
    from chassis.frame import Frame

    frame = service.frame(settings, frozenset({Role.WORKER}))
    if not isinstance(frame, Frame):
        sys.stderr.write(f"{service.name} reads no events\n")
        return 2
    try:
        async with frame.engine.connect() as connection:
            match words:
                case ["list"]:
                    for each in await parking.all_parked(connection):
                        _print(each, body=False)
                case ["show", number]:
                    _print(await parking.get_parked(connection, int(number)), body=True)
                case ["replay", number]:
                    await parking.replay(frame.desk, int(number))
                case _:
                    sys.stderr.write("parked list | parked show N | parked replay N\n")
                    return 2
    except (parking.NoSuchParkedMessage, Unreadable) as error:
        sys.stderr.write(f"{type(error).__name__}: {' '.join(str(error).split())}\n")
        return 1
    finally:
        await frame.engine.dispose()
    return 0


def _print(parked: "Parked", *, body: bool) -> None:
    line: dict[str, object] = {
        "id": parked.id,
        "durable": parked.durable,
        "subject": parked.subject,
        "parked_at": _iso(parked.parked_at),
        "deliveries": parked.deliveries,
        "reason": parked.reason if body else parked.reason.split("\n")[0][:200],
    }
    if body:
        line["body"] = parked.body.decode(errors="replace")
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
