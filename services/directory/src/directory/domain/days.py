"""Days: which there are, and what it means that something holds on one."""

from datetime import date

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
"""A date outside of these is a typing error."""


def holds_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Say whether a dated thing holds on `day`; both ends belong to it."""
    return valid_from <= day and (valid_to is None or day <= valid_to)
