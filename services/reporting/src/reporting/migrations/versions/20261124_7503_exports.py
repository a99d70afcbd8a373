"""Tables are asked for as files, and say what their figures are called."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261124_7503"
down_revision = "20261124_7502"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make exports and their parts, and what requirements are called."""
    op.create_table(
        "wordings",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cut_off_at", sa.DateTime(timezone=True)),
        sa.Column("indicators", JSONB, nullable=False),
        comment="what a requirement and its figures are called, for tables that people read",
    )
    op.create_table(
        "exports",
        sa.Column("export_id", sa.Uuid, primary_key=True),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("totals_of", sa.ARRAY(sa.Text)),
        sa.Column("answers_of", sa.ARRAY(sa.Text)),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("rows_done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows_total", sa.Integer),
        sa.Column("byte_count", sa.BigInteger),
        sa.Column("digest", sa.Text),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form IN ('xlsx', 'csv')", name="exports_have_a_known_form"),
        sa.CheckConstraint("state IN ('waiting', 'making', 'ready', 'failed')", name="exports_have_a_known_state"),
        sa.CheckConstraint("(state = 'ready') = (digest IS NOT NULL)", name="exports_that_are_ready_have_a_digest"),
        sa.CheckConstraint("(digest IS NULL) = (byte_count IS NULL)", name="exports_have_a_size_with_their_digest"),
        comment="tables that were asked for as files; forgotten after a day",
    )
    op.create_index(
        "exports_to_make", "exports", ["asked_at"], postgresql_where=sa.text("state IN ('waiting', 'making')")
    )
    op.create_index("exports_of_person", "exports", ["asked_by"])
    op.create_table(
        "export_parts",
        sa.Column("export_id", sa.Uuid, sa.ForeignKey("exports.export_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        comment="the bytes of what was made, in parts of one mebibyte",
    )
