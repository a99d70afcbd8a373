"""What units and people are, and what may happen to them. Pure."""
