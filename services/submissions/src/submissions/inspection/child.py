"""The program that reads a stranger's video: `python -I child.py LINE SIZE MAX_PIXELS CPU_SECONDS MEMORY_BYTES`.

It has one open descriptor, the line to its parent, and gets the file through it. It imports what it needs, puts
up its walls, measures a film of ours inside them, says which walls stand, and only then reads the first byte.
"""

import contextlib
import dataclasses
import io
import json
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from submissions.inspection import wire
from submissions.inspection.confinement import confine, load_filter
from submissions.inspection.unfit import UnfitError

# A quarter of a second of grey. If it cannot be measured, then a wall stands where honest work must pass, or
# something is loaded too late; without this proof every film would look damaged.
PROOF = Path(__file__).with_name("proof.mp4")
PROOF_PIXELS = 64 * 64
# What a decoded picture of the largest kind needs beyond that.
_ROOM_BYTES = 64 << 20


class ParentGoneError(Exception):
    """The parent hung up: nobody waits for an answer."""


class RemoteFile(io.RawIOBase):
    """The file at the other end of the line."""

    def __init__(self, line: socket.socket, size: int) -> None:
        self._line = line
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = self._size - self._at
        length = min(left if size < 0 else size, left, wire.READ_BYTES)
        if length <= 0:
            return b""
        try:
            piece = wire.ask(self._line, self._at, length)
        except (OSError, EOFError) as gone:
            raise ParentGoneError from gone
        self._at += length
        return piece


def refuse(line: socket.socket, reason: str, measured: int | None = None) -> None:
    """Tell the parent that the file is refused, and why."""
    wire.send(line, wire.REFUSED, json.dumps({"reason": reason, "measured": measured}).encode())


def _run(line: socket.socket, size: int, max_pixels: int, cpu_seconds: int, memory_bytes: int) -> None:
    import av

    from submissions.inspection import film

    av.logging.set_level(None)
    proof = io.BytesIO(PROOF.read_bytes())
    walls = confine(load_filter(), cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)
    film.measure(proof, max_pixels=PROOF_PIXELS)
    bytearray(_ROOM_BYTES)
    wire.send(line, wire.READY, json.dumps(dataclasses.asdict(walls)).encode())
    try:
        measured, poster, thumbnail = film.measure(RemoteFile(line, size), max_pixels=max_pixels)
    except UnfitError as unfit:
        refuse(line, unfit.reason, unfit.measured)
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError, OSError, MemoryError):
        # Figures that make no sense reach us in many shapes. Mistakes of our own have others: see main.
        refuse(line, "broken")
    else:
        wire.send(line, wire.POSTER, poster)
        wire.send(line, wire.THUMBNAIL, thumbnail)
        wire.send(line, wire.MEASURED, json.dumps(dataclasses.asdict(measured)).encode())


def live(run: Callable[..., None]) -> None:
    """Look at the file and say so on the line; say what went wrong in us if something does."""
    descriptor, *task = (int(word) for word in sys.argv[1:])
    with socket.socket(fileno=descriptor) as line, contextlib.suppress(ParentGoneError, BrokenPipeError):
        try:
            run(line, *task)
        except (ParentGoneError, BrokenPipeError):
            raise
        except Exception:  # noqa: BLE001 -- the last words of this program; nobody sees its stderr
            wire.send(line, wire.FAILED, traceback.format_exc()[-2000:].encode()[-4000:])


if __name__ == "__main__":
    live(_run)
