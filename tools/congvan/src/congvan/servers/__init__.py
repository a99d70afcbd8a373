"""Real servers from wheels: PostgreSQL, NATS, an S3 store, SMTP."""
