"""Obligations change: another deadline, or nothing is owed any more."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1230"
down_revision = "20261122_0600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of what obligations have become; none has changed yet."""
    op.create_table(
        "obligation_changes",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        comment="what obligations have become since they were opened, newest version; kept apart, for who answers, "
        "which decides where a cluster stands, stays as it was told at first",
    )
