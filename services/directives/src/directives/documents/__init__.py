"""From an official document to a proposal: what it says, where it says so, what it does not say. No input or output."""
