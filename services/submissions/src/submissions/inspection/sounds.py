"""The parent's side of the measuring of a recording."""

import socket
from pathlib import Path

from submissions.inspection import wire
from submissions.inspection.feed import Feed
from submissions.inspection.inspector import attend, refusal_of
from submissions.inspection.verdict import ByteSource, Confinement, InspectionUnavailable, Limits, Refused

_CHILD = Path(__file__).with_name("sound_child.py")


async def listen(source: ByteSource, *, limits: Limits) -> wire.Sound:
    """Measure a recording in a confined child: what it is, and how long it plays.

    Raises Refused when the file is at fault, with what was measured, InspectionUnavailable when the store or the child
    is.
    """
    if source.size > limits.max_bytes:
        raise Refused("too-large", "more bytes than allowed", measured=source.size, allowed=limits.max_bytes)
    sound = await attend(_CHILD, source, limits, _converse)
    if sound.duration_ms > limits.max_ms + limits.tolerance_ms:
        raise Refused("too-long", "the recording is too long", measured=sound.duration_ms, allowed=limits.max_ms)
    return sound


def _converse(line: socket.socket, feed: Feed, _confinement: Confinement, limits: Limits) -> wire.Sound | None:
    while (said := wire.hear(line)) is not None:
        match said:
            case wire.READ, payload:
                line.sendall(feed.read(*wire.read_range(payload, size=feed.size)))
            case wire.SOUND, payload:
                return wire.read_sound(payload)
            case wire.REFUSED, payload:
                raise refusal_of(*wire.read_refusal(payload), limits)
            case wire.FAILED, payload:
                raise InspectionUnavailable(f"the child failed: {payload.decode(errors='replace')}")
            case kind, _:
                raise wire.NonsenseError(f"{kind!r} out of turn")
    return None
