"""Webhooks by the Standard Webhooks specification: who subscribed, what is due to them, and how it gets there."""
