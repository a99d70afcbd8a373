"""What is told outside the house is kept in one order, for those who read it from a position."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_7501"
down_revision = "20261123_5010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the feed."""
    op.create_table(
        "feed",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        comment="events told outside the house, byte for byte as they were told on NATS",
    )
    op.create_index("feed_of_subject", "feed", ["subject", "position"])
