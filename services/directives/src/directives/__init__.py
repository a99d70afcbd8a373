"""What is asked of whom, by when."""
