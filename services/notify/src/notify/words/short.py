"""A letter in one short line, as telephones show it. Pure; nothing in it names a person."""

import re
from unicodedata import combining, normalize

from notify.domain import Letter

SMS_LENGTH = 160
"""Characters of one message in the alphabet of GSM 03.38; with a single accented letter it would be 70."""
SHORT_SUBJECT = 60
ZNS_LENGTH = 400
"""Characters of all that a template of Zalo's notification service is filled with."""
_SEE = "Xem tai he thong Cong van."
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_QUOTES = re.compile(r"[\u2018-\u201f]")
# What of ASCII takes one place in the alphabet of GSM 03.38: brackets and the like take two, or are not there.
_TAKEN = re.compile(r"[^A-Za-z0-9 @$_!\"#%&'()*+,\-./:;<=>?\n]")


def unaccented(text: str) -> str:
    """Return Vietnamese in letters every telephone has, each one place of a message."""
    text = _QUOTES.sub("'", _DASHES.sub("-", text)).replace("đ", "d").replace("Đ", "D").replace("…", "...")
    bare = "".join(each for each in normalize("NFD", text) if not combining(each))
    return " ".join(_TAKEN.sub(" ", bare).split())


def sms_of(letter: Letter) -> str:
    """Return a letter as one short message: what it is about, and where to read it."""
    if letter.text.sms is not None:
        return shortened(letter.text.sms, SMS_LENGTH, "...")
    about = unaccented(letter.text.subject_vi)
    return f"{shortened(about, SMS_LENGTH - len(_SEE) - 1, '...')} {_SEE}".strip()


def zns_of(letter: Letter) -> dict[str, str]:
    """Return what a template of Zalo's is filled with: the number of the directive, and what is told of it."""
    code, colon, about = letter.text.subject_vi.partition(": ")
    if not colon:
        code, about = "", letter.text.subject_vi
    about = letter.text.zns if letter.text.zns is not None else shortened(about, 200, "…")
    code = shortened(code, 30, "…") or "Công văn"
    return {"van_ban": code, "noi_dung": shortened(about, ZNS_LENGTH - len(code), "…")}


def shortened(text: str, length: int, ending: str) -> str:
    """Return at most so many characters of a text; what was cut off shows."""
    return text if len(text) <= length else text[: length - len(ending)].rstrip() + ending
