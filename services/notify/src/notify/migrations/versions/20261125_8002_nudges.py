"""A desk nudges."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_8002"
down_revision = "20261125_8001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "nudges",
        sa.Column("nudge_id", sa.Uuid, primary_key=True),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("sent_by", sa.Uuid, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.Text),
        comment="that a desk nudged, and the words it added; whom it reached is in its digests",
    )
    op.create_index("nudges_requirement_id_idx", "nudges", ["requirement_id"])
    op.create_index("reminders_requirement_id_idx", "reminders", ["requirement_id"])
    op.create_index("digests_alone_idx", "digests", ["alone"], postgresql_where=sa.text("step = 'nudge'"))
