"""Requirements say what their figures are compared with, and what is assigned to each unit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_4001"
down_revision = "20261123_4000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of what is asked already that it is compared with nothing."""
    for name in ("targets", "assigned"):
        op.add_column("requirements", sa.Column(name, JSONB, nullable=False, server_default="[]"))
