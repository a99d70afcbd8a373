"""Once a day it is told what all aggregates are."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_7504"
down_revision = "20261124_7503"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the list of digests."""
    op.create_table(
        "digests",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("aggregates", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        comment="the digest of all aggregates of each day, as it was told",
    )
