"""An obligation may be of one period, of some education levels, with figures assigned to its unit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261123_4010"
down_revision = "20261123_6010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty: nothing of the kind was told so far."""
    op.create_table(
        "particulars",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("period", sa.Text),
        sa.Column("levels", ARRAY(sa.Text), nullable=False),
        sa.Column("assigned", JSONB, nullable=False),
        comment="what an obligation asks of its unit beside its requirement; told once, when it was opened",
    )
    op.create_index("particulars_of_unit", "particulars", ["requirement_id", "unit_id", "period"])
