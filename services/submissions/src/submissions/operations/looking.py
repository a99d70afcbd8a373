"""Look into a received file: a film is measured, a document or a photograph examined, each in a confined child."""

import asyncio
from dataclasses import dataclass

from submissions.domain.asked import Requirement
from submissions.domain.formats import FILM_FORMATS, FILMS, LONGEST_FILM_SECONDS, asked_of_file
from submissions.domain.media import Media
from submissions.inspection import Limits, Refused, Scan, Scanner, examine, inspect, kind_of_source
from submissions.inspection.verdict import ByteSource

WALL_SECONDS = 30.0
CPU_SECONDS = 20
MEMORY_BYTES = 1536 << 20
MOST_PIXELS = 4096 * 2304
"""A 4K picture, as the best phones film; decoding more is work for an attacker's clip only."""
MOST_PHOTO_PIXELS = 110_000_000
"""What the best phones photograph."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is, what is shown of it, and what a reviewer should look at."""

    format: str
    scan: Scan
    preview_jpeg: bytes | None
    shown_jpeg: bytes | None = None
    """Of a photograph: the picture without what the camera wrote beside it."""
    duration_ms: int | None = None
    width: int | None = None
    height: int | None = None
    page_count: int | None = None
    looks_like_pupils: bool = False


async def look(source: ByteSource, *, requirement: Requirement, media: Media, scanner: Scanner) -> Found:
    """Find out what a file is. Raises Refused when the requirement does not take it, InspectionUnavailable without a
    verdict, and whatever the source raises.
    """
    requirement = asked_of_file(requirement, media.content_type)
    if requirement.document is None:
        return await _film(source, requirement, media)
    kind = await asyncio.to_thread(kind_of_source, source)
    if kind == "film":
        found = await _film(source, requirement, media)
    else:
        limits = _limits(0, requirement.document.max_bytes, MOST_PHOTO_PIXELS)
        examined = await examine(source, limits=limits)
        found = Found(
            format=examined.paper.format,
            # Documents are what carries malware; a film would keep the scanner busy for as long as it plays.
            scan=await scanner.scan(source),
            preview_jpeg=examined.preview_jpeg,
            shown_jpeg=examined.shown_jpeg,
            page_count=examined.paper.page_count,
            looks_like_pupils=examined.paper.looks_like_pupils,
        )
    if found.format not in requirement.document.formats:
        raise Refused("not-allowed", f"{found.format} is not among {', '.join(requirement.document.formats)}")
    return found


async def _film(source: ByteSource, requirement: Requirement, media: Media) -> Found:
    asked, document = requirement.media, requirement.document
    if asked is not None:
        limits = _limits(asked.max_seconds, asked.max_bytes, MOST_PIXELS)
    elif document is not None:
        limits = _limits(LONGEST_FILM_SECONDS if FILMS & set(document.formats) else 0, document.max_bytes, MOST_PIXELS)
    else:
        # Opened only where a file is asked for; should that have changed since, nothing is allowed any more.
        limits = _limits(0, media.byte_count, MOST_PIXELS)
    measured = await inspect(source, limits=limits)
    return Found(
        format=FILM_FORMATS.get(media.content_type, "mp4"),
        scan="not-scanned",
        preview_jpeg=measured.poster_jpeg,
        duration_ms=measured.duration_ms,
        width=measured.width,
        height=measured.height,
    )


def _limits(max_seconds: float, max_bytes: int, max_pixels: int) -> Limits:
    return Limits(
        max_seconds=max_seconds,
        max_bytes=max_bytes,
        max_pixels=max_pixels,
        wall_seconds=WALL_SECONDS,
        cpu_seconds=CPU_SECONDS,
        memory_bytes=MEMORY_BYTES,
    )
