"""An issued directive may be recalled."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1250"
down_revision = "20261122_1220"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let those that exist stand."""
    op.add_column("directives", sa.Column("recalled_by", sa.Uuid))
    op.add_column("directives", sa.Column("recalled_at", sa.DateTime(timezone=True)))
    op.add_column("directives", sa.Column("recall_reason", sa.Text))
    op.create_check_constraint(
        "directives_recalled_whole", "directives", "num_nulls(recalled_by, recalled_at, recall_reason) IN (0, 3)"
    )
    op.create_check_constraint(
        "directives_issued_before_recalled", "directives", "recalled_at IS NULL OR issued_at IS NOT NULL"
    )
