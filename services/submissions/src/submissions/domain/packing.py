"""A zip of files that are sent as they lie: its bytes follow from the list alone, and can be gone on with anywhere.

Nothing is compressed (films and papers are already), so every length is known before the first byte; only the
checksum of a file is told after it. Layout: PKWARE APPNOTE 6.3.10, with its 64-bit fields
where the 32-bit ones do not reach.
"""

import hashlib
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

_LOCAL, _DESCRIPTOR, _CENTRAL = 0x04034B50, 0x08074B50, 0x02014B50
_END, _END_64, _LOCATOR_64 = 0x06054B50, 0x06064B50, 0x07064B50
_FLAGS = 0x0808  # the checksum comes after the bytes; names are UTF-8
_REACH = 0xFFFFFFFF
_REACH_COUNT = 0xFFFF
_PLAIN, _WIDE = 20, 45
_UNIX = 3 << 8
_READABLE = 0o100644 << 16
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f/\\]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a zip: its name with folders, its length, and when it came in."""

    name: str
    byte_count: int
    modified_at: datetime

    @property
    def is_wide(self) -> bool:
        """Say whether its length needs 64 bits."""
        return self.byte_count >= _REACH


def safe_name(name: str) -> str:
    """Return a name every system can write; none leads out of its folder."""
    plain = _FORBIDDEN.sub("_", name).strip(" .") or "_"
    return f"_{plain}" if _RESERVED.match(plain) else plain


def distinct(names: Sequence[str]) -> list[str]:
    """Return the names with a number in those that came before, whatever their case: some systems see none."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        stem, dot, kind = name.rpartition(".")
        candidate, number = name, 1
        while candidate.casefold() in seen:
            number += 1
            candidate = f"{stem} ({number}){dot}{kind}" if stem else f"{name} ({number})"
        seen[candidate.casefold()] = number
        found.append(candidate)
    return found


def header(each: Packed) -> bytes:
    """Return what stands before a file."""
    name = each.name.encode()
    wide = struct.pack("<HHQQ", 1, 16, 0, 0) if each.is_wide else b""
    length = _REACH if each.is_wide else 0
    return (
        struct.pack(
            "<IHHHIIIIHH",
            _LOCAL,
            _WIDE if each.is_wide else _PLAIN,
            _FLAGS,
            0,
            _dos(each.modified_at),
            0,
            length,
            length,
            len(name),
            len(wide),
        )
        + name
        + wide
    )


def descriptor(each: Packed, crc: int) -> bytes:
    """Return what stands after a file: its checksum and length."""
    return struct.pack("<IIQQ" if each.is_wide else "<IIII", _DESCRIPTOR, crc, each.byte_count, each.byte_count)


def length_of(each: Packed) -> int:
    """Return how many bytes a file takes with what stands before and after it."""
    return len(header(each)) + each.byte_count + len(descriptor(each, 0))


def index(files: Sequence[Packed], crcs: Sequence[int]) -> bytes:
    """Return what stands at the end: where every file begins, and where this does."""
    at = 0
    pieces = []
    for each, crc in zip(files, crcs, strict=True):
        pieces.append(_indexed(each, crc, at))
        at += length_of(each)
    body = b"".join(pieces)
    count, wide = len(files), b""
    if at >= _REACH or len(body) >= _REACH or count >= _REACH_COUNT:
        wide = struct.pack("<IQHHIIQQQQ", _END_64, 44, _WIDE, _WIDE, 0, 0, count, count, len(body), at)
        wide += struct.pack("<IIQI", _LOCATOR_64, 0, at + len(body), 1)
    shown = min(count, _REACH_COUNT)
    end = struct.pack("<IHHHHIIH", _END, 0, 0, shown, shown, min(len(body), _REACH), min(at, _REACH), 0)
    return body + wide + end


def total_length(files: Sequence[Packed]) -> int:
    """Return how long the whole zip is."""
    return sum(length_of(each) for each in files) + len(index(files, [0] * len(files)))


def identity(files: Sequence[Packed], marks: Sequence[str]) -> str:
    """Return what the bytes follow from, as an ETag; `marks` tell the contents apart."""
    told = hashlib.sha256()
    for each, mark in zip(files, marks, strict=True):
        told.update(f"{each.name}\0{each.byte_count}\0{each.modified_at.isoformat()}\0{mark}\n".encode())
    return told.hexdigest()[:40]


def cut(start: int, lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the number of each piece that reaches beyond `start`, and how much of its beginning to leave out."""
    at = 0
    for number, length in enumerate(lengths):
        if at + length > start:
            yield number, max(0, start - at)
        at += length


def _indexed(each: Packed, crc: int, at: int) -> bytes:
    name = each.name.encode()
    more = b""
    if each.is_wide:
        more += struct.pack("<QQ", each.byte_count, each.byte_count)
    if at >= _REACH:
        more += struct.pack("<Q", at)
    extra = struct.pack("<HH", 1, len(more)) + more if more else b""
    length = _REACH if each.is_wide else each.byte_count
    version = _WIDE if extra else _PLAIN
    return (
        struct.pack(
            "<IHHHHIIIIHHHHHII",
            _CENTRAL,
            _UNIX | version,
            version,
            _FLAGS,
            0,
            _dos(each.modified_at),
            crc,
            length,
            length,
            len(name),
            len(extra),
            0,
            0,
            0,
            _READABLE,
            min(at, _REACH),
        )
        + name
        + extra
    )


def _dos(moment: datetime) -> int:
    """Return a moment as a zip writes it: the date above the time, in steps of two seconds."""
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date << 16 | moment.hour << 11 | moment.minute << 5 | moment.second // 2
