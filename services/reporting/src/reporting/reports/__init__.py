"""What the unit that asked reports itself: the sums of a requirement by the outline of its directive."""
