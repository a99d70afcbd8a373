"""Things in and out of PostgreSQL."""

from directives.store import calendars, directives, duties, obligations, registers

__all__ = ["calendars", "directives", "duties", "obligations", "registers"]
