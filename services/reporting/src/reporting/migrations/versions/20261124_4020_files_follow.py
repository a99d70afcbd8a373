"""Files may follow an answer that is reported."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_4020"
down_revision = "20261124_7030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was answered until now nothing is awaited."""
    op.add_column("answer_values", sa.Column("media_awaited_until", sa.DateTime(timezone=True)))
    op.add_column("answer_values", sa.Column("is_media_late", sa.Boolean, nullable=False, server_default="false"))
