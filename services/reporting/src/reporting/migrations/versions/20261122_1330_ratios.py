"""Ratios are worked out from the sums of two figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_1330"
down_revision = "20261122_1230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the ratios; what was asked so far has none."""
    op.add_column("requirements", sa.Column("ratios", JSONB, nullable=False, server_default="[]"))
