"""What a file is by its first bytes alone, whatever its name says; both sides of an inspection go by it."""

from collections.abc import Mapping
from typing import Literal

Kind = Literal["film", "sound", "pdf", "office", "jpg", "png", "webp", "old-office"]

HEAD_BYTES = 512
_STARTS: Mapping[bytes, Kind] = {
    b"%PDF-": "pdf",
    b"PK\x03\x04": "office",
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old-office",  # and what Office encrypts
}
MOV_STARTS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
STILL_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
"""Still pictures wrapped like a film: HEIF and AVIF (ISO/IEC 23008-12, AV1 Image File Format)."""


def kind_of(head: bytes) -> Kind | None:
    """Return the kind a file begins like, or null for anything that is not taken (a page, a program, a drawing)."""
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in STILL_BRANDS:
        return None
    if head[4:8] in MOV_STARTS:
        return "film"
    return None if sound_kind_of(head) is None else "sound"


def sound_kind_of(head: bytes) -> str | None:
    """Return the format of a recording that begins so; a film without a picture begins like one with a picture."""
    if head[4:8] in MOV_STARTS:
        return "m4a"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"OggS"):
        return "ogg"
    # MPEG audio, layer III: eleven bits of synchronisation, version 1, 2 or 2.5.
    is_mpeg = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    return "mp3" if head.startswith(b"ID3") or is_mpeg else None
