"""Letters go the ways people choose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261125_8502"
down_revision = "20261125_8501"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let deliveries go other ways, and keep who chose which."""
    op.drop_constraint("deliveries_channel_known", "deliveries")
    op.create_check_constraint(
        "deliveries_channel_known", "deliveries", "channel IN ('email', 'zns', 'sms', 'webhook')"
    )
    op.drop_index("deliveries_waiting_idx")
    op.create_index(
        "deliveries_waiting_idx",
        "deliveries",
        ["channel", "next_attempt_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("letters_directive_id_idx", "letters", ["directive_id"])
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("channels", ARRAY(sa.Text), nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("webhook_url", sa.Text),
        sa.Column("webhook_secret", sa.Text),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channels <@ ARRAY['email', 'zns', 'sms', 'webhook']", name="preferences_channels_known"),
        sa.CheckConstraint("cardinality(channels) > 0", name="preferences_some_channel"),
        sa.CheckConstraint("(webhook_url IS NULL) = (webhook_secret IS NULL)", name="preferences_webhooks_are_signed"),
        comment="the ways people want their letters to go, in order, and where; no row: by e-mail",
    )
    op.create_table(
        "channel_policies",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("channels", ARRAY(sa.Text), nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channels <@ ARRAY['email', 'zns', 'sms', 'webhook']", name="channel_policies_channels_known"
        ),
        comment="which ways letters of a kind may go; no row: all",
    )
