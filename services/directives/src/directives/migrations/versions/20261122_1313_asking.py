"""Units ask about directives, and their owners answer."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1313"
down_revision = "20261122_1312"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of questions; those who issued a directive own it."""
    op.add_column("directives", sa.Column("owning_unit_id", sa.Text))
    op.create_table(
        "questions",
        sa.Column("question_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), nullable=False),
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id")),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("is_shared", sa.Boolean),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("answered_at", MOMENT),
        sa.CheckConstraint("kind IN ('question', 'obstacle')", name="questions_kind_known"),
        sa.CheckConstraint(
            "(kind = 'obstacle') = (obligation_id IS NOT NULL)", name="questions_obstacle_is_to_something"
        ),
        sa.CheckConstraint(
            "num_nulls(answer, is_shared, answered_by, answered_at) IN (0, 4)", name="questions_answered_whole"
        ),
        sa.Index("questions_of_directive", "directive_id", "question_id"),
        sa.Index("questions_waiting", "directive_id", postgresql_where=sa.text("answered_at IS NULL")),
        comment="what units asked about a directive, or what kept them from answering, and what was answered",
    )
