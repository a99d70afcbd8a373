"""How fast and how large the platform is: each measurement beside the limit of the same machine in the same minutes."""
