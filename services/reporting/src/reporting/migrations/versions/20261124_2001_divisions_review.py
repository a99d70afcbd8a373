"""Who reviews what comes in for a requirement reads its totals."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_2001"
down_revision = "20261124_7501"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was asked so far named no division."""
    op.add_column("requirements", sa.Column("reviewing_unit_id", sa.Text))
