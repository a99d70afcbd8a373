"""Things in and out of PostgreSQL."""

from submissions.store import asked, carrying, media, registrations, submissions

__all__ = ["asked", "carrying", "media", "registrations", "submissions"]
