"""Look into a received file: films and recordings are measured, documents and photographs examined, in a child each."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from submissions.domain.asked import Requirement
from submissions.domain.formats import FILM_FORMATS, FILMS, SOUNDS, Taken, taken_of
from submissions.domain.media import Media
from submissions.inspection import Limits, Refused, Scan, Scanner, examine, inspect, kind_of_source, listen
from submissions.inspection.verdict import ByteSource

WALL_SECONDS = 30.0
CPU_SECONDS = 20
MEMORY_BYTES = 1536 << 20
MOST_PIXELS = 4096 * 2304
"""A 4K picture, as the best phones film; decoding more is work for an attacker's clip only."""
MOST_PHOTO_PIXELS = 110_000_000
"""What the best phones photograph."""
_PIECE = 4 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is, what is shown of it, and what a reviewer should look at."""

    format: str
    scan: Scan
    preview_jpeg: bytes | None
    thumbnail_jpeg: bytes | None = None
    """The preview once more, for lists; there is one wherever there is a preview."""
    shown_jpeg: bytes | None = None
    """Of a photograph: the picture without what the camera wrote beside it."""
    duration_ms: int | None = None
    width: int | None = None
    height: int | None = None
    page_count: int | None = None
    looks_like_pupils: bool = False
    sha256: str | None = None
    """Of a document or a photograph: the SHA-256 of all of it, in hex."""

    @property
    def is_film(self) -> bool:
        """Say whether a copy is to be made of it that plays everywhere."""
        return self.duration_ms is not None and self.width is not None


async def look(source: ByteSource, *, requirement: Requirement, media: Media, scanner: Scanner) -> Found:
    """Find out what a file is. Raises Refused when the requirement does not take it, InspectionUnavailable without a
    verdict, and whatever the source raises.
    """
    taken = taken_of(requirement)
    kind = None if _only_films(taken) else await asyncio.to_thread(kind_of_source, source)
    if kind == "sound" or (kind == "film" and media.content_type.startswith("audio/")):
        found = await _sound(source, taken)
    elif kind == "film" or _only_films(taken):
        found = await _film(source, taken, media)
    else:
        found = await _paper(source, taken, scanner)
    fitting = [each for each in taken if each.accepts(found.format)]
    if not fitting:
        formats = ", ".join(sorted({name for each in taken for name in each.formats}))
        raise Refused("not-allowed", f"{found.format} is not among {formats}")
    _refuse_small(found, fitting)
    return found


def _only_films(taken: Sequence[Taken]) -> bool:
    # Opened only where a file is asked for; should that have changed since, nothing is allowed any more.
    return all(each.takes_any_film and each.formats <= FILMS for each in taken)


def _refuse_small(found: Found, fitting: Sequence[Taken]) -> None:
    if found.duration_ms is not None or found.width is None or found.height is None:
        return
    side = min(found.width, found.height)
    least = min(each.least_pixels or 0 for each in fitting)
    if side < least:
        raise Refused("too-small", "the picture has too few pixels", measured=side, allowed=least)


async def _paper(source: ByteSource, taken: Sequence[Taken], scanner: Scanner) -> Found:
    most = max((each.max_bytes for each in taken), default=0)
    examined = await examine(source, limits=_limits(0, most, MOST_PHOTO_PIXELS))
    return Found(
        format=examined.paper.format,
        # Documents are what carries malware; a film would keep the scanner busy for as long as it plays.
        scan=await scanner.scan(source),
        sha256=await asyncio.to_thread(_sha256_of, source),
        preview_jpeg=examined.preview_jpeg,
        thumbnail_jpeg=examined.thumbnail_jpeg,
        shown_jpeg=examined.shown_jpeg,
        width=examined.paper.width,
        height=examined.paper.height,
        page_count=examined.paper.page_count,
        looks_like_pupils=examined.paper.looks_like_pupils,
    )


async def _sound(source: ByteSource, taken: Sequence[Taken]) -> Found:
    heard = [each for each in taken if not each.formats.isdisjoint(SOUNDS)]
    if not heard:
        raise Refused("not-allowed", "a recording where none is asked for")
    limits = _limits(max(each.max_seconds for each in heard), max(each.max_bytes for each in heard), 0)
    sound = await listen(source, limits=limits)
    return Found(format=sound.format, scan="not-scanned", preview_jpeg=None, duration_ms=sound.duration_ms)


async def _film(source: ByteSource, taken: Sequence[Taken], media: Media) -> Found:
    seen = [each for each in taken if not each.formats.isdisjoint(FILMS)]
    if not seen:
        raise Refused("not-allowed", "a film where none is asked for")
    limits = _limits(max(each.max_seconds for each in seen), max(each.max_bytes for each in seen), MOST_PIXELS)
    measured = await inspect(source, limits=limits)
    return Found(
        format=FILM_FORMATS.get(media.content_type, "mp4"),
        scan="not-scanned",
        preview_jpeg=measured.poster_jpeg,
        thumbnail_jpeg=measured.thumbnail_jpeg,
        duration_ms=measured.duration_ms,
        width=measured.width,
        height=measured.height,
    )


def _sha256_of(source: ByteSource) -> str:
    """Return the digest of the whole file as it lies in the store, not as a child says it is. Blocks."""
    digest = hashlib.sha256()
    for at in range(0, source.size, _PIECE):
        digest.update(source.read_at(at, min(_PIECE, source.size - at)))
    return digest.hexdigest()


def _limits(max_seconds: float, max_bytes: int, max_pixels: int) -> Limits:
    return Limits(
        max_seconds=max_seconds,
        max_bytes=max_bytes,
        max_pixels=max_pixels,
        wall_seconds=WALL_SECONDS,
        cpu_seconds=CPU_SECONDS,
        memory_bytes=MEMORY_BYTES,
    )
