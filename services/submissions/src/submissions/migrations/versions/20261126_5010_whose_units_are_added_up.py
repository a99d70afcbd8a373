"""Who stands below whom is known here, so that a unit adds up only those that are its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261126_5010"
down_revision = "20261125_4002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the copy of the tree."""
    op.create_table(
        "known_units",
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", JSONB, nullable=False),
        comment="a copy of the newest `directory.unit.changed` of each unit; can be thrown away and rebuilt",
    )
