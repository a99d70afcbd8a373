"""What the units send back."""
