"""The parent's side of making a film playable."""

import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from submissions.inspection import wire
from submissions.inspection.feed import Feed
from submissions.inspection.inspector import attend, refusal_of
from submissions.inspection.verdict import ByteSource, Confinement, InspectionUnavailable, Limits

_CHILD = Path(__file__).with_name("rendition_child.py")


@dataclass(frozen=True, slots=True)
class Rendition:
    """What was made; no bytes: the film plays everywhere as it is."""

    byte_count: int
    sha256: str


async def make_playable(
    source: ByteSource, into: BinaryIO, *, limits: Limits, told: Callable[[int], None]
) -> Rendition:
    """Write the film to `into` as one that plays everywhere; `told` hears per cents, in another thread.

    Raises Refused when the file is at fault, InspectionUnavailable when the store or the child is.
    """

    def converse(line: socket.socket, feed: Feed, _confinement: Confinement, limits: Limits) -> Rendition | None:
        return _converse(line, feed, limits, into, told)

    return await attend(_CHILD, source, limits, converse)


def _converse(
    line: socket.socket, feed: Feed, limits: Limits, into: BinaryIO, told: Callable[[int], None]
) -> Rendition | None:
    digest = hashlib.sha256()
    byte_count = 0
    while (said := wire.hear(line)) is not None:
        match said:
            case wire.READ, payload:
                line.sendall(feed.read(*wire.read_range(payload, size=feed.size)))
            case wire.PERCENT, payload:
                told(wire.read_percent(payload))
            case wire.PIECE, payload:
                byte_count += len(payload)
                if byte_count > limits.max_bytes:
                    raise wire.NonsenseError("a rendition larger than any")
                digest.update(payload)
                into.write(payload)
            case wire.MADE, payload:
                if wire.read_made(payload) != byte_count:
                    raise wire.NonsenseError("another number of bytes than it gave")
                return Rendition(byte_count, digest.hexdigest())
            case wire.REFUSED, payload:
                raise refusal_of(*wire.read_refusal(payload), limits)
            case wire.FAILED, payload:
                raise InspectionUnavailable(f"the child failed: {payload.decode(errors='replace')}")
            case kind, _:
                raise wire.NonsenseError(f"{kind!r} out of turn")
    return None
