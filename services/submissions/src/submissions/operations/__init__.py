"""What people, and the worker on its rounds, can do with answers and files."""
