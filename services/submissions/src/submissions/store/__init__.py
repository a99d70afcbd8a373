"""Things in and out of PostgreSQL."""

from submissions.store import asked, media, submissions

__all__ = ["asked", "media", "submissions"]
