"""Units pass directives on to those below them, and name the documents by which they carry them out."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1312"
down_revision = "20261122_1311"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let those that exist pass nothing on."""
    op.add_column("directives", sa.Column("implement_by", sa.DateTime(timezone=True)))
    op.add_column("requirements", sa.Column("passes_on", sa.Uuid, sa.ForeignKey("requirements.requirement_id")))
    op.drop_constraint("directive_relations_kind_known", "directive_relations")
    op.create_check_constraint(
        "directive_relations_kind_known",
        "directive_relations",
        "kind IN ('replaces', 'amends', 'corrects', 'cascades', 'implements', 'refers_to')",
    )
    op.create_table(
        "implementing_documents",
        sa.Column("directive_id", sa.Uuid, sa.ForeignKey("directives.directive_id"), primary_key=True),
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("registered_by", sa.Uuid, nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        comment="documents units issued elsewhere to carry out a directive; those issued here are relations",
    )
