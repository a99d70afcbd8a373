"""What is owed, by which rules it is reminded of, and who was, in and out of PostgreSQL."""
