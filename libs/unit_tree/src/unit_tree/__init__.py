"""The dated tree of units, as every reader of the directory sees it: one projection, one pure tree."""
