"""What is told outside the house over HTTP: every aggregate as it was told on NATS, in one order, with its position."""
