"""Which days are worked, year by year."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_1210"
down_revision = "20261122_1100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of calendars, empty: no year has been entered."""
    op.create_table(
        "calendars",
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("days", postgresql.JSONB, nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name="calendars_version_counts"),
        comment="the special days of each year as they were entered, every version for ever; the newest one counts",
    )
