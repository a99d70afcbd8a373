"""People are registered by quota, documents are sent, and some things are only acknowledged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_3001"
down_revision = "20261123_4001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what only some kinds say; requirements so far say nothing of it."""
    op.add_column("requirements", sa.Column("terms", JSONB, nullable=False, server_default="{}"))
    op.drop_constraint("requirements_kind_known", "requirements")
    op.create_check_constraint(
        "requirements_kind_known",
        "requirements",
        "kind IN ('report', 'video', 'registration', 'document', 'acknowledgement')",
    )
