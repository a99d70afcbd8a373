"""Does a text look like a list of pupils? A hint for the reviewer, never a refusal."""

import re
from unicodedata import normalize

_HEADINGS = ("họ và tên", "họ tên", "họ, tên", "danh sách học sinh")
_BESIDE = ("ngày sinh", "ngày, tháng, năm sinh", "năm sinh", "phụ huynh", "nơi sinh", "dân tộc", "mã học sinh")
_ABOUT = ("học sinh", "trẻ", "lớp")
_BORN = re.compile(r"\b(?:[0-3]?\d[/.-][01]?\d[/.-])(20[01]\d|202\d)\b")
_ENOUGH_BIRTHDAYS = 5
"""A report names a few dates; a list of a class has some thirty, of which a hint needs but a handful."""


def looks_like_pupils(text: str) -> bool:
    """Say whether names of pupils with their days of birth seem to be listed.

    The headings of such a list must be there, and several dates on which somebody of school age may be born.
    """
    seen = normalize("NFC", text).casefold()
    headed = any(word in seen for word in _HEADINGS) and any(word in seen for word in _BESIDE)
    return headed and any(word in seen for word in _ABOUT) and len(_BORN.findall(seen)) >= _ENOUGH_BIRTHDAYS
