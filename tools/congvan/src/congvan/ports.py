"""Free ports: the ones used before if nobody has taken them, consecutive ones, or any."""

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LOWEST = 15000
TWIN = 10000
"""What SeaweedFS adds to its admin port to dial its own gRPC; it cannot be told otherwise (`weed mini`, 4.48)."""


@dataclass(frozen=True)
class Taken:
    """A port somebody else has, and the one used instead."""

    name: str
    port: int
    instead: int


class NoFreePort(Exception):
    """Not one port in reach is free."""


def is_free(port: int) -> bool:
    """Return whether a server could listen on this port of the loopback interface now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection of the last run that still lingers is no reason to move.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _spoken_for(port: int) -> bool:
    """Return whether no other platform of this user has chosen the port without listening on it yet.

    Between the choice and the server's listening lie seconds, and two that start at once would meet. The word is a lock
    on one byte of a file, kept until this process ends, however it ends.
    """
    global _words  # noqa: PLW0603  one for the process: closing any descriptor of the file would give up every lock
    if _words is None:
        place = Path(tempfile.gettempdir()) / f"congvan-ports-{os.getuid()}"
        try:
            _words = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            return True  # without the file two may still meet, and the second is told when it starts
    try:
        fcntl.lockf(_words, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


_words: int | None = None


def _highest() -> int:
    """Return the end of the ports no outgoing connection is given.

    A client that keeps redialling a dead server on a port from the outgoing range will one day be given that very port
    and connect to itself, and the server can then never come back.
    """
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0]) - 1
    except (OSError, ValueError, IndexError):
        return 32767


def choose(
    names: Iterable[str],
    *,
    remembered: Mapping[str, int] | None = None,
    base: int | None = None,
    with_twin: Collection[str] = (),
) -> tuple[dict[str, int], list[Taken]]:
    """Return a free port for each name, and which wanted ones were taken.

    Wanted is the next one from `base` upward when given, else the remembered one. A name in `with_twin` gets a port
    whose `+ TWIN` is free as well.
    """
    chosen: dict[str, int] = {}
    taken: list[Taken] = []
    used: set[int] = set()

    def usable(port: int, name: str) -> bool:
        both = {port, port + TWIN} if name in with_twin else {port}
        if max(both) > 65535 or both & used or not all(is_free(each) and _spoken_for(each) for each in both):
            return False
        used.update(both)
        return True

    names = list(names)
    beyond = (base or 0) + len(names)
    for place, name in enumerate(names):
        wanted = base + place if base is not None else (remembered or {}).get(name)
        if wanted is not None and usable(wanted, name):
            chosen[name] = wanted
            continue
        if base is not None:
            others = iter(range(beyond, min(beyond + 2000, 65536)))
        else:
            room = range(LOWEST, max(_highest() - TWIN, LOWEST + 1000))
            others = iter(random.sample(room, min(len(room), 2000)))  # no secret: two starting at once should differ
        chosen[name] = next((port for port in others if usable(port, name)), 0)
        if not chosen[name]:
            raise NoFreePort(f"no free port for {name}")
        if wanted is not None:
            taken.append(Taken(name, wanted, chosen[name]))
    return chosen, taken


def free_port() -> int:
    """Return one free port."""
    return choose(["it"])[0]["it"]
