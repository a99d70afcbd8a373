"""What the words of a letter are made of."""

from datetime import datetime, timedelta

from chassis.clock import VIETNAM

Line = tuple[str, str]
"""A line in both languages."""
Written = tuple[Line, Line, list[Line], Line]
"""The title, the opening sentence, lines after those about the directive, and the closing sentence."""


def one_line(text: str) -> str:
    """Return a text on one line, with single blanks."""
    return " ".join(text.split())


def moment(at: datetime) -> str:
    """Return a moment as letters write it: `HH'h'mm ngày dd/MM/yyyy` on the clock of Viet Nam."""
    local = at.astimezone(VIETNAM)
    return f"{local:%Hh%M} ngày {local:%d/%m/%Y}"


def deadline(at: datetime) -> str:
    """Return a deadline as letters write it; midnight belongs to the day it ends: `24h00 ngày 13/12/2026`."""
    local = at.astimezone(VIETNAM)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"24h00 ngày {local - timedelta(days=1):%d/%m/%Y}"
    return moment(at)


def in_english(vietnamese: str) -> str:
    """Return a moment as letters in English write it."""
    return vietnamese.replace(" ngày ", " on ")
