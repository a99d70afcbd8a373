"""Things in and out of PostgreSQL."""

from directives.store import calendars, deliveries, directives, duties, obligations, registers, staff

__all__ = ["calendars", "deliveries", "directives", "duties", "obligations", "registers", "staff"]
