"""Things in and out of PostgreSQL."""

from directives.store import books, calendars, directives, duties, files, obligations, registers

__all__ = ["books", "calendars", "directives", "duties", "files", "obligations", "registers"]
