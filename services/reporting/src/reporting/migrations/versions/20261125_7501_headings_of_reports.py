"""A report by the outline of its directive needs the headings of that outline."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261125_7501"
down_revision = "20261124_7504"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the headings of outlines; those of directives issued before stay without."""
    op.add_column("wordings", sa.Column("sections", JSONB, nullable=False, server_default="[]"))
