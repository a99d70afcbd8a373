"""An outline says what must hold between its figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_1330"
down_revision = "20261122_1321"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the rules; outlines asked for so far have none."""
    op.add_column("requirements", sa.Column("rules", JSONB, nullable=False, server_default="[]"))
