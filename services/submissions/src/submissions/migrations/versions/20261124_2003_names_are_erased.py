"""Names of registered people are kept as long as the rule says."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_2003"
down_revision = "20261124_2001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The next sweep erases what is older than the rule allows."""
    op.add_column("delegates", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        "delegates_erased_have_no_name", "delegates", "(full_name = '') = (erased_at IS NOT NULL)"
    )
    op.create_index(
        "delegates_with_names", "delegates", ["submission_id"], postgresql_where=sa.text("erased_at IS NULL")
    )
