"""Things in and out of PostgreSQL."""

from submissions.store import asked, carrying, corrections, drafts, media, registrations, reviews, submissions

__all__ = ["asked", "carrying", "corrections", "drafts", "media", "registrations", "reviews", "submissions"]
