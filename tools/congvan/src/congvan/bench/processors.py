"""How much processor time each program of a house has used, PostgreSQL told apart by whom it worked for."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg
import psutil  # type: ignore[import-untyped]  # it ships no types

from congvan.house import House


@dataclass(frozen=True)
class Reading:
    """Processor seconds since each program started."""

    programs: Mapping[str, float]
    """By program; those it started are counted with it."""
    backends: Mapping[int, float]
    """By process id of a PostgreSQL backend."""


@dataclass(frozen=True)
class Used:
    """Processor seconds between two readings."""

    programs: Mapping[str, float]
    front_door_backends: float
    """Of PostgreSQL: the backends that served the front door of submissions."""

    @property
    def total(self) -> float:
        """All programs together."""
        return sum(self.programs.values())


TRIES = 20
"""How often a program is read again whose children end meanwhile."""


def used_by(pid: int) -> dict[int, float]:
    """Return the processor seconds of a program and of each child that lives, with what they started that has ended."""
    first = psutil.Process(pid)
    found: dict[int, float] = {}
    for _ in range(TRIES):
        times = first.cpu_times()
        found = {pid: sum(times[:4])}  # user, system, and both of the children that ended
        for child in first.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                found[child.pid] = sum(child.cpu_times()[:4])
        if first.cpu_times()[2:4] == times[2:4]:
            break
        # Whoever ended meanwhile stands in neither.
    return found


@dataclass
class Meter:
    """Reads what the programs of a house have used."""

    house: House
    _serving: set[int] = field(default_factory=set)

    def read(self) -> Reading:
        """Read the clocks of all programs now."""
        programs: dict[str, float] = {}
        backends: dict[int, float] = {}
        for name in self.house.names:
            pid = self.house.pid(name)
            if pid is None:
                continue
            of_children = used_by(pid)
            programs[name] = sum(of_children.values())
            if name == "postgres":
                backends = {child: seconds for child, seconds in of_children.items() if child != pid}
        return Reading(programs, backends)

    async def find_backends(self, program: str) -> None:
        """Note which backends of PostgreSQL serve `program` now: those at the other end of its connections."""
        pid = self.house.pid(program)
        ours = {each.laddr.port for each in psutil.Process(pid).net_connections(kind="tcp") if each.laddr}
        admin = await asyncpg.connect(self.house.superuser_url)
        try:
            rows = await admin.fetch("SELECT pid, client_port FROM pg_stat_activity WHERE client_port IS NOT NULL")
        finally:
            await admin.close()
        self._serving = {row["pid"] for row in rows if row["client_port"] in ours}

    def between(self, before: Reading, after: Reading) -> Used:
        """Return what was used between two readings."""
        return Used(
            {name: after.programs[name] - before.programs.get(name, 0.0) for name in after.programs},
            sum(after.backends[pid] - before.backends.get(pid, 0.0) for pid in self._serving & after.backends.keys()),
        )
