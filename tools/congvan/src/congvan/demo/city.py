"""The city authority: the documented example script, run as a stand-alone program with the city's own key."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from congvan import places

SCRIPT = "examples/city_subscriber.py"


class City:
    """Runs the subscriber, stops it, runs it again, and keeps what it printed."""

    def __init__(self, nats_url: str, seed: str, folder: Path, *, durable: str) -> None:
        self._nats_url = nats_url
        self._seed = seed
        self._folder = folder
        self._durable = durable
        self._program: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._started_at = datetime.now(UTC)
        self.runs = 0
        self.received: list[dict[str, Any]] = []
        self.missed: list[dict[str, Any]] = []
        """What was published while the subscriber was away, received after its return."""

    async def start(self) -> None:
        """Start the subscriber under its durable name."""
        self._started_at = datetime.now(UTC)
        self.runs += 1
        errors = (self._folder / "city.log").open("ab")
        self._program = await asyncio.create_subprocess_exec(
            sys.executable,
            str(places.clone() / SCRIPT),
            "--url",
            self._nats_url,
            "--durable",
            self._durable,
            "--from",
            "new",
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env={"PATH": os.environ.get("PATH", ""), "CITY_NATS_SEED": self._seed},
        )
        errors.close()
        self._reading = asyncio.create_task(self._read(self._program))

    async def stop(self) -> None:
        """Stop the subscriber in order, with everything it has printed read."""
        if self._program is None or self._reading is None:
            return
        if self._program.returncode is None:
            self._program.terminate()
        await asyncio.wait_for(self._reading, 15)
        if await self._program.wait() not in (0, -15):
            raise RuntimeError(
                f"the city's subscriber ended with {self._program.returncode}: see {self._folder}/city.log"
            )
        self._program = None

    async def _read(self, program: asyncio.subprocess.Process) -> None:
        assert program.stdout is not None  # noqa: S101  a pipe was asked for
        async for line in program.stdout:
            aggregate = json.loads(line)
            self.received.append(aggregate)
            told_at = datetime.fromisoformat(aggregate["occurred_at"])
            if self.runs > 1 and told_at < self._started_at:
                self.missed.append(aggregate)

    def last_values(self, requirement_id: str) -> dict[str, dict[str, Any]]:
        """Return the newest aggregate of each unit for one requirement."""
        newest: dict[str, dict[str, Any]] = {}
        for each in self.received:
            if each["requirement_id"] == requirement_id:
                known = newest.get(each["unit_id"])
                if known is None or known["version"] < each["version"]:
                    newest[each["unit_id"]] = each
        return newest
