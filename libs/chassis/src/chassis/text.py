"""Text people write: NFC, without characters that cannot be stored or seen."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_ALLOWED_CONTROLS = {"\n", "\t"}


def composed(text: str) -> str:
    """Return `text` in NFC; refuse control characters, lone surrogates and right-to-left overrides."""
    # Nearly all text is printable as a whole, and is then asked about once, not letter by letter.
    suspicious = () if text.replace("\n", "").replace("\t", "").isprintable() else text
    for character in suspicious:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in _ALLOWED_CONTROLS):
            raise ValueError("ký tự điều khiển không được phép / control characters are not allowed")
        if character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            raise ValueError("ký tự đổi chiều chữ không được phép / direction overrides are not allowed")
    return unicodedata.normalize("NFC", text)


def on_one_line(text: str) -> str:
    """Refuse line breaks and tabs: a name or a subject ends up in the head of a letter."""
    if "\n" in text or "\t" in text:
        raise ValueError("phải nằm trên một dòng / must be on one line")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(composed),
    AfterValidator(on_one_line),
]
"""One line of text: a name, a subject, a reason in short."""
Narrative = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), AfterValidator(composed)]
"""Some pages of text."""
UnitId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""The id of a unit; it becomes a token of a NATS subject, hence the narrow alphabet."""
IndicatorCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=100)]
"""The code of an indicator, as in `stem.lessons`."""
Period = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{4,20}$")]
"""A reporting period, as in `2025-2026`."""
