"""Reminders: who still owes what, when they are told of it again, and that they are told no more once they do not."""
