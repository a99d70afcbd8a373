"""What must hold between figures is kept, to be held against the sums of those who state either side."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261125_7001"
down_revision = "20261125_7503"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requirements", sa.Column("rules", JSONB, nullable=False, server_default="[]"))
