"""What may be attached to a directive: papers, tables and pictures that are what their names say, without programs."""

import zipfile
import zlib
from pathlib import PurePath
from typing import BinaryIO

from directives.documents.problems import (
    DocumentEmpty,
    DocumentLocked,
    DocumentMisnamed,
    DocumentTooLarge,
    DocumentUnfolds,
    DocumentUnreadable,
    DocumentWithMacros,
    FormatUnknown,
)

MOST_BYTES = 20 << 20
MOST_UNPACKED = 200 << 20
MOST_PARTS = 5_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_KNOWN = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".docx": (f"{_OFFICE}wordprocessingml.document", b"PK\x03\x04"),
    ".xlsx": (f"{_OFFICE}spreadsheetml.sheet", b"PK\x03\x04"),
}
_HEART = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_HEAD = 16


def content_type_of(name: str, file: BinaryIO, byte_count: int) -> str:
    """Return the type of an attachment; raise when it is not what it says, or not to be taken."""
    if not byte_count:
        raise DocumentEmpty("Tệp rỗng.", "The file is empty.")
    if byte_count > MOST_BYTES:
        raise DocumentTooLarge(
            f"Tệp lớn hơn {MOST_BYTES >> 20} MB.", f"The file is larger than {MOST_BYTES >> 20} MB.", allowed=MOST_BYTES
        )
    suffix = PurePath(name).suffix.lower()
    if suffix in (".docm", ".xlsm"):
        raise _macros()
    if suffix not in _KNOWN:
        raise FormatUnknown(
            "Chỉ nhận .pdf, .docx, .xlsx, .png, .jpg.", "Only .pdf, .docx, .xlsx, .png and .jpg are taken."
        )
    content_type, begins = _KNOWN[suffix]
    file.seek(0)
    head = file.read(_HEAD)
    if not head.startswith(begins):
        if head.startswith(_OLD_OFFICE) and "EncryptedPackage".encode("utf-16-le") in head + file.read():
            raise DocumentLocked("Tệp có mật khẩu.", "The file needs a password.")
        raise DocumentMisnamed(
            f"Tên tệp nói là {suffix} nhưng nội dung không phải.", f"The name says {suffix}; the content is not."
        )
    if suffix in _HEART:
        _see_that_it_is_harmless(file, _HEART[suffix], suffix)
    return content_type


def _see_that_it_is_harmless(file: BinaryIO, heart: str, suffix: str) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            if any(part.flag_bits & _ENCRYPTED for part in parts):
                raise DocumentLocked("Tệp có mật khẩu.", "The file needs a password.")
            if any(part.filename.lower().endswith(("vbaproject.bin", "vbadata.xml")) for part in parts):
                raise _macros()
            if heart not in {part.filename for part in parts}:
                raise DocumentMisnamed(
                    f"Tên tệp nói là {suffix} nhưng nội dung không phải.",
                    f"The name says {suffix}; the content is not.",
                )
            if len(parts) > MOST_PARTS or _unpacks_beyond(packed, parts):
                raise DocumentUnfolds(
                    f"Tệp giải nén ra hơn {MOST_UNPACKED >> 20} MB.",
                    f"The file unpacks into more than {MOST_UNPACKED >> 20} MB.",
                )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise DocumentUnreadable("Tệp bị hỏng.", "The file is damaged.") from error


def _unpacks_beyond(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> bool:
    # The sizes an archive declares may be a lie: what counts is what comes out.
    total = 0
    for part in parts:
        with packed.open(part) as opened:
            while some := opened.read(_CHUNK):
                total += len(some)
                if total > MOST_UNPACKED:
                    return True
    return False


def _macros() -> DocumentWithMacros:
    return DocumentWithMacros("Tệp chứa macro.", "The file carries macros.")
