"""A version says which units stand behind the figures it adds up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261124_4040"
down_revision = "20261124_4030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing that was sent until now says so."""
    op.add_column("submission_versions", sa.Column("consolidates", JSONB))
