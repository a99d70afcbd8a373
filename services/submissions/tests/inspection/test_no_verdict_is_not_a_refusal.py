"""When the store or the child fails, the file is not blamed; when the child lies, the parent is not fooled."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its stubs are not installed
import pytest

from submissions.inspection import InspectionUnavailable, Limits, Refused, inspect
from submissions.inspection.inspector import inspect_with

Film = Callable[..., bytes]
Program = Callable[[str], Path]

# What every program in the child's place begins with: it takes the line, and is ready like an honest child.
_READY = """
import json, os, resource, signal, socket, struct, sys, time
from submissions.inspection import wire
line = socket.socket(fileno=int(sys.argv[1]))
size = int(sys.argv[2])
walls = dict.fromkeys(["rlimits", "no_new_privs", "network_namespace", "seccomp", "unprivileged"], True)
poster = b"\\xff\\xd8\\xff" + bytes(100) + b"\\xff\\xd9"
thumbnail = poster
film = {"duration_ms": 5000, "width": 640, "height": 360, "video_codec": "h264", "audio_codec": "aac"}
def say(kind, said):
    wire.send(line, kind, said if isinstance(said, bytes) else json.dumps(said).encode())
def measured(**changes):
    say(wire.POSTER, poster)
    say(wire.THUMBNAIL, thumbnail)
    say(wire.MEASURED, {**film, **changes})
"""
_HONEST = _READY + "say(wire.READY, walls)\n"


class Hanging:
    """A store that never answers until it is let go."""

    size = 1_000_000

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.released = threading.Event()

    def read_at(self, offset: int, length: int) -> bytes:  # noqa: ARG002 -- the promised shape
        self.asked.set()
        self.released.wait(30)
        return bytes(length)


class Away:
    """A store that is not there."""

    size = 1_000_000

    def read_at(self, offset: int, length: int) -> bytes:  # noqa: ARG002 -- the promised shape
        raise ConnectionRefusedError("the store is away")


class Short:
    """A store that gives less than was asked."""

    size = 1_000_000

    def read_at(self, offset: int, length: int) -> bytes:  # noqa: ARG002 -- the promised shape
        return bytes(length - 1)


def _children() -> list[str]:
    """Give the programs that still run for an inspection of this process."""
    return [
        program
        for child in psutil.Process().children()
        for program in child.cmdline()
        if program.endswith(("inspection/child.py", "/program.py"))
    ]


async def test_a_store_that_hangs_gives_no_verdict_in_time(limits: Limits) -> None:
    source = Hanging()
    began = time.monotonic()

    try:
        with pytest.raises(InspectionUnavailable, match="no verdict within"):
            await inspect(source, limits=replace(limits, wall_seconds=1.5))
        elapsed = time.monotonic() - began
    finally:
        source.released.set()

    assert source.asked.is_set()
    assert elapsed < 5
    assert _children() == []


async def test_a_store_that_is_away_gives_no_verdict(limits: Limits) -> None:
    with pytest.raises(InspectionUnavailable, match="the store is away") as unavailable:
        await inspect(Away(), limits=limits)

    assert isinstance(unavailable.value.__cause__, ConnectionRefusedError)


async def test_a_store_that_gives_too_little_gives_no_verdict(limits: Limits) -> None:
    with pytest.raises(InspectionUnavailable, match="65535 of 65536 bytes"):
        await inspect(Short(), limits=limits)


async def test_an_inspection_that_is_called_off_leaves_no_child(limits: Limits) -> None:
    source = Hanging()
    inspection = asyncio.create_task(inspect(source, limits=limits))
    assert await asyncio.to_thread(source.asked.wait, 20)
    assert _children() != []

    inspection.cancel()
    try:
        with pytest.raises(asyncio.CancelledError):
            await inspection
    finally:
        source.released.set()

    assert _children() == []


async def test_an_honest_program_in_its_place_is_believed(program: Program, source_of: type, limits: Limits) -> None:
    """The programs below differ from this one only in their lie."""
    measured = await inspect_with(program(_HONEST + "measured()"), source_of(bytes(1000)), limits=limits)

    assert (measured.duration_ms, measured.width, measured.height) == (5000, 640, 360)


async def test_figures_beyond_the_limits_are_judged_by_the_parent(
    program: Program, source_of: type, limits: Limits
) -> None:
    with pytest.raises(Refused) as refused:
        await inspect_with(program(_HONEST + "measured(duration_ms=61_001)"), source_of(bytes(1000)), limits=limits)

    assert (refused.value.refusal, refused.value.measured, refused.value.allowed) == (
        "too-long",
        61_001,
        60_000,
    )


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param("line.sendall(os.urandom(5000))", id="noise"),
        pytest.param("line.sendall(b'M' + b'\\xff' * 4)", id="a message of four gigabytes"),
        pytest.param("line.sendall(b'M' + struct.pack('>I', 100) + b'{')", id="half a message"),
        pytest.param("line.sendall(b'M')", id="half a head"),
        pytest.param("say(wire.THUMBNAIL, thumbnail); say(wire.MEASURED, film)", id="no poster"),
        pytest.param("say(wire.POSTER, poster); say(wire.MEASURED, film)", id="no thumbnail"),
        pytest.param("say(wire.THUMBNAIL, thumbnail); measured()", id="two thumbnails"),
        pytest.param("thumbnail = b'GIF89a'; measured()", id="a thumbnail that is no JPEG"),
        pytest.param("thumbnail = poster[:3] + bytes(1 << 15) + poster[-2:]; measured()", id="a huge thumbnail"),
        pytest.param("say(wire.POSTER, poster); measured()", id="two posters"),
        pytest.param("poster = b'<svg/>'; measured()", id="a poster that is no JPEG"),
        pytest.param("poster = poster[:-2]; measured()", id="a poster without an end"),
        pytest.param("poster = b'\\xff\\xd8\\xff' + bytes(1 << 19) + b'\\xff\\xd9'; measured()", id="a huge poster"),
        pytest.param("say(wire.POSTER, poster); say(wire.MEASURED, b'[' * 512)", id="deep JSON"),
        pytest.param("say(wire.POSTER, poster); say(wire.MEASURED, b'\\xff\\xfe')", id="no text"),
        pytest.param("say(wire.POSTER, poster); say(wire.MEASURED, [1, 2])", id="a list"),
        pytest.param("measured(more=1)", id="a field too many"),
        pytest.param("film.pop('width'); measured()", id="a field too few"),
        pytest.param("measured(duration_ms=True)", id="a truth for a length"),
        pytest.param("measured(duration_ms=5000.5)", id="half a millisecond"),
        pytest.param("measured(duration_ms='5000')", id="a text for a length"),
        pytest.param("measured(duration_ms=-1)", id="a negative length"),
        pytest.param("measured(duration_ms=float('nan'))", id="no number"),
        pytest.param("measured(duration_ms=10**20)", id="a length beyond all"),
        pytest.param("measured(width=0)", id="no width"),
        pytest.param("measured(video_codec='<script>')", id="a codec that is code"),
        pytest.param("measured(audio_codec='aac\\n')", id="an audio codec with a line end"),
        pytest.param("measured(audio_codec=['aac'])", id="a list of audio codecs"),
        pytest.param("say(wire.REFUSED, {'reason': 'because', 'measured': None})", id="an unknown reason"),
        pytest.param("say(wire.REFUSED, {'reason': ['broken'], 'measured': None})", id="a list of reasons"),
        pytest.param("say(wire.READY, walls)", id="ready twice"),
        pytest.param("say(wire.READ, struct.pack('>QI', size, 1))", id="reads past the end"),
        pytest.param("say(wire.READ, struct.pack('>QI', 2**64 - 1, 2**20))", id="reads past the world"),
        pytest.param("say(wire.READ, struct.pack('>QI', 0, 0))", id="reads nothing"),
        pytest.param("say(wire.READ, b'abc')", id="reads without a range"),
        pytest.param("while True: wire.ask(line, 0, 1)", id="reads without end"),
        pytest.param("os.kill(os.getpid(), signal.SIGSEGV)", id="breaks down"),
    ],
)
async def test_a_child_that_talks_nonsense_gets_the_file_refused(
    program: Program, source_of: type, limits: Limits, lie: str
) -> None:
    with pytest.raises(Refused) as refused:
        await inspect_with(program(_HONEST + lie), source_of(bytes(1000)), limits=limits)

    assert (refused.value.refusal, refused.value.measured) == ("unreadable", None)
    assert _children() == []


async def test_a_child_that_computes_without_end_gets_the_file_refused(
    program: Program, source_of: type, limits: Limits
) -> None:
    endless = """
from submissions.inspection.confinement import confine
confine(lambda: False, cpu_seconds=int(sys.argv[4]), memory_bytes=int(sys.argv[5]))
while True: pass
"""

    with pytest.raises(Refused, match="too much computing"):
        await inspect_with(program(_HONEST + endless), source_of(bytes(1000)), limits=replace(limits, cpu_seconds=1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("raise SystemExit", "did not get ready", id="leaves"),
        pytest.param("this is no program", "did not get ready", id="does not run"),
        pytest.param(_READY + "line.sendall(os.urandom(5000))", "did not get ready", id="noise"),
        pytest.param(_READY + "say(wire.READY, {**walls, 'seccomp': 1})", "did not get ready", id="bad walls"),
        pytest.param(_READY + "measured()", "did not get ready", id="measured before it was ready"),
        pytest.param(_READY + "say(wire.FAILED, b'no av')", "failed to start: no av", id="says it failed"),
        pytest.param(_HONEST + "say(wire.FAILED, b'a bug')", "failed: a bug", id="fails at the film"),
        pytest.param(_HONEST + "os.kill(os.getpid(), signal.SIGKILL)", "status -9", id="is killed"),
        pytest.param(_HONEST + "os.kill(os.getpid(), signal.SIGTERM)", "status -15", id="is stopped"),
    ],
)
async def test_a_child_that_fails_by_itself_gives_no_verdict(
    program: Program, source_of: type, limits: Limits, text: str, said: str
) -> None:
    with pytest.raises(InspectionUnavailable, match=said):
        await inspect_with(program(text), source_of(bytes(1000)), limits=limits)

    assert _children() == []


async def test_a_child_that_says_nothing_is_ended_on_time(program: Program, source_of: type, limits: Limits) -> None:
    began = time.monotonic()

    with pytest.raises(InspectionUnavailable, match="no verdict within"):
        await inspect_with(
            program(_HONEST + "time.sleep(60)"), source_of(bytes(1000)), limits=replace(limits, wall_seconds=1)
        )

    assert time.monotonic() - began < 5
    assert _children() == []


async def test_the_childs_secrets_are_none(
    program: Program, source_of: type, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells its environment and its open descriptors as a failure, which the parent repeats."""
    monkeypatch.setenv("SUBMISSIONS_STORE_SECRET_KEY", "not for the child")
    telling = "say(wire.FAILED, {'names': sorted(os.environ), 'open': len(os.listdir('/proc/self/fd'))})"

    with pytest.raises(InspectionUnavailable) as told:
        await inspect_with(program(_HONEST + telling), source_of(bytes(1000)), limits=limits)

    seen = json.loads(str(told.value).removeprefix("the child failed: "))
    assert set(seen["names"]) <= {"PATH", "LC_CTYPE"}
    assert seen["open"] == 5  # the three standard ones to nowhere, the line, and the listing itself
