"""Obligations have versions, for they may move to another unit."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1100"
down_revision = "20261122_0600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count the events told of each obligation; one has been told of those that exist."""
    op.add_column("obligations", sa.Column("version", sa.BigInteger, nullable=False, server_default="1"))
