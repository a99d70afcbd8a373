"""Things in and out of PostgreSQL."""

from directives.store import calendars, directives, obligations

__all__ = ["calendars", "directives", "obligations"]
