"""What was sent to a unit that ends moves to the unit that comes after it."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_2002"
down_revision = "20261123_5010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for where it went; a worker moves what should have moved before."""
    op.add_column("deliveries", sa.Column("moved_to", sa.Text))
    op.create_check_constraint("deliveries_moved_to_another", "deliveries", "moved_to <> unit_id")
