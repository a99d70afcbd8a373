"""Directives are sent to units, which take or refuse them, and say who sees to an answer."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1311"
down_revision = "20261122_1310"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Send what was issued before to whoever answers it."""
    op.create_table(
        "deliveries",
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), primary_key=True),
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="delivered"),
        sa.Column("reason", sa.Text),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint("state IN ('delivered', 'acknowledged', 'refused')", name="deliveries_state_known"),
        sa.CheckConstraint(
            "purpose IN ('execute', 'inform', 'report_to', 'coordinate', 'monitor', 'archive')",
            name="deliveries_purpose_known",
        ),
        sa.CheckConstraint("num_nulls(decided_by, decided_at) IN (0, 2)", name="deliveries_decided_whole"),
        sa.CheckConstraint(
            "(state = 'delivered') = (decided_at IS NULL)", name="deliveries_decided_when_not_delivered"
        ),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="deliveries_refused_with_a_reason"),
        comment="the units an issued directive was sent to, what for, and whether they took it",
    )
    op.execute(
        "INSERT INTO deliveries (directive_id, unit_id, purpose)"
        " SELECT DISTINCT directive_id, answering_unit_id, 'execute' FROM obligations"
    )
    op.create_table(
        "assignments",
        sa.Column("assignment_id", sa.Uuid, primary_key=True),
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("assigned_by", sa.Uuid, nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=False),
        sa.Index("assignments_of_obligation", "obligation_id", "assignment_id"),
        comment="who in a unit was to see to an answer, said by whom, for ever",
    )
    op.add_column("obligations", sa.Column("assigned_to", sa.Uuid))
