"""The bytes of a document to its normalised text: the text every span of a proposal counts in."""

import re
import unicodedata
from pathlib import PurePath

from directives.documents.docx import text_of_docx
from directives.documents.problems import (
    DocumentEmpty,
    DocumentLocked,
    DocumentMisnamed,
    DocumentTooLarge,
    DocumentWithMacros,
    EncodingUnknown,
    FormatUnknown,
)

MOST_BYTES = 20 << 20
"""A scan of a long letter weighs less; what is larger is no letter."""
MOST_CHARACTERS = 500_000
"""Some 200 pages."""

TEXT_SUFFIXES = ("", ".txt", ".md", ".text")
_WORD_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def read(name: str, content: bytes) -> str:
    """Return the normalised text of a document: NFC, one kind of space and of line end, nothing one cannot see.

    `name` says what somebody believes it to be; the content decides, and a contradiction is a problem.
    """
    if len(content) > MOST_BYTES:
        raise too_large(len(content))
    if not content.strip():
        raise DocumentEmpty("Tệp rỗng.", "The file is empty.")
    suffix = PurePath(name).suffix.lower()
    if suffix == ".docm":
        raise DocumentWithMacros(
            "Tệp .docm chứa macro; hãy lưu thành .docx.", "A .docm carries macros; save it as .docx."
        )
    text = normalised(_raw_text(suffix, content))
    if len(text) > MOST_CHARACTERS:
        raise DocumentTooLarge(
            f"Văn bản dài {len(text)} ký tự, tối đa {MOST_CHARACTERS}.",
            f"The text has {len(text)} characters; at most {MOST_CHARACTERS} are read.",
            allowed_characters=MOST_CHARACTERS,
        )
    if not text.strip():
        raise DocumentEmpty("Văn bản không có chữ nào.", "There is no text in the document.")
    return text


def too_large(byte_count: int) -> DocumentTooLarge:
    """Say that a file weighs too much; asked also before it is read."""
    return DocumentTooLarge(
        f"Tệp nặng {byte_count} byte, tối đa {MOST_BYTES}.",
        f"The file has {byte_count} bytes; at most {MOST_BYTES} are taken.",
        allowed_bytes=MOST_BYTES,
    )


def _raw_text(suffix: str, content: bytes) -> str:
    if content.startswith(_WORD_OLE):
        if _ENCRYPTED_PACKAGE in content:
            raise DocumentLocked("Văn bản Word có mật khẩu.", "The Word document needs a password.")
        raise FormatUnknown(
            "Tệp .doc đời cũ; hãy lưu thành .docx hoặc PDF.", "This is an old .doc; save it as .docx or PDF."
        )
    if content.startswith(b"PK\x03\x04"):
        _see_that_it_is_named(suffix, ".docx", "Word (.docx)")
        return text_of_docx(content)
    if b"%PDF-" in content[:1024]:
        _see_that_it_is_named(suffix, ".pdf", "PDF")
        # Let in with the first PDF: with what it brings, ten megabytes in a process that may never meet one.
        from directives.documents.pdf import text_of_pdf

        return text_of_pdf(content)
    if suffix in (".docx", ".pdf"):
        raise DocumentMisnamed(
            f"Tên tệp nói là {suffix} nhưng nội dung không phải.", f"The name says {suffix}; the content is not."
        )
    if suffix not in TEXT_SUFFIXES:
        raise FormatUnknown(
            "Chỉ nhận tệp văn bản (.txt), Word (.docx) và PDF có chữ.",
            "Only text (.txt), Word (.docx) and PDF with text are taken.",
        )
    return without_marks(_decoded(content))


def _see_that_it_is_named(suffix: str, expected: str, what: str) -> None:
    if suffix not in ("", expected):
        raise DocumentMisnamed(
            f"Tên tệp nói là {suffix} nhưng nội dung là {what}.", f"The name says {suffix}; the content is {what}."
        )


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise EncodingUnknown(
            "Tệp không phải văn bản Unicode (UTF-8); có thể là phông chữ cũ (TCVN3, VNI) hoặc tệp nhị phân.",
            "The file is not Unicode text (UTF-8): an old Vietnamese font, or no text at all.",
        ) from error
    if "\0" in text:
        raise EncodingUnknown("Tệp là nhị phân, không phải văn bản.", "The file is binary, not text.")
    return text


_HEADING = re.compile(r"^[ ]{0,3}#{1,6}[ ]+", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\((?:https?://|mailto:)[^)\s]{1,500}\)")
_EMPHASIS = re.compile(r"\*{1,3}")


def without_marks(text: str) -> str:
    """Take out what converters leave in text files: Markdown's headings, emphasis and links."""
    return _EMPHASIS.sub("", _LINK.sub(r"\1", _HEADING.sub("", text)))


def normalised(text: str) -> str:
    """Return the text composed (NFC), with plain spaces and line ends and without invisible characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return re.sub(r"[ ]+$", "", "".join(map(_plain, text)), flags=re.MULTILINE)


def _plain(character: str) -> str:
    if character == "\n" or (character.isprintable() and character.isascii()):
        return character
    if character in "\r\f\v\x85\u2028\u2029":
        return "\n"
    if character == "\t":
        return "    "
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character
