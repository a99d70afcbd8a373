"""What came of each event that was sent to a subscriber."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_3101"
down_revision = "20261126_7001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the list; what was sent before is not on it."""
    op.create_table(
        "deliveries",
        sa.Column(
            "subscription_id",
            sa.Uuid,
            sa.ForeignKey("subscriptions.subscription_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("answered", sa.Text, nullable=False),
        comment="what came of the newest events that were sent to a subscriber, by the last try of each",
    )
