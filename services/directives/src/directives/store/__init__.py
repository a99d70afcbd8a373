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
    overview,
    periods,
    questions,
    registers,
    searching,
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
    "overview",
    "periods",
    "questions",
    "registers",
    "searching",
    "staff",
    "templates",
    "waits",
]
