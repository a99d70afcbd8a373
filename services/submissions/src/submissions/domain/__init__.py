"""What answers and files are, and what may happen to them. No I/O."""
