"""How dates, times, numbers and sizes are written, in Vietnamese and in English; always the time of Vietnam."""

import re
from datetime import date, datetime, timedelta
from typing import Literal

from chassis.clock import VIETNAM

Language = Literal["vi", "en"]

_ENDS = (".", ":", ";", "/.", "!", "?")
_OPENS = re.compile(r"([-–+•*]|\(?([0-9]{1,2}|[a-zđ]|[IVXLC]{1,5})[.)])")
"""How a point of a list begins."""
_DAYS_VI = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def moment(text: str) -> datetime:
    """Return an instant a service told, in the time of Vietnam."""
    return datetime.fromisoformat(text).astimezone(VIETNAM)


def day(told: datetime | date, language: Language) -> str:
    """Return a day with its weekday: `Chủ nhật, 13/12/2026`."""
    names = _DAYS_VI if language == "vi" else _DAYS_EN
    return f"{names[told.weekday()]}, {told:%d/%m/%Y}"


def short_day(told: datetime | date) -> str:
    """Return a day: `13/12/2026`."""
    return f"{told:%d/%m/%Y}"


def clock(told: datetime, language: Language) -> str:
    """Return a time of day: `14h05`."""
    return f"{told:%H}h{told:%M}" if language == "vi" else f"{told:%H:%M}"


def day_and_time(told: datetime, language: Language) -> str:
    """Return an instant: `14h05 ngày 13/12/2026`."""
    joined = " ngày " if language == "vi" else " on "
    return f"{clock(told, language)}{joined}{short_day(told)}"


def due(at: datetime, language: Language) -> str:
    """Return a deadline; one at midnight is the end of the day before: `24h00 Chủ nhật, 13/12/2026`."""
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        before = at - timedelta(days=1)
        return f"24h00 {day(before, language)}" if language == "vi" else f"24:00 {day(before, language)}"
    return f"{clock(at, language)} {day(at, language)}"


def last_day(at: datetime) -> date:
    """Return the last day on which something due at an instant may still be done."""
    return (at - timedelta(microseconds=1)).date()


def left(at: datetime, now: datetime, language: Language) -> str:
    """Return how long there is until a deadline, or how long ago it was."""
    seconds = (at - now).total_seconds()
    late = seconds < 0
    seconds = abs(seconds)
    if seconds >= 86_400:
        count, vi, en = int(seconds // 86_400), "ngày", "day"
    elif seconds >= 3_600:
        count, vi, en = int(seconds // 3_600), "giờ", "hour"
    else:
        count, vi, en = int(seconds // 60), "phút", "minute"
    if language == "vi":
        return f"quá {count} {vi}" if late else f"còn {count} {vi}"
    many = en if count == 1 else f"{en}s"
    return f"{count} {many} overdue" if late else f"{count} {many} left"


def month(told: date, language: Language) -> str:
    """Return a month: `Tháng 12/2026`."""
    return f"Tháng {told.month}/{told.year}" if language == "vi" else f"{_MONTHS_EN[told.month - 1]} {told.year}"


def number(value: float, language: Language) -> str:
    """Return a number with its thousands apart: `1.234,5`."""
    text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def size(byte_count: int, language: Language) -> str:
    """Return how large a file is: `68,4 MB`."""
    if byte_count < 1_000_000:
        return f"{max(1, round(byte_count / 1_000))} kB"
    millions = round(byte_count / 1_000_000, 1)
    return f"{number(int(millions) if millions.is_integer() else millions, language)} MB"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a letter: a line that merely ran full goes on, one that was ended does not."""
    found: list[str] = []
    goes_on = False
    for line in text.splitlines():
        written = line.strip()
        if not written:
            goes_on = False
        elif goes_on and not _OPENS.match(written):
            found[-1] += f" {written}"
        else:
            found.append(written)
        goes_on = bool(written) and not written.endswith(_ENDS)
    return found


def read_number(text: str) -> int | None:
    """Return the whole number somebody typed, with spaces or dots between thousands; null when it is none."""
    plain = text.strip().replace("\u00a0", " ")
    for apart in (".", ",", " "):
        head, *groups = plain.lstrip("-").split(apart)
        if groups and 1 <= len(head) <= 3 and all(len(group) == 3 for group in groups):
            plain = ("-" if plain.startswith("-") else "") + head + "".join(groups)
            break
    if not plain.lstrip("-").isascii() or not plain.lstrip("-").isdigit() or plain.count("-") > 1 or len(plain) > 20:
        return None
    return int(plain)
