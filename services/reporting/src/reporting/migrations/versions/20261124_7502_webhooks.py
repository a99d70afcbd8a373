"""Subscribers are told by webhook."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_7502"
down_revision = "20261124_4020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make subscriptions, and what is held for them."""
    op.create_table(
        "subscriptions",
        sa.Column("subscription_id", sa.Uuid, primary_key=True),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("former_secret", sa.Text),
        sa.Column("former_until", sa.DateTime(timezone=True)),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.Column("last_outcome", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'switched_off')", name="subscriptions_have_a_known_state"),
        sa.CheckConstraint("position >= 0 AND failures >= 0", name="subscriptions_count_upwards"),
        sa.CheckConstraint("(former_secret IS NULL) = (former_until IS NULL)", name="subscriptions_former_secret_ends"),
        sa.CheckConstraint(
            "(failures = 0) = (next_attempt_at IS NULL)", name="subscriptions_that_fail_are_tried_again"
        ),
        comment="who takes the feed by webhook",
    )
    op.create_index("subscriptions_of_owner", "subscriptions", ["owner_id"])
    op.create_table(
        "held_deliveries",
        sa.Column(
            "subscription_id",
            sa.Uuid,
            sa.ForeignKey("subscriptions.subscription_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=False),
        comment="events that wait for an earlier one of the same thing that the target did not take, "
        "and that one itself",
    )
