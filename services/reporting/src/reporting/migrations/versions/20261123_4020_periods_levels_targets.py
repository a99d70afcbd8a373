"""Totals know of calendars of periods, of figures per education level, and of what they are compared with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261123_4020"
down_revision = "20261122_1330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of what is known already that it has none of these."""
    for table, column in (
        ("requirements", sa.Column("bools", ARRAY(sa.Text), nullable=False, server_default="{}")),
        ("requirements", sa.Column("divided", JSONB, nullable=False, server_default="{}")),
        ("requirements", sa.Column("calendar", JSONB, nullable=False, server_default="[]")),
        ("requirements", sa.Column("targets", JSONB, nullable=False, server_default="[]")),
        ("obligations", sa.Column("period", sa.Text)),
        ("obligations", sa.Column("as_of", sa.Date)),
        ("obligations", sa.Column("levels", ARRAY(sa.Text), nullable=False, server_default="{}")),
        ("obligations", sa.Column("assigned", JSONB, nullable=False, server_default="[]")),
        ("answer_values", sa.Column("by_level", JSONB, nullable=False, server_default="{}")),
        ("contributions", sa.Column("by_level", JSONB, nullable=False, server_default="{}")),
        ("contributions", sa.Column("assigned", JSONB, nullable=False, server_default="{}")),
        ("aggregates", sa.Column("assigned", JSONB, nullable=False, server_default="{}")),
    ):
        op.add_column(table, column)
