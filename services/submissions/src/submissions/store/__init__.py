"""Things in and out of PostgreSQL."""

from submissions.store import asked, carrying, declarations, media, registrations, renditions, retention, submissions

__all__ = [
    "asked",
    "carrying",
    "declarations",
    "media",
    "registrations",
    "renditions",
    "retention",
    "submissions",
]
