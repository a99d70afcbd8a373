"""Directives name others, and one may stand in the place of another."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1310"
down_revision = "20261122_1300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let those that exist name none and stand as they are."""
    op.add_column("directives", sa.Column("replaced_by", sa.Uuid, sa.ForeignKey("directives.directive_id")))
    op.add_column("directives", sa.Column("replaced_at", sa.DateTime(timezone=True)))
    for name, condition in (
        ("directives_replaced_whole", "num_nulls(replaced_by, replaced_at) IN (0, 2)"),
        ("directives_issued_before_replaced", "replaced_at IS NULL OR issued_at IS NOT NULL"),
        ("directives_end_once", "num_nonnulls(recalled_at, replaced_at) < 2"),
    ):
        op.create_check_constraint(name, "directives", condition)
    op.create_table(
        "directive_relations",
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), primary_key=True),
        sa.Column("place", sa.SmallInteger, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('replaces', 'amends', 'corrects', 'implements', 'refers_to')",
            name="directive_relations_kind_known",
        ),
        sa.CheckConstraint("directive_id <> target_id", name="directive_relations_to_another"),
        sa.UniqueConstraint("directive_id", "kind", "target_id", name="directive_relations_once"),
        sa.Index("directive_relations_of_target", "target_id"),
        comment="how a directive names others, in its order",
    )
    op.add_column("requirements", sa.Column("same_as", sa.Uuid, sa.ForeignKey("requirements.requirement_id")))
    op.create_unique_constraint("requirements_same_as_once", "requirements", ["directive_id", "same_as"])
    op.add_column("obligations", sa.Column("continues", sa.Uuid, sa.ForeignKey("obligations.obligation_id")))
    op.create_unique_constraint("obligations_continues_key", "obligations", ["continues"])
