"""Days: the province's today, and what it means that something holds on one."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Without summer time since 1975, so no time zone tables are needed."""
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
"""A date outside of these is a typing error."""


def today(now: datetime) -> date:
    """Return the day it is in the province at a moment."""
    return now.astimezone(VIETNAM).date()


def holds_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Say whether a dated thing holds on `day`; both ends belong to it."""
    return valid_from <= day and (valid_to is None or day <= valid_to)
