"""Obligations change: later deadlines, asked for or not, and what is owed no more."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1220"
down_revision = "20261122_1210"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Let those that exist be open; make the tables of requests and of changes."""
    op.add_column("obligations", sa.Column("closes_at", MOMENT))
    op.add_column("obligations", sa.Column("state", sa.Text, nullable=False, server_default="open"))
    op.create_check_constraint(
        "obligations_state_known", "obligations", "state IN ('open', 'exempt', 'replaced', 'recalled')"
    )
    op.create_check_constraint("obligations_due_before_closing", "obligations", "due_at <= closes_at")
    op.create_table(
        "extensions",
        sa.Column("extension_id", sa.Uuid, primary_key=True),
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), nullable=False),
        sa.Column("wished_due_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("granted_due_at", MOMENT),
        sa.Column("why", sa.Text),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint("outcome IN ('granted', 'refused')", name="extensions_outcome_known"),
        sa.CheckConstraint("num_nulls(outcome, decided_by, decided_at) IN (0, 3)", name="extensions_decided_whole"),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'granted') = (granted_due_at IS NOT NULL)", name="extensions_granted_until"
        ),
        sa.CheckConstraint("outcome <> 'refused' OR why IS NOT NULL", name="extensions_refused_with_a_reason"),
        sa.Index("extensions_waiting", "obligation_id", unique=True, postgresql_where=sa.text("outcome IS NULL")),
        sa.Index("extensions_of_obligation", "obligation_id"),
        comment="who asked for a later deadline, why, and what was decided by whom",
    )
    op.create_table(
        "obligation_changes",
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT),
        sa.Column("former_due_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        comment="what people changed of an obligation, when and why, for ever; the last one says what it is",
    )
