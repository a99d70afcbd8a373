"""Units and people, in and out of PostgreSQL."""
