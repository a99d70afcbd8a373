"""How much processor time each program of a house has used, PostgreSQL told apart by whom it worked for."""

from collections.abc import Mapping
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
            first = psutil.Process(pid)
            times = first.cpu_times()
            # What its children used that have ended, then those that live.
            programs[name] = times.user + times.system + times.children_user + times.children_system
            for child in first.children(recursive=True):
                try:
                    each = child.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                programs[name] += each.user + each.system
                if name == "postgres":
                    backends[child.pid] = each.user + each.system
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
