"""What people can do at the directory. One function each, one transaction each, safe to repeat."""
