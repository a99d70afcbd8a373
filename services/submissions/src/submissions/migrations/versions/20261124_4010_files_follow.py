"""Files may follow a report, and what was returned may be due by working days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261124_4010"
down_revision = "20261124_6010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was sent until now nothing is awaited, and no year has been told yet."""
    op.add_column("submission_versions", sa.Column("media_awaited_until", sa.DateTime(timezone=True)))
    op.add_column("submission_versions", sa.Column("is_media_late", sa.Boolean, nullable=False, server_default="false"))
    op.create_table(
        "working_years",
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("days", JSONB, nullable=False),
        comment="the special days of each year, newest version, as directives told it; what days are worked follows",
    )
