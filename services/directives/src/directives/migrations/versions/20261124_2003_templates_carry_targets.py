"""A template says what its figures are compared with and by which calendar it is asked, too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261124_2003"
down_revision = "20261124_2002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was kept so far says neither."""
    op.add_column("outline_templates", sa.Column("targets", JSONB, nullable=False, server_default="[]"))
    op.add_column("outline_templates", sa.Column("frequency", JSONB))
