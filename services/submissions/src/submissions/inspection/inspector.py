"""The parent's side of an inspection: start the child, feed it, judge what it says, and end it."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TypeVar

from submissions.inspection import wire
from submissions.inspection.feed import Feed, TooMuchReadError
from submissions.inspection.verdict import ByteSource, Confinement, InspectionUnavailable, Limits, Measured, Refused

T = TypeVar("T")
Converse = Callable[[socket.socket, Feed, Confinement, Limits], T | None]
"""What is said with a child once its walls stand, until it gives its verdict."""
_CHILD = Path(__file__).with_name("child.py")
# How a child dies of the file it reads. Any other end came from outside: an operator, a want of memory.
_DEATHS_BY_FILE = {
    -signal.SIGXCPU: "takes too much computing",
    -signal.SIGSEGV: "breaks the reader",
    -signal.SIGBUS: "breaks the reader",
    -signal.SIGILL: "breaks the reader",
    -signal.SIGFPE: "breaks the reader",
    -signal.SIGABRT: "breaks the reader",
}


async def inspect(source: ByteSource, *, limits: Limits) -> Measured:
    """Measure a video in a confined child that sees nothing but the bytes it asks for.

    The duration is the one of the packets: from the first moment shown to the end of the last packet that is
    found by going to the end of the file. What the header says is not believed, for it can lie; only, a track
    that ends well before its index does was cut off. Raises Refused when the file is at fault, InspectionUnavailable
    when the store or the child is, also when there was no verdict within `limits.wall_seconds`.
    """
    if source.size > limits.max_bytes:
        raise Refused("too-large", "more bytes than allowed", measured=source.size, allowed=limits.max_bytes)
    if source.size == 0:
        raise Refused("not-a-video", "the file is empty")
    return await inspect_with(_CHILD, source, limits=limits)


async def inspect_with(program: Path, source: ByteSource, *, limits: Limits) -> Measured:
    """Inspect with this program as the child."""
    return await attend(program, source, limits, _converse)


async def attend(program: Path, source: ByteSource, limits: Limits, converse: Converse[T]) -> T:
    """Run a program as the confined child and hear it out; `converse` returns null when it falls silent."""
    ours, theirs = socket.socketpair()
    verdict: Future[T | None] = Future()
    verdict.set_running_or_notify_cancel()  # from here on the thread alone decides it
    with theirs:
        try:
            child = await _start(program, theirs, size=source.size, limits=limits)
        except BaseException:
            ours.close()
            raise
    try:
        Thread(target=_judge, args=(ours, source, limits, converse, verdict), name="inspection", daemon=True).start()
        async with asyncio.timeout(limits.wall_seconds):
            outcome = await asyncio.wrap_future(verdict)
            if outcome is None:
                raise _silence(await child.wait())
    except TimeoutError as late:
        raise InspectionUnavailable(f"no verdict within {limits.wall_seconds} s") from late
    finally:
        with contextlib.suppress(OSError):  # the thread has closed it already
            ours.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    return outcome


async def _start(program: Path, line: socket.socket, *, size: int, limits: Limits) -> asyncio.subprocess.Process:
    task = (line.fileno(), size, limits.max_pixels, limits.cpu_seconds, limits.memory_bytes)
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(program),
            *map(str, task),
            pass_fds=(line.fileno(),),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath},  # the worker's own environment holds its secrets
            start_new_session=True,  # Ctrl-C is for the worker; a child that dies of it would blame the file
        )
    except OSError as failure:
        raise InspectionUnavailable(f"the child did not start: {failure!r}") from failure


def _judge(
    line: socket.socket, source: ByteSource, limits: Limits, converse: Converse[T], verdict: "Future[T | None]"
) -> None:
    """Hear the child out, in a thread of its own because the source blocks."""
    try:
        with line:
            verdict.set_result(_hear_out(line, Feed(source), limits, converse))
    except BaseException as outcome:  # noqa: BLE001 -- nothing may end this thread and leave its asker waiting
        verdict.set_exception(outcome)


def _hear_out(line: socket.socket, feed: Feed, limits: Limits, converse: Converse[T]) -> T | None:
    """Answer the child until it gives its verdict; None when it fell silent without one."""
    confinement = _await_ready(line)
    try:
        return converse(line, feed, confinement, limits)
    except (wire.NonsenseError, TooMuchReadError) as misconduct:
        # It was honest until it read the file: the file has taken it over, or led it astray.
        raise Refused("unreadable", f"it makes the reader misbehave: {misconduct}") from misconduct
    except OSError:  # it died while it was being answered
        return None


def _converse(line: socket.socket, feed: Feed, confinement: Confinement, limits: Limits) -> Measured | None:
    poster: bytes | None = None
    thumbnail: bytes | None = None
    while (said := wire.hear(line)) is not None:
        match said:
            case wire.READ, payload:
                line.sendall(feed.read(*wire.read_range(payload, size=feed.size)))
            case wire.POSTER, payload if poster is None:
                poster = wire.read_poster(payload)
            case wire.THUMBNAIL, payload if thumbnail is None:
                thumbnail = wire.read_poster(payload)
            case wire.MEASURED, payload if poster is not None and thumbnail is not None:
                return _within(wire.read_film(payload), (poster, thumbnail), confinement, feed.size, limits)
            case wire.REFUSED, payload:
                raise refusal_of(*wire.read_refusal(payload), limits)
            case wire.FAILED, payload:
                raise InspectionUnavailable(f"the child failed: {payload.decode(errors='replace')}")
            case kind, _:
                raise wire.NonsenseError(f"{kind!r} out of turn")
    return None


def _await_ready(line: socket.socket) -> Confinement:
    """Hear which walls stand. Nothing of the file has been read yet, so whatever goes wrong is not its fault."""
    try:
        said = wire.hear(line)
        match said:
            case wire.READY, payload:
                return wire.read_confinement(payload)
            case wire.FAILED, payload:
                raise InspectionUnavailable(f"the child failed to start: {payload.decode(errors='replace')}")
    except (wire.NonsenseError, OSError) as failure:
        raise InspectionUnavailable(f"the child did not get ready: {failure!r}") from failure
    raise InspectionUnavailable(f"the child did not get ready: {'it died' if said is None else said[0]!r}")


def _within(
    film: wire.Film, pictures: tuple[bytes, bytes], confinement: Confinement, byte_count: int, limits: Limits
) -> Measured:
    """Hold the figures against the limits."""
    if film.width * film.height > limits.max_pixels:
        raise refusal_of("too-many-pixels", film.width * film.height, limits)
    if film.duration_ms > limits.max_ms + limits.tolerance_ms:
        raise Refused("too-long", "the video is too long", measured=film.duration_ms, allowed=limits.max_ms)
    return Measured(
        duration_ms=film.duration_ms,
        width=film.width,
        height=film.height,
        video_codec=film.video_codec,
        audio_codec=film.audio_codec,
        byte_count=byte_count,
        poster_jpeg=pictures[0],
        thumbnail_jpeg=pictures[1],
        confinement=confinement,
    )


def refusal_of(reason: str, measured: int | None, limits: Limits) -> Refused:
    """Return the refusal a child's reason stands for, in our words."""
    refusal, detail = wire.REASONS[reason]
    if reason == "too-many-pixels":
        return Refused(refusal, detail, measured=measured, allowed=limits.max_pixels)
    return Refused(refusal, detail)


def _silence(status: int) -> Refused | InspectionUnavailable:
    """Say what it means that the child ended with this status and without a verdict."""
    if status in _DEATHS_BY_FILE:
        return Refused("unreadable", f"it {_DEATHS_BY_FILE[status]} ({signal.Signals(-status).name})")
    return InspectionUnavailable(f"the child ended with status {status} and no verdict")
