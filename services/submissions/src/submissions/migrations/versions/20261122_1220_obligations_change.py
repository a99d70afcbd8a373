"""An obligation may close later than its requirement, and may be owed no more."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1220"
down_revision = "20261122_0600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let those that exist be open, and close when their requirement does."""
    op.add_column("obligations", sa.Column("closes_at", sa.DateTime(timezone=True)))
    op.add_column("obligations", sa.Column("state", sa.Text, nullable=False, server_default="open"))
