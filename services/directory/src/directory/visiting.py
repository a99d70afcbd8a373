"""From where the request under way was sent."""

from contextvars import ContextVar

client_address: ContextVar[str | None] = ContextVar("client_address", default=None)
"""The address of whoever sent the request that is being answered; null for work nobody sent."""
