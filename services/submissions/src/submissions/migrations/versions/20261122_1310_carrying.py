"""What was submitted may be carried over to the obligation that goes on from a replaced one."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1310"
down_revision = "20261122_1220"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let those that exist go on from nothing, and have been carried nowhere."""
    op.create_table(
        "continuations",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("continues", sa.Uuid, nullable=False, unique=True),
        comment="which obligation goes on from which one of a replaced directive: one answer answers both",
    )
    op.add_column("submissions", sa.Column("carried_to", sa.Uuid))
    op.create_unique_constraint("submissions_carried_to_key", "submissions", ["carried_to"])
    op.create_check_constraint(
        "submissions_returned_are_not_carried", "submissions", "carried_to IS NULL OR state <> 'returned'"
    )
