"""What a file is by its first bytes alone, whatever its name says; both sides of an inspection go by it."""

from typing import Literal

Kind = Literal["film", "pdf", "office", "jpg", "png", "old-office"]

HEAD_BYTES = 512
MOV_STARTS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
STILL_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
"""Still pictures wrapped like a film: HEIF and AVIF (ISO/IEC 23008-12, AV1 Image File Format)."""


def kind_of(head: bytes) -> Kind | None:
    """Return the kind a file begins like, or null for anything that is not taken (a page, a program, a drawing)."""
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "office"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "old-office"  # and what Office encrypts
    is_still = head[4:8] == b"ftyp" and head[8:12] in STILL_BRANDS
    return "film" if head[4:8] in MOV_STARTS and not is_still else None
