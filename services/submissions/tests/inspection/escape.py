"""Confines itself as the child does, tries to get out, and tells on the line it was given what became of it."""

import ctypes
import dataclasses
import json
import mmap
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from submissions.inspection import film
from submissions.inspection.confinement import confine, load_filter


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _write_through_libc() -> None:
    if ctypes.CDLL(None, use_errno=True).creat(b"/tmp/congvan-escaped", 0o600) < 0:
        raise OSError(ctypes.get_errno(), "creat")


def _executable_memory() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


ATTEMPTS: dict[str, Callable[[], object]] = {
    "open a socket": socket.socket,
    "open a local socket": socket.socketpair,
    "read a file": lambda: Path(film.__file__).read_bytes(),
    "read the worker's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "write a file": lambda: Path("/tmp/congvan-escaped").write_text("out"),  # noqa: S108 -- never made
    "write a file through libc": _write_through_libc,
    "open a pipe": os.pipe,
    "fork": _fork,
    "start a thread": lambda: threading.Thread(target=int).start(),
    "raise the limit of files": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    "send a signal to the worker": lambda: os.kill(os.getppid(), 0),
    "delete a file": lambda: Path("/tmp/congvan-none").unlink(),  # noqa: S108 -- is not there: ENOENT is a failure
    "make code": _executable_memory,
    "execute a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 -- the escape itself
}


def main() -> None:
    """Try everything; a way that is open is told as null, one that is shut by its errno."""
    line = socket.socket(fileno=int(sys.argv[1]))
    put_up = load_filter() if sys.argv[2] == "with-filter" else (lambda: False)
    ways = sys.argv[3:] or list(ATTEMPTS)
    walls = confine(put_up, cpu_seconds=20, memory_bytes=1500 << 20)
    outcome: dict[str, int | None] = {}
    for way in ways:
        try:
            ATTEMPTS[way]()
        except OSError as refused:
            outcome[way] = refused.errno
        except (RuntimeError, ValueError):  # so Python tells of threads, and of limits
            outcome[way] = -1
        else:
            outcome[way] = None
    line.sendall(json.dumps({"walls": dataclasses.asdict(walls), "outcome": outcome}).encode())


main()
