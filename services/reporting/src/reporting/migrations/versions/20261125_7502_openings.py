"""Editions may be opened to everybody."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_7502"
down_revision = "20261125_7501"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the list of what is open; nothing is."""
    op.create_table(
        "openings",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        comment="requirements whose editions anybody may read; no row: nobody",
    )
