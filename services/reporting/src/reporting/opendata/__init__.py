"""Published editions for everybody: of those requirements for which a leader said so, and of no other."""
