"""Things in and out of PostgreSQL."""

from submissions.store import asked, before, carrying, media, submissions

__all__ = ["asked", "before", "carrying", "media", "submissions"]
