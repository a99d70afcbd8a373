"""What a child that a file has taken over could still do: nothing that reaches beyond itself."""

import errno
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from submissions.inspection import Confinement, InspectionUnavailable, Limits, inspect

_ESCAPE = Path(__file__).with_name("escape.py")
_BY_LIMITS_ALONE = (
    "open a socket",
    "open a local socket",
    "read a file",
    "read the worker's environment",
    "write a file",
    "write a file through libc",
    "open a pipe",
    "raise the limit of files",
)


def _attempt(*words: str) -> dict[str, Any]:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            subprocess.run(
                [sys.executable, "-I", str(_ESCAPE), str(theirs.fileno()), *words],
                pass_fds=(theirs.fileno(),),
                check=False,
                timeout=20,
            )
        said = ours.recv(1 << 16)
    assert said, "it got away by becoming another program, or died"
    answer: dict[str, Any] = json.loads(said)
    return answer


def test_a_taken_over_child_cannot_get_out() -> None:
    walls = _attempt("with-filter", "open a pipe")["walls"]
    # On a machine without seccomp the limits are all there is, and they promise less.
    answer = _attempt("with-filter", *(() if walls["seccomp"] else _BY_LIMITS_ALONE))

    open_ways = [way for way, refused in answer["outcome"].items() if refused in {None, errno.ENOENT}]

    assert open_ways == []


_BUSY = """
import socket, sys
from submissions.inspection.confinement import confine, load_filter
line = socket.socket(fileno=int(sys.argv[1]))
confine(load_filter(), cpu_seconds=20, memory_bytes=1 << 30)
line.send(b"confined")
while True:
    pass
"""
_PARENT = """
import subprocess, sys
subprocess.run([sys.executable, "-I", *sys.argv[2:], sys.argv[1]], pass_fds=(int(sys.argv[1]),))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of its processor time ends it")
def test_a_child_that_never_looks_up_ends_with_its_parent() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            line = str(theirs.fileno())
            parent = subprocess.Popen(
                [sys.executable, "-I", "-c", _PARENT, line, "-c", _BUSY], pass_fds=(theirs.fileno(),)
            )
        ours.settimeout(10)
        assert ours.recv(8) == b"confined"
        parent.kill()
        parent.wait()

        assert ours.recv(8) == b""  # the last one who held the other end is gone


def test_limits_alone_let_it_open_nothing() -> None:
    answer = _attempt("without-filter", *_BY_LIMITS_ALONE)

    assert answer["walls"]["rlimits"]
    assert not answer["walls"]["seccomp"]
    assert [way for way, refused in answer["outcome"].items() if refused is None] == []


async def test_a_measured_film_says_which_walls_stood(
    film: Callable[..., bytes], source_of: type, limits: Limits
) -> None:
    walls = _attempt("with-filter", "open a pipe")["walls"]

    measured = await inspect(source_of(film(3)), limits=limits)

    assert measured.confinement == Confinement(**walls)
    assert measured.confinement.rlimits


async def test_the_limits_given_are_the_ones_in_force(
    film: Callable[..., bytes], source_of: type, limits: Limits
) -> None:
    """With too little memory the child cannot get ready, which is no fault of the film."""
    with pytest.raises(InspectionUnavailable, match="the child"):
        await inspect(source_of(film(3)), limits=replace(limits, memory_bytes=64 << 20))
