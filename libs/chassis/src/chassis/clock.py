"""The province's clock: moments are UTC, days are those of Vietnam."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Without summer time since 1975, so no time zone tables are needed, which a bare machine may lack."""


def today(now: datetime) -> date:
    """Return the day it is in the province at a moment."""
    return now.astimezone(VIETNAM).date()
