"""The text of a PDF, where it has any."""

from io import BytesIO

from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError

from chassis.problems import Problem
from directives.documents.problems import (
    DocumentLocked,
    DocumentTooLarge,
    DocumentUnfolds,
    DocumentUnreadable,
    DocumentWithoutText,
)

MOST_PAGES = 200
MOST_UNPACKED = 30 << 20
"""What is drawn on all pages together, pictures aside; a page of text takes some ten kilobytes."""
FEWEST_CHARACTERS = 20
"""A scanner's software stamps fewer on a page without text."""


def text_of_pdf(content: bytes) -> str:
    """Return the text of all pages, a page after a page."""
    try:
        text = _read_pages(PdfReader(BytesIO(content), strict=False))
    except Problem:
        raise
    except Exception as error:  # a damaged PDF makes the library raise whatever its damage leads to
        raise DocumentUnreadable("Tệp PDF bị hỏng.", "The PDF is damaged.") from error
    if sum(not character.isspace() for character in text) < FEWEST_CHARACTERS:
        raise DocumentWithoutText(
            "Tệp PDF chỉ có ảnh chụp, không có chữ; hãy dùng bản gốc hoặc nhận dạng chữ trước.",
            "The PDF is pictures only; bring the original, or have its text recognised first.",
        )
    return text


def _read_pages(reader: PdfReader) -> str:
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentLocked("Tệp PDF có mật khẩu.", "The PDF needs a password.")
    if len(reader.pages) > MOST_PAGES:
        raise DocumentTooLarge(
            f"Tệp PDF có {len(reader.pages)} trang, tối đa {MOST_PAGES}.",
            f"The PDF has {len(reader.pages)} pages; at most {MOST_PAGES} are read.",
            allowed_pages=MOST_PAGES,
        )
    pages, unpacked = [], 0
    for number, page in enumerate(reader.pages, start=1):
        unpacked += _unpacked(page)
        if unpacked > MOST_UNPACKED:
            raise _unfolds()
        pages.append(_unnumbered(page.extract_text(), number))
    return "\n".join(pages)


def _unpacked(page: PageObject) -> int:
    try:
        contents = page.get_contents()
        return 0 if contents is None else len(contents.get_data())
    except LimitReachedError as error:
        raise _unfolds() from error


def _unfolds() -> DocumentUnfolds:
    return DocumentUnfolds(
        f"Các trang giải nén ra hơn {MOST_UNPACKED >> 20} MB.",
        f"The pages unpack into more than {MOST_UNPACKED >> 20} MB.",
    )


def _unnumbered(text: str, number: int) -> str:
    """Return a page without its number, which stands alone on its first or last line and belongs to no sentence."""
    lines = text.rstrip().splitlines()
    for place in (0, -1):
        if number > 1 and lines and lines[place].strip(" -–") == str(number):
            del lines[place]
    return "\n".join(lines)
