"""Some obligations wait for something before they are owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_3002"
down_revision = "20261123_2003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let obligations wait; those there are wait for nothing."""
    op.drop_constraint("obligations_state_known", "obligations")
    op.create_check_constraint(
        "obligations_state_known", "obligations", "state IN ('open', 'exempt', 'replaced', 'recalled', 'waiting')"
    )
    op.create_table(
        "waits",
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("working_days", sa.Integer),
        sa.Column("depends_on", sa.Uuid, sa.ForeignKey("requirements.requirement_id")),
        sa.Column("telling", JSONB, nullable=False),
        sa.Column("met_on", sa.Date),
        sa.Column("met_by", sa.Uuid, sa.ForeignKey("directives.directive_id")),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('answer_accepted', 'document_issued', 'fact_noted')", name="waits_kind_known"),
        sa.CheckConstraint("(kind = 'answer_accepted') = (depends_on IS NOT NULL)", name="waits_for_some_answer"),
        sa.CheckConstraint("met_on IS NOT NULL OR met_by IS NULL", name="waits_met_by_something"),
        comment="what an obligation waits for before it is owed, and since when that is there",
    )
    op.create_index(
        "waits_for_requirement", "waits", ["depends_on"], postgresql_where=sa.text("depends_on IS NOT NULL")
    )
    op.create_index("waits_met_by", "waits", ["met_by"], postgresql_where=sa.text("met_by IS NOT NULL"))
