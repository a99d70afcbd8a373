"""Things in and out of PostgreSQL."""

from submissions.store import asked, carrying, drafts, media, submissions

__all__ = ["asked", "carrying", "drafts", "media", "submissions"]
