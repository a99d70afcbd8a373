"""Small pictures for lists, the digest of a whole document, and what a signed one was stated to be."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_4001"
down_revision = "20261124_4040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was inspected until now has neither; its poster serves in a list."""
    op.add_column("media", sa.Column("has_thumbnail", sa.Boolean, nullable=False, server_default="false"))
    op.add_column("media", sa.Column("sha256", sa.Text))
    op.add_column("official_documents", sa.Column("signed_sha256", sa.Text))
