"""What a house writes down about itself, so that whoever comes later finds its addresses and what it left behind."""

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from congvan.house.addresses import PORTS, Addresses
from congvan.house.keys import Keys, load_or_make
from congvan.programs import POLL_S, born

MARK = "CONGVAN_HOUSE"
"""In the environment of every program of a house: the house it belongs to."""
Phase = Literal["down", "starting", "ready", "stopping"]


@dataclass
class State:
    """The memory of a house. Losing it costs the addresses, nothing else."""

    ports: dict[str, int] = field(default_factory=dict)
    phase: Phase = "down"
    pid: int | None = None
    born: str | None = None
    started_at: str | None = None
    ready_after_s: float | None = None
    was_warm: bool | None = None
    programs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name to pid, birth and number of restarts of everything running."""


class AlreadyRunning(Exception):
    """Another command runs this house."""


def read(home: Path) -> State:
    """Return what is written down; nothing when there is nothing, or when it was cut short."""
    try:
        found = json.loads((home / "state.json").read_text(encoding="utf-8"))
        return State(**found)
    except (OSError, ValueError, TypeError):
        return State()


def write(home: Path, state: State) -> None:
    """Write it down, whole or not at all."""
    half = home / "state.half"
    half.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
    half.replace(home / "state.json")


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the house; raises `AlreadyRunning` when somebody else does. The kernel lets go when we end, in any way."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "house.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = read(home).pid
            raise AlreadyRunning(f"the house in {home} is run by process {pid}") from None
        yield


def is_held(home: Path) -> bool:
    """Return whether a command runs this house now."""
    if not (home / "house.lock").exists():
        return False
    with contextlib.suppress(AlreadyRunning), only_one(home):
        return False
    return True


@dataclass(frozen=True)
class Running:
    """A house somebody runs now, seen from outside."""

    home: Path
    state: State
    addresses: Addresses
    keys: Keys


def find(home: Path) -> Running | None:
    """Return the house running in `home`, or None."""
    state = read(home)
    if not is_held(home) or not set(PORTS) <= set(state.ports) or not (home / "secrets.json").exists():
        return None
    return Running(home, state, Addresses(state.ports, home), load_or_make(home / "secrets.json"))


def end_leftovers(home: Path, state: State) -> list[str]:
    """End whatever an earlier house left running; return the names. Call it while holding the house."""
    left = {each["pid"]: name for name, each in state.programs.items() if born(each["pid"]) == each["born"]}
    left |= {pid: left.get(pid, name) for pid, name in _marked(home)}
    left.pop(os.getpid(), None)
    for pid, name in left.items():
        # PostgreSQL is asked, so that its backends end with it; the others lose nothing by a sudden end.
        _send(pid, signal.SIGINT if name == "postgres" else signal.SIGKILL)
        _send(pid, signal.SIGCONT)
    lives = {pid: born(pid) for pid in left}
    deadline = time.monotonic() + 15
    while any(life is not None and born(pid) == life for pid, life in lives.items()):
        if time.monotonic() > deadline:
            for pid, life in lives.items():
                if born(pid) == life:
                    _send(pid, signal.SIGKILL)
            break
        time.sleep(POLL_S)
    return sorted(set(left.values()))


def _marked(home: Path) -> Iterator[tuple[int, str]]:
    """Yield every process that carries the mark of this house in its environment."""
    if sys.platform != "linux":
        return
    wanted = f"{MARK}={home.absolute()}".encode()
    for place in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # ended meanwhile, or not ours to look at
            if wanted in place.read_bytes().split(b"\0"):
                name = (place.parent / "comm").read_text(encoding="utf-8", errors="replace").strip()
                yield int(place.parent.name), name


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
