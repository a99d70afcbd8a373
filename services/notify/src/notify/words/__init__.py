"""What letters say. Pure: no input, no output, no clock."""
