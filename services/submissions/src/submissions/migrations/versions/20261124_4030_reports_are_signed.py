"""A report that is an official document may be sent signed, as a PDF."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_4030"
down_revision = "20261124_4010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was sent until now has its signed file among its files."""
    op.add_column("official_documents", sa.Column("signed_media_id", sa.Uuid))
