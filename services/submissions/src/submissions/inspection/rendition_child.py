"""The program that makes a film playable: `python -I rendition_child.py LINE SIZE MAX_PIXELS CPU_SECONDS MEMORY`.

It lives as `child.py` does, and takes its time: whoever inspects, answers or submits goes first.
"""

import contextlib
import dataclasses
import io
import json
import os
import socket

from submissions.inspection import wire
from submissions.inspection.child import PROOF, PROOF_PIXELS, ParentGoneError, RemoteFile, live, refuse
from submissions.inspection.confinement import confine, load_filter
from submissions.inspection.unfit import UnfitError

_NICE = 10


def _run(line: socket.socket, size: int, max_pixels: int, cpu_seconds: int, memory_bytes: int) -> None:
    import av

    from submissions.inspection import rendition

    av.logging.set_level(None)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    proof = PROOF.read_bytes()
    walls = confine(load_filter(), cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)
    rendition.make(io.BytesIO(proof), size=len(proof), max_pixels=PROOF_PIXELS, told=_nobody, always=True)
    wire.send(line, wire.READY, json.dumps(dataclasses.asdict(walls)).encode())
    try:
        made = rendition.make(RemoteFile(line, size), size=size, max_pixels=max_pixels, told=_Telling(line))
    except UnfitError as unfit:
        refuse(line, unfit.reason, unfit.measured)
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError, OSError, MemoryError):
        refuse(line, "broken")
    else:
        for at in range(0, len(made or b""), wire.READ_BYTES):
            wire.send(line, wire.PIECE, (made or b"")[at : at + wire.READ_BYTES])
        wire.send(line, wire.MADE, json.dumps({"byte_count": len(made or b"")}).encode())


class _Telling:
    """Tells the parent how far it is, once for each per cent."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._told = -1

    def __call__(self, percent: int) -> None:
        if percent > self._told:
            self._told = percent
            try:
                wire.send(self._line, wire.PERCENT, bytes([percent]))
            except OSError as gone:
                raise ParentGoneError from gone


def _nobody(_percent: int) -> None:
    return


if __name__ == "__main__":
    live(_run)
