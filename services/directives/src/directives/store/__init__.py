"""Things in and out of PostgreSQL."""

from directives.store import (
    books,
    calendars,
    cascades,
    deliveries,
    directives,
    duties,
    files,
    obligations,
    periods,
    questions,
    registers,
    staff,
    templates,
    waits,
)

__all__ = [
    "books",
    "calendars",
    "cascades",
    "deliveries",
    "directives",
    "duties",
    "files",
    "obligations",
    "periods",
    "questions",
    "registers",
    "staff",
    "templates",
    "waits",
]
