"""Things in and out of PostgreSQL."""

from submissions.store import asked, before, carrying, declarations, media, registrations, submissions

__all__ = ["asked", "before", "carrying", "declarations", "media", "registrations", "submissions"]
