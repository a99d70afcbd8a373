"""A division of the issuer may review what comes in for a requirement."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_2001"
down_revision = "20261124_4001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was asked so far named no division: the issuer's own desk reviews it, as before."""
    op.add_column("requirements", sa.Column("reviewing_unit_id", sa.Text))
