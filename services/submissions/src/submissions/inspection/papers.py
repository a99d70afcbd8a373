"""The parent's side of the examination of a document or a photograph."""

import socket
from pathlib import Path

from submissions.inspection import wire
from submissions.inspection.feed import Feed
from submissions.inspection.inspector import attend, refusal_of
from submissions.inspection.kinds import HEAD_BYTES, Kind, kind_of
from submissions.inspection.verdict import (
    ByteSource,
    Confinement,
    ExaminedPaper,
    InspectionUnavailable,
    Limits,
    Refused,
)

_CHILD = Path(__file__).with_name("paper_child.py")


def kind_of_source(source: ByteSource) -> Kind | None:
    """Return what a file begins like. Blocks; raises whatever the source raises."""
    return kind_of(source.read_at(0, min(HEAD_BYTES, source.size)))


async def examine(source: ByteSource, *, limits: Limits) -> ExaminedPaper:
    """Examine a document or a photograph in a confined child: what it is, what is hidden in it, what to show of it.

    Raises Refused when the file is at fault, InspectionUnavailable when the store or the child is.
    """
    if source.size > limits.max_bytes:
        raise Refused("too-large", "more bytes than allowed", measured=source.size, allowed=limits.max_bytes)
    return await attend(_CHILD, source, limits, _converse)


def _converse(line: socket.socket, feed: Feed, confinement: Confinement, limits: Limits) -> ExaminedPaper | None:
    preview: bytes | None = None
    thumbnail: bytes | None = None
    shown: bytes | None = None
    while (said := wire.hear(line)) is not None:
        match said:
            case wire.READ, payload:
                line.sendall(feed.read(*wire.read_range(payload, size=feed.size)))
            case wire.POSTER, payload if preview is None:
                preview = wire.read_poster(payload)
            case wire.THUMBNAIL, payload if thumbnail is None:
                thumbnail = wire.read_poster(payload)
            case wire.SHOWN, payload if shown is None:
                shown = wire.read_poster(payload)
            case wire.PAPER, payload:
                return ExaminedPaper(wire.read_paper(payload), preview, thumbnail, shown, confinement)
            case wire.REFUSED, payload:
                raise refusal_of(*wire.read_refusal(payload), limits)
            case wire.FAILED, payload:
                raise InspectionUnavailable(f"the child failed: {payload.decode(errors='replace')}")
            case kind, _:
                raise wire.NonsenseError(f"{kind!r} out of turn")
    return None
