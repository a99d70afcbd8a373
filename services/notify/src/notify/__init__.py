"""Telling the right people at the right time."""
