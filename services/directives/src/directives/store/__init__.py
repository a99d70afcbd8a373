"""Things in and out of PostgreSQL."""

from directives.store import calendars, directives, duties, obligations

__all__ = ["calendars", "directives", "duties", "obligations"]
