"""The text of a .docx: its paragraphs in order, tables cell by cell, automatic numbers and bullets written out."""

import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from directives.documents.problems import (
    DocumentLocked,
    DocumentMisnamed,
    DocumentUnfolds,
    DocumentUnreadable,
    DocumentWithMacros,
)

MOST_UNPACKED = 30 << 20
"""XML of one part; the body of a letter of 100 pages is below a tenth of it."""
MOST_PARTS = 5_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ENCRYPTED = 0x1
_WRITTEN = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def text_of_docx(content: bytes) -> str:
    """Return the text as it stands on the page, one paragraph a line; never unpacks more than a bound."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            _see_that_it_is_harmless(parts)
            names = {part.filename for part in parts}
            if "word/document.xml" not in names:
                raise DocumentMisnamed("Tệp nén không phải văn bản Word.", "This archive is no Word document.")
            body = _part(packed, "word/document.xml")
            numbering = _part(packed, "word/numbering.xml") if "word/numbering.xml" in names else None
    except DefusedXmlException as error:
        raise DocumentUnfolds(
            "Văn bản chứa khai báo XML bị cấm.", "The document declares XML entities, which are not taken."
        ) from error
    except (zipfile.BadZipFile, zlib.error, ParseError, EOFError, NotImplementedError, ValueError) as error:
        raise DocumentUnreadable("Tệp Word bị hỏng.", "The Word document is damaged.") from error
    return _written(body, _Numbering.of(numbering))


def _see_that_it_is_harmless(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise DocumentLocked("Tệp nén có mật khẩu.", "The archive needs a password.")
    if any(part.filename.lower().endswith(("vbaproject.bin", "vbadata.xml")) for part in parts):
        raise DocumentWithMacros("Văn bản Word chứa macro.", "The Word document carries macros.")
    if len(parts) > MOST_PARTS:
        raise _unfolds()


def _part(packed: zipfile.ZipFile, name: str) -> Element:
    # The size an archive declares may be a lie: what counts is what comes out.
    with packed.open(name) as part:
        content = part.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise _unfolds()
    root: Element = fromstring(content, forbid_dtd=True)
    return root


def _unfolds() -> DocumentUnfolds:
    return DocumentUnfolds(
        f"Văn bản giải nén ra hơn {MOST_UNPACKED >> 20} MB.",
        f"The document unpacks into more than {MOST_UNPACKED >> 20} MB.",
    )


def _written(root: Element, numbering: "_Numbering") -> str:
    hidden = {id(inner) for copy in root.iter(_FALLBACK) for inner in copy.iter()}  # the same text box once more
    pieces: list[str] = []
    for element in root.iter():
        if id(element) in hidden:
            continue
        if element.tag == f"{_W}p":
            pieces.append("\n" + numbering.mark(element))
        elif element.tag == f"{_W}t":
            pieces.append(element.text or "")
        elif element.tag in _WRITTEN and element.get(f"{_W}val") is None:  # a tab stop has a value, a tab has none
            pieces.append(_WRITTEN[element.tag])
    return "".join(pieces).lstrip("\n")


@dataclass
class _Numbering:
    """The numbers Word shows and does not store: format and text of each level, and how far each list has come."""

    levels: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    counted: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None) -> "_Numbering":
        made = cls()
        if root is None:
            return made
        kinds = {each.get(f"{_W}abstractNumId"): each for each in root.iter(f"{_W}abstractNum")}
        for number in root.iter(f"{_W}num"):
            kind = kinds.get(_value(number, "abstractNumId"))
            for level in () if kind is None else kind.iter(f"{_W}lvl"):
                start = _value(level, "start") or "1"
                made.levels[number.get(f"{_W}numId") or "", _whole(level.get(f"{_W}ilvl"))] = (
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText") or "",
                    _whole(start),
                )
        return made

    def mark(self, paragraph: Element) -> str:
        """Return the number or bullet before a paragraph, and count it."""
        listed = paragraph.find(f"{_W}pPr/{_W}numPr")
        if listed is None:
            return ""
        list_id, depth = _value(listed, "numId") or "", _whole(_value(listed, "ilvl"))
        if (list_id, depth) not in self.levels:
            return ""
        form, text, start = self.levels[list_id, depth]
        if form == "none":
            return ""
        if form == "bullet":
            return "+ " if text.strip() == "+" else "- "
        self.counted[list_id, depth] = self.counted.get((list_id, depth), start - 1) + 1
        for deeper in [key for key in self.counted if key[0] == list_id and key[1] > depth]:
            del self.counted[deeper]
        for level in range(depth + 1):
            level_form, _, level_start = self.levels.get((list_id, level), ("decimal", "", 1))
            text = text.replace(f"%{level + 1}", _numeral(self.counted.get((list_id, level), level_start), level_form))
        return f"{text} "


def _value(element: Element, name: str) -> str | None:
    found = element.find(f"{_W}{name}")
    return None if found is None else found.get(f"{_W}val")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 6 else 0


_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def _numeral(number: int, form: str) -> str:
    if form in ("upperRoman", "lowerRoman") and number < 90:
        roman = ""
        for value, letters in _ROMAN:
            while number >= value:
                roman, number = roman + letters, number - value
        return roman if form == "upperRoman" else roman.lower()
    if form in ("lowerLetter", "upperLetter") and 1 <= number <= len(_ALPHABET):
        letter = _ALPHABET[number - 1]
        return letter if form == "lowerLetter" else letter.upper()
    return str(number)
