"""Documents and photographs are taken too: what they are, what is shown of them, whether they were scanned."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_6030"
down_revision = "20261123_6020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What came in before are films, which nobody scanned."""
    op.add_column("media", sa.Column("format", sa.Text))
    op.add_column("media", sa.Column("page_count", sa.Integer))
    op.add_column("media", sa.Column("scan", sa.Text))
    op.add_column("media", sa.Column("looks_like_pupils", sa.Boolean, nullable=False, server_default="false"))
    op.add_column("media", sa.Column("has_poster", sa.Boolean, nullable=False, server_default="true"))
    op.add_column("media", sa.Column("shown_type", sa.Text))
    op.create_check_constraint("media_scan_known", "media", "scan IN ('clean', 'not-scanned')")
    op.execute("UPDATE media SET scan = 'not-scanned' WHERE state = 'ready'")
