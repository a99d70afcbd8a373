"""Units that change, people who may act."""
