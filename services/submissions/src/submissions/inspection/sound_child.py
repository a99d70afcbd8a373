"""The program that reads a stranger's recording: `python -I sound_child.py LINE SIZE MAX_PIXELS CPU_SECONDS MEMORY`.

It lives as `child.py` does: it imports what it needs, puts up its walls, proves itself inside them, and only then
reads.
"""

import dataclasses
import io
import json
import socket
import wave

from submissions.inspection import wire
from submissions.inspection.child import RemoteFile, live, refuse
from submissions.inspection.confinement import confine, load_filter
from submissions.inspection.unfit import UnfitError

_PROOF_RATE = 8000
_ROOM_BYTES = 16 << 20


def _run(line: socket.socket, size: int, _max_pixels: int, cpu_seconds: int, memory_bytes: int) -> None:
    import av

    from submissions.inspection import sound

    av.logging.set_level(None)
    proof = _quarter_of_a_second()
    walls = confine(load_filter(), cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)
    sound.measure(io.BytesIO(proof))
    bytearray(_ROOM_BYTES)
    wire.send(line, wire.READY, json.dumps(dataclasses.asdict(walls)).encode())
    try:
        measured = sound.measure(RemoteFile(line, size))
    except UnfitError as unfit:
        refuse(line, unfit.reason, unfit.measured)
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError, OSError, MemoryError):
        # Figures that make no sense reach us in many shapes. Mistakes of our own have others: see main.
        refuse(line, "broken")
    else:
        wire.send(line, wire.SOUND, json.dumps(dataclasses.asdict(measured)).encode())


def _quarter_of_a_second() -> bytes:
    proof = io.BytesIO()
    with wave.open(proof, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(_PROOF_RATE)
        written.writeframes(bytes(_PROOF_RATE // 2))
    return proof.getvalue()


if __name__ == "__main__":
    live(_run)
