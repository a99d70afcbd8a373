"""Outlines are kept to be asked for again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_1340"
down_revision = "20261122_1330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of templates, empty."""
    op.create_table(
        "outline_templates",
        sa.Column("issuer_unit_id", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sections", JSONB, nullable=False),
        sa.Column("indicators", JSONB, nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("kept_by", sa.Uuid, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name="outline_templates_version_counts"),
        comment="outlines an issuer asks for again and again, every version for ever; the newest one is offered",
    )
