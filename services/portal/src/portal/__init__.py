"""Pages over the other services."""
