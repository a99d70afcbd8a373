"""Things in and out of PostgreSQL."""

from submissions.store import (
    asked,
    before,
    calendars,
    carrying,
    corrections,
    declarations,
    drafts,
    leftovers,
    media,
    quoted,
    registrations,
    renditions,
    retention,
    reviews,
    submissions,
    twins,
)

__all__ = [
    "asked",
    "before",
    "calendars",
    "carrying",
    "corrections",
    "declarations",
    "drafts",
    "leftovers",
    "media",
    "quoted",
    "registrations",
    "renditions",
    "retention",
    "reviews",
    "submissions",
    "twins",
]
