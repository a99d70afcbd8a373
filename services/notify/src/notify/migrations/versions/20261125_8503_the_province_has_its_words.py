"""The province edits the words of letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261125_8503"
down_revision = "20261125_8502"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep templates, and with each letter what telephones are shown of it."""
    op.add_column("letters", sa.Column("sms", sa.Text))
    op.add_column("letters", sa.Column("zns", sa.Text))
    op.create_table(
        "letter_templates",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("texts", JSONB, nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name="letter_templates_counted_from_one"),
        comment="the words of letters as the province wants them; the newest version of a kind counts, a text it does "
        "not have is ours",
    )
