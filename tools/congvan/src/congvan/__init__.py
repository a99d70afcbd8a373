"""The command: up, down, demo, bench, parked."""
