"""A draft is approved by the head of its unit, and what a unit stated before is found by it."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_5030"
down_revision = "20261123_6060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has handed anything up yet."""
    op.add_column("drafts", sa.Column("step", sa.Text))
    op.add_column("drafts", sa.Column("step_version", sa.BigInteger))
    op.add_column("drafts", sa.Column("step_by", sa.Uuid))
    op.add_column("drafts", sa.Column("step_at", sa.DateTime(timezone=True)))
    op.add_column("drafts", sa.Column("step_reason", sa.Text))
    op.add_column("drafts", sa.Column("handed_up_by", sa.Uuid))
    op.create_check_constraint("drafts_step_known", "drafts", "step IN ('handed_up', 'approved', 'sent_back')")
    op.create_check_constraint(
        "drafts_step_is_whole", "drafts", "num_nulls(step, step_version, step_by, step_at) IN (0, 4)"
    )
    op.create_check_constraint(
        "drafts_sent_back_has_reason",
        "drafts",
        "(step IS NOT DISTINCT FROM 'sent_back') = (step_reason IS NOT NULL)",
    )
    op.create_index("obligations_of_unit", "obligations", ["unit_id"])
