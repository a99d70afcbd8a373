"""All files of a directive as one zip, sent as it is read: a folder for each unit, and a manifest; from any byte on.

No byte is kept: a piece is read from the store, sent, and forgotten, so a thousand films take as much memory as one.
"""

import asyncio
import csv
import io
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import VIETNAM
from chassis.problems import NotAllowed
from submissions import store
from submissions.domain import packing
from submissions.domain.media import Media
from submissions.operations.archive import Archive
from submissions.operations.rights import may_read, may_review, not_found

PIECE_BYTES = 1 << 20
MANIFEST = "MANIFEST.csv"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a directive as they will lie in the zip; `files` begins with the manifest."""

    manifest: bytes
    media: Sequence[Media]
    files: Sequence[packing.Packed]
    etag: str
    byte_count: int


async def bundle(archive: Archive, *, directive_id: UUID, by: Caller) -> Bundle:
    """Say what the zip of a directive's files will be, and write down that they are looked at.

    The files as they were sent: for those who review what comes in for the directive.
    """
    async with archive.transactions.begin() as tx:
        found = await store.media.of_directive(tx, directive_id)
        obligations = await store.asked.obligations_of(tx, directive_id)
        if not any(may_read(by, each) for each in obligations.values()):
            raise not_found()
        if not all(may_review(by, each.desks) for each in obligations.values()):
            raise NotAllowed(
                "Chỉ chuyên viên của đơn vị ban hành mới tải được toàn bộ tệp.",
                "Only a desk officer of the unit that issued the directive fetches all its files.",
            )
        await store.declarations.put_views(tx, [each.id for each in found], person_id=by.id, purpose="archive")
        declared = await store.declarations.newest_of(tx, [each.id for each in found])
    units = [obligations[each.obligation_id].unit_id for each in found]
    names = packing.distinct(
        [f"{unit}/{packing.safe_name(each.file_name)}" for unit, each in zip(units, found, strict=True)]
    )
    scopes = [declared[each.id].scope if each.id in declared else "internal_review" for each in found]
    manifest = _manifest(found, names, units, scopes)
    files = [
        packing.Packed(name, each.byte_count, each.opened_at.astimezone(VIETNAM))
        for name, each in zip(names, found, strict=True)
    ]
    if files:  # as old as the newest of them, so that the same files make the same zip
        newest = max(each.modified_at for each in files)
        files.insert(0, packing.Packed(MANIFEST, len(manifest), newest))
    marks = [str(zlib.crc32(manifest)), *(each.etag or "" for each in found)] if files else []
    return Bundle(manifest, found, files, packing.identity(files, marks), packing.total_length(files))


async def stream(archive: Archive, whole: Bundle, *, start: int = 0) -> AsyncIterator[bytes]:
    """Give the zip from byte `start` on. Raises whatever the store raises when a file is withdrawn meanwhile."""
    crcs: list[int] = []
    lengths = [packing.length_of(each) for each in whole.files]
    wanted = dict(packing.cut(start, lengths))
    for number, file in enumerate(whole.files):
        media = whole.media[number - 1] if number else None
        if number not in wanted:
            crcs.append(zlib.crc32(whole.manifest) if media is None else await _crc_of(archive, media))
            continue
        left_out = wanted[number]
        crc = 0
        head = packing.header(file)
        if left_out < len(head):
            yield head[left_out:]
        at = len(head)
        async for piece in _pieces(archive, media, whole.manifest):
            crc = zlib.crc32(piece, crc)
            if at + len(piece) > left_out:
                yield piece[max(0, left_out - at) :]
            at += len(piece)
        if media is not None and media.crc32 != crc:
            async with archive.transactions.begin() as tx:
                await store.media.put_crc32(tx, media.id, crc)
        crcs.append(crc)
        tail = packing.descriptor(file, crc)
        yield tail[max(0, left_out - at) :]
    yield packing.index(whole.files, crcs)[max(0, start - sum(lengths)) :]


async def _pieces(archive: Archive, media: Media | None, manifest: bytes) -> AsyncIterator[bytes]:
    if media is None:
        yield manifest
        return
    for at in range(0, media.byte_count, PIECE_BYTES):
        length = min(PIECE_BYTES, media.byte_count - at)
        yield await asyncio.to_thread(archive.objects.read_range, media.final_key, at, length, etag=media.etag or "")


async def _crc_of(archive: Archive, media: Media) -> int:
    """Return the checksum of a file that was sent before this request, which was noted then; else read it again."""
    if media.crc32 is not None:
        return media.crc32
    crc = 0
    async for piece in _pieces(archive, media, b""):
        crc = zlib.crc32(piece, crc)
    return crc


def _manifest(media: Sequence[Media], names: Sequence[str], units: Sequence[str], scopes: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(
        ["file", "unit_id", "obligation_id", "media_id", "bytes", "received_at", "digest", "scope", "sha256"]
    )
    for each, name, unit, scope in zip(media, names, units, scopes, strict=True):
        received = "" if each.received_at is None else each.received_at.astimezone(VIETNAM).isoformat()
        lines.writerow(
            [
                *(name, unit, str(each.obligation_id), str(each.id), each.byte_count),
                *(received, each.digest or "", scope, each.sha256 or ""),
            ]
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()
