"""Things in and out of PostgreSQL."""

from directives.store import directives, obligations

__all__ = ["directives", "obligations"]
