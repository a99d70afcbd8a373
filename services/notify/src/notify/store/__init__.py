"""Facts, letters and deliveries, in and out of PostgreSQL."""
