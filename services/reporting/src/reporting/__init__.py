"""Totals that can be trusted."""
