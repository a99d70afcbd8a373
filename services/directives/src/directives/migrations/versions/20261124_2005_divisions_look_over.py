"""A division looks over what it reviews."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_2005"
down_revision = "20261124_2004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Found by the division."""
    op.create_index(
        "requirements_reviewed",
        "requirements",
        ["reviewing_unit_id"],
        postgresql_where=sa.text("reviewing_unit_id IS NOT NULL"),
    )
