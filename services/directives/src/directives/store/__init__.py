"""Things in and out of PostgreSQL."""

from directives.store import (
    calendars,
    cascades,
    deliveries,
    directives,
    duties,
    obligations,
    questions,
    registers,
    staff,
)

__all__ = [
    "calendars",
    "cascades",
    "deliveries",
    "directives",
    "duties",
    "obligations",
    "questions",
    "registers",
    "staff",
]
